import type { Template } from "./template.ts";

export const twoHosts: Template = {
  id: "two-hosts",
  title: "Two hosts and a cable",
  summary: "The smallest network: give both ends an address and ping.",
  yaml: `
podwire: 1
name: Two hosts and a cable
nodes:
  - {name: h1, kind: host, at: [160, 200]}
  - {name: h2, kind: host, at: [480, 200]}
cables:
  - ends: [h1:eth0, h2:eth0]
notes:
  - at: [160, 330]
    size: [400, 220]
    text: |
      Nothing is configured yet. Double-click a host to open a terminal.

      On h1:  ip addr add 10.0.0.1/24 dev eth0
      On h2:  ip addr add 10.0.0.2/24 dev eth0
      On h1:  ping -c 3 10.0.0.2
      On h1:  ip neigh

      Then cut the cable, and ping again.
`,
};
