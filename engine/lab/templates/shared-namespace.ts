import type { Template } from "./template.ts";

export const sharedNamespace: Template = {
  id: "shared-namespace",
  title: "Containers that share a namespace",
  summary: "A machine with Docker: two containers, one network namespace.",
  yaml: `
podwire: 1
name: Containers that share a namespace
nodes:
  - name: dockerhost
    kind: host
    at: [80, 160]
    interfaces: [{name: eth0, addresses: [192.168.1.10/24 brd +]}]
  - name: pc
    kind: host
    at: [80, 480]
    interfaces: [{name: eth0, addresses: [192.168.1.20/24 brd +]}]
cables:
  - ends: [dockerhost:eth0, pc:eth0]
notes:
  - at: [400, 120]
    size: [460, 390]
    text: |
      On dockerhost:

      docker run --name nginx -d nginx
      docker run --name client --net=container:nginx -d busybox
          sh -c "wget -qO- http://localhost:80; sleep 1500"   (one line)
      docker logs client

      The client finds nginx at localhost: both have one network
      namespace, the same interfaces and the same ports.

      docker exec client ip addr         the same eth0 as nginx has
      docker run --name nginx2 --net=container:nginx -d nginx
      docker logs nginx2                 port 80 is taken there
      curl http://localhost              but not on dockerhost itself

      What made it:  ip addr show docker0;  bridge link;  iptables-save

      To let pc in, publish a port: docker run -d -p 8080:80 nginx
      and on pc: curl http://192.168.1.10:8080
`,
};
