import type { Template } from "./template.ts";

export const namespaces: Template = {
  id: "namespaces",
  title: "Containers by hand",
  summary: "Two network namespaces behind a bridge: what a container runtime builds.",
  yaml: `
podwire: 1
name: Containers by hand
nodes:
  - name: docker
    kind: router
    at: [400, 180]
    interfaces: [{name: eth0, addresses: [192.168.1.10/24 brd +]}]
    links:
      - {name: br0, kind: bridge, addresses: [172.17.0.1/16 brd +]}
      - {name: veth-red, kind: veth, peer: red/eth0, master: br0}
      - {name: veth-blue, kind: veth, peer: blue/eth0, master: br0}
    namespaces:
      - name: red
        loopback: {up: true}
        links: [{name: eth0, kind: veth, peer: /veth-red, addresses: [172.17.0.2/16 brd +]}]
        routes: [default via 172.17.0.1 dev eth0]
      - name: blue
        loopback: {up: true}
        links: [{name: eth0, kind: veth, peer: /veth-blue, addresses: [172.17.0.3/16 brd +]}]
        routes: [default via 172.17.0.1 dev eth0]
  - name: client
    kind: host
    at: [120, 180]
    interfaces: [{name: eth0, addresses: [192.168.1.20/24 brd +]}]
cables:
  - ends: [client:eth0, docker:eth0]
notes:
  - at: [160, 320]
    size: [460, 220]
    text: |
      The machine "docker" has two network namespaces, red and blue,
      joined by a bridge.

      ip netns exec red ip addr
      ip netns exec red ping -c 2 172.17.0.3
      bridge link

      The client does not know the way in yet:
      On client:  ip route add 172.17.0.0/16 via 192.168.1.10
`,
};
