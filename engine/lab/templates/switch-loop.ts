import type { Template } from "./template.ts";

export const switchLoop: Template = {
  id: "switch-loop",
  title: "A loop of switches",
  summary: "Close the ring, and one broadcast goes round for ever.",
  yaml: `
podwire: 1
name: A loop of switches
nodes:
  - {name: sw1, kind: switch, at: [400, 80]}
  - {name: sw2, kind: switch, at: [220, 300]}
  - {name: sw3, kind: switch, at: [580, 300]}
  - name: h1
    kind: host
    at: [60, 400]
    interfaces: [{name: eth0, addresses: [10.0.0.1/24 brd +]}]
  - name: h2
    kind: host
    at: [740, 400]
    interfaces: [{name: eth0, addresses: [10.0.0.2/24 brd +]}]
cables:
  - ends: [sw1:p1, sw2:p1]
  - {ends: [sw2:p2, sw3:p1], cut: true}
  - ends: [sw3:p2, sw1:p2]
  - {ends: [h1:eth0, sw2:p3], latencyMs: 1}
  - {ends: [h2:eth0, sw3:p3], latencyMs: 1}
notes:
  - at: [220, 460]
    size: [420, 260]
    colour: pink
    text: |
      The cable between sw2 and sw3 is cut. On h1: ping 10.0.0.2

      Restore the cable: one ARP request is enough to fill the ring
      with copies of itself. Cut it again, and it is over.

      A tcpdump on sw1 (tcpdump -n -c 20 -i br0) shows what goes round.
`,
};
