import type { Template } from "./template.ts";

export const routerChain: Template = {
  id: "router-chain",
  title: "A chain of routers",
  summary: "Static routes over three routers; one way back is missing.",
  yaml: `
podwire: 1
name: A chain of routers
nodes:
  - name: h1
    kind: host
    at: [60, 200]
    interfaces: [{name: eth0, addresses: [10.1.0.2/24 brd +]}]
    routes: [default via 10.1.0.1 dev eth0]
  - name: r1
    kind: router
    at: [240, 200]
    interfaces:
      - {name: eth0, addresses: [10.1.0.1/24 brd +]}
      - {name: eth1, addresses: [192.168.12.1/30 brd +]}
    routes:
      - 10.2.0.0/24 via 192.168.12.2 dev eth1
      - 192.168.23.0/30 via 192.168.12.2 dev eth1
  - name: r2
    kind: router
    at: [420, 200]
    interfaces:
      - {name: eth0, addresses: [192.168.12.2/30 brd +]}
      - {name: eth1, addresses: [192.168.23.1/30 brd +]}
    routes:
      - 10.2.0.0/24 via 192.168.23.2 dev eth1
  - name: r3
    kind: router
    at: [600, 200]
    interfaces:
      - {name: eth0, addresses: [192.168.23.2/30 brd +]}
      - {name: eth1, addresses: [10.2.0.1/24 brd +]}
    routes:
      - 10.1.0.0/24 via 192.168.23.1 dev eth0
      - 192.168.12.0/30 via 192.168.23.1 dev eth0
  - name: h2
    kind: host
    at: [780, 200]
    interfaces: [{name: eth0, addresses: [10.2.0.2/24 brd +]}]
    routes: [default via 10.2.0.1 dev eth0]
cables:
  - ends: [h1:eth0, r1:eth0]
  - ends: [r1:eth1, r2:eth0]
  - ends: [r2:eth1, r3:eth0]
  - ends: [r3:eth1, h2:eth0]
notes:
  - at: [240, 330]
    size: [440, 200]
    text: |
      On h1:  ping -c 2 10.2.0.2     does not get an answer. Why?
      On h2:  tcpdump -n             the requests do arrive.
      On r2:  ip route get 10.1.0.2

      r2 does not know the way back:
      On r2:  ip route add 10.1.0.0/24 via 192.168.12.1
      On h1:  traceroute -n 10.2.0.2
`,
};
