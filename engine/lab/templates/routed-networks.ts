import type { Template } from "./template.ts";

export const routedNetworks: Template = {
  id: "routed-networks",
  title: "Two networks and a router",
  summary: "Three hosts, two switches, and a router between two subnets.",
  yaml: `
podwire: 1
name: Two networks and a router
nodes:
  - name: h1
    kind: host
    at: [80, 120]
    interfaces: [{name: eth0, addresses: [10.0.1.11/24 brd +]}]
    routes: [default via 10.0.1.1 dev eth0]
  - name: h2
    kind: host
    at: [80, 320]
    interfaces: [{name: eth0, addresses: [10.0.1.12/24 brd +]}]
    routes: [default via 10.0.1.1 dev eth0]
  - {name: sw1, kind: switch, at: [280, 220]}
  - name: r1
    kind: router
    at: [480, 220]
    interfaces:
      - {name: eth0, addresses: [10.0.1.1/24 brd +]}
      - {name: eth1, addresses: [10.0.2.1/24 brd +]}
  - {name: sw2, kind: switch, at: [680, 220]}
  - name: h3
    kind: host
    at: [880, 220]
    interfaces: [{name: eth0, addresses: [10.0.2.13/24 brd +]}]
    routes: [default via 10.0.2.1 dev eth0]
cables:
  - ends: [h1:eth0, sw1:p1]
  - ends: [h2:eth0, sw1:p2]
  - ends: [sw1:p3, r1:eth0]
  - ends: [r1:eth1, sw2:p1]
  - ends: [sw2:p2, h3:eth0]
notes:
  - at: [300, 380]
    size: [440, 220]
    text: |
      On h1:  ping -c 2 10.0.1.12        (same network: no router)
      On h1:  traceroute -n 10.0.2.13    (through r1)
      On r1:  tcpdump -n -i eth1 icmp
      On r1:  sysctl -w net.ipv4.ip_forward=0
      and ping again: r1 does not forward any more.
      On h3:  ip route del default       (the answer finds no way back)
`,
};
