import type { Template } from "./template.ts";

export const hostsAndSwitch: Template = {
  id: "hosts-and-switch",
  title: "Two hosts and a switch",
  summary: "A switch learns which host is behind which port.",
  yaml: `
podwire: 1
name: Two hosts and a switch
nodes:
  - name: h1
    kind: host
    at: [120, 240]
    interfaces: [{name: eth0, addresses: [10.0.0.1/24 brd +]}]
  - name: h2
    kind: host
    at: [600, 240]
    interfaces: [{name: eth0, addresses: [10.0.0.2/24 brd +]}]
  - {name: sw1, kind: switch, at: [360, 120]}
cables:
  - ends: [h1:eth0, sw1:p1]
  - ends: [h2:eth0, sw1:p2]
notes:
  - at: [200, 360]
    size: [420, 200]
    text: |
      A switch is a machine too, with a bridge called br0.

      On sw1: bridge fdb show br br0
      On h1:  ping -c 3 10.0.0.2
      On sw1: bridge fdb show br br0     (now it has learned)
      On sw1: tcpdump -n -i br0
`,
};
