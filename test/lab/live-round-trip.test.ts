/** A lab that is switched on and saved again is the lab that it was. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalLab } from "../../engine/lab/file/canonical.ts";
import { parseLab } from "../../engine/lab/file/parse.ts";
import { printLab } from "../../engine/lab/file/print.ts";
import type { LabFile } from "../../engine/lab/file/schema.ts";
import { Lab } from "../../engine/lab/lab.ts";
import { TEMPLATES } from "../../engine/lab/templates/index.ts";
import { milliseconds } from "../../engine/sim/clock.ts";
import { mustParse } from "./arbitrary-lab.ts";
import { workingLab } from "./working-lab.ts";

/** Switches it on, lets it run for a moment, and saves it. */
function throughKernels(file: LabFile): LabFile {
  const refused: string[] = [];
  const lab = new Lab(file, (path, message) => refused.push(`${path.join(".")}: ${message}`));
  expect(refused).toEqual([]);
  lab.sim.advanceTo(milliseconds(200), 1_000_000);
  return lab.file();
}

test("any working lab comes back as it was", () => {
  fc.assert(
    fc.property(workingLab, (lab) => {
      expect(canonicalLab(throughKernels(lab))).toEqual(canonicalLab(lab));
    }),
    { numRuns: 120 },
  );
});

test("saved twice, the text is the same", () => {
  fc.assert(
    fc.property(workingLab, (lab) => {
      const once = printLab(throughKernels(lab));
      expect(printLab(throughKernels(mustParse(once)))).toBe(once);
    }),
    { numRuns: 60 },
  );
});

test.each(TEMPLATES.map((template) => [template.id, template.yaml] as const))(
  "the template %s, once saved, comes back as it was",
  (_, yaml) => {
    const saved = printLab(throughKernels(mustParse(yaml)));
    expect(printLab(throughKernels(mustParse(saved)))).toBe(saved);
  },
);

test.each([
  [
    "a vlan on a bridge on a card",
    "links: [{name: br0, kind: bridge}, {name: br0.5, kind: vlan, link: br0, id: 5}]",
  ],
  [
    "a pair of veths in another order",
    "links: [{name: b, kind: veth, peer: a, mac: 02:00:00:00:00:0b}, {name: a, kind: veth, peer: b, mac: 02:00:00:00:00:0a}]",
  ],
  [
    "a bridge that filters VLANs and speaks the spanning tree protocol",
    "links: [{name: br0, kind: bridge, stp: true, vlanFiltering: true, defaultPvid: 5, " +
      "multicastSnooping: false, vlans: [5 pvid untagged, '20']}, " +
      "{name: a, kind: veth, peer: b, mac: 02:00:00:00:00:0a, master: br0, " +
      "port: {multicastFlood: false, isolated: true, locked: true, vlans: [10 pvid untagged, '20']}}, " +
      "{name: b, kind: veth, peer: a, mac: 02:00:00:00:00:0b, alternativeNames: [uplink]}]",
  ],
  [
    "a VXLAN device with settings of its own",
    "links: [{name: vx, kind: vxlan, mac: 02:00:00:00:00:0c, vni: 7, dstPort: 4789, " +
      "sourcePorts: [1000, 2000], learning: false, ttl: 9, tos: inherit, ageingSeconds: 60}]",
  ],
  [
    "a device listed before what it stands on",
    "links: [{name: top, kind: vlan, link: low, id: 7}, {name: low, kind: dummy, mac: 02:00:00:00:00:0c}]",
  ],
  [
    "a deleted rule and one more",
    "rules: ['32767: deleted', '100: from 10.0.0.0/8 iif lo lookup 7']",
  ],
  ["an address on the loopback device", "loopback: {addresses: [127.0.0.1/8, 10.9.9.9/32]}"],
  ["a loopback device that is down", "loopback: {up: false}"],
  [
    "a gateway behind another route",
    "interfaces: [{name: eth0, addresses: [10.0.0.1/24]}]\n    routes: [default via 10.9.0.1 dev eth0, 10.9.0.1 dev eth0]",
  ],
  [
    "a blackhole and a multipath route",
    "interfaces: [{name: eth0, addresses: [10.0.0.1/24]}]\n    routes: [blackhole 10.3.0.0/16, 10.4.0.0/16 nexthop via 10.0.0.2 dev eth0 weight 2 nexthop via 10.0.0.3 dev eth0]",
  ],
  [
    "proxied and permanent neighbours",
    "neighbours: [10.0.0.9 lladdr 02:00:00:00:00:09 dev eth0, proxy 10.0.0.8 dev eth0]",
  ],
  [
    "files, deleted ones and directories",
    'files: {/etc/profile: {deleted: true}, /root/bin: {directory: true}, /root/run.sh: {text: "#!/bin/sh\\n", mode: "755"}, /root/data: {base64: AAEC}, /root/link: {link: run.sh}}',
  ],
  [
    "forwarding",
    "sysctls: {net.ipv4.ip_forward: 1, net.ipv4.conf.eth0.proxy_arp: 1, net.ipv4.conf.all.rp_filter: 1}",
  ],
  [
    "a vxlan, a macvlan, a tunnel and their lower devices",
    "interfaces: [{name: eth0, addresses: [10.0.0.1/24]}]\n    links: [{name: vx, kind: vxlan, vni: 7, remote: 10.0.0.2, local: 10.0.0.1, dstPort: 4789, link: eth0, mac: 02:00:00:00:00:01}, {name: mv, kind: macvlan, link: eth0, mode: bridge, mac: 02:00:00:00:00:02}, {name: tun, kind: ipip, local: 10.0.0.1, remote: 10.0.0.3, addresses: [10.8.0.1/30]}]",
  ],
  [
    "bridge ports with settings, and a static forwarding entry",
    "interfaces: [{name: eth0, master: br0, port: {hairpin: true, isolated: true, cost: 9}, group: 4}]\n    links: [{name: br0, kind: bridge, ageingSeconds: 10}]\n    fdb: [02:00:00:00:00:99 dev eth0 master static]",
  ],
  [
    "every word of routes, rules and addresses",
    "interfaces: [{name: eth0, addresses: [10.3.0.1/24 scope link, 10.0.0.1 peer 10.0.0.2/32, 10.1.0.1/24 brd 10.1.0.255 metric 50, 10.2.0.1/24 label eth0:a noprefixroute]}]\n    routes: [10.9.0.0/24 via 10.1.0.9 dev eth0 table 7 proto static src 10.1.0.1 metric 3 mtu lock 1400 advmss 1300, throw 10.6.0.0/16, 10.8.0.0/24 dev eth0 scope host]\n    rules: ['5: not from 10.0.0.0/8 to 10.1.0.0/16 tos 16 fwmark 0x1/0xff iif lo oif eth0 ipproto 6 sport 1-5 dport 80 uidrange 0-99 lookup 7 suppress_prefixlength 0', '9: from all goto 32766', '10: from all prohibit']",
  ],
  ["another host name", "hostname: elsewhere"],
  ["a machine that is off", "power: off\n    interfaces: [{name: eth0, addresses: [10.0.0.1/24]}]"],
])("%s", (_, inside) => {
  const parsed = parseLab(
    `podwire: 1\nnodes:\n  - name: h1\n    kind: host\n    at: [0, 0]\n    ${inside}\n`,
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  expect(printLab(throughKernels(parsed.value))).toBe(printLab(parsed.value));
});
