import type { Template } from "./template.ts";

export const slowLink: Template = {
  id: "slow-link",
  title: "A slow and lossy link",
  summary: "Delay, bandwidth and loss on a cable, seen by ping and by a download.",
  yaml: `
podwire: 1
name: A slow and lossy link
nodes:
  - name: client
    kind: host
    at: [80, 200]
    interfaces: [{name: eth0, addresses: [10.0.1.2/24 brd +]}]
    routes: [default via 10.0.1.1 dev eth0]
  - name: r1
    kind: router
    at: [320, 200]
    interfaces:
      - {name: eth0, addresses: [10.0.1.1/24 brd +]}
      - {name: eth1, addresses: [10.0.2.1/24 brd +]}
  - name: server
    kind: host
    at: [560, 200]
    interfaces: [{name: eth0, addresses: [10.0.2.2/24 brd +]}]
    routes: [default via 10.0.2.1 dev eth0]
    services: {nginx: {running: true}}
    files:
      /var/www/html/index.html: |
        <h1>It works, slowly.</h1>
cables:
  - ends: [client:eth0, r1:eth0]
  - {ends: [r1:eth1, server:eth0], latencyMs: 40, bandwidthMbit: 10, lossPercent: 2}
notes:
  - at: [160, 330]
    size: [420, 160]
    text: |
      The cable to the server has a delay of 40 ms, carries 10 Mbit/s
      and loses 2 % of the frames. Select it to change that.

      On client:  ping -c 20 -i 0.2 10.0.2.2
      On client:  curl -v http://10.0.2.2/
`,
};
