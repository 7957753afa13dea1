import { expect, test } from "vitest";
import type { Mac } from "../../../engine/net/address.ts";
import { ip, twoNetworks, Wire, type Host } from "../ip/wire.ts";

function pair(): { wire: Wire; a: Host; b: Host } {
  const wire = new Wire();
  const [a, b] = [wire.host("a"), wire.host("b")];
  a.card("eth0");
  b.card("eth0");
  wire.cable([a, "eth0"], [b, "eth0"]);
  return { wire, a, b };
}

function vlan(host: Host, id: number, prefix: string): void {
  const name = `eth0.${id}`;
  host.netns.rtnetlink.newLink({ name, kind: "vlan", link: "eth0", vlanId: id, up: true });
  host.address(name, prefix);
}

test("VLANs of one cable do not hear each other", () => {
  const { a, b } = pair();
  vlan(a, 10, "10.10.0.1/24");
  vlan(b, 10, "10.10.0.2/24");
  vlan(a, 20, "10.20.0.1/24");
  vlan(b, 30, "10.20.0.2/24");
  expect(a.pings("10.10.0.2")).toBe(true);
  expect(a.pings("10.20.0.2")).toBe(false);
});

test("a tagged frame on the cable is four bytes longer", () => {
  const { a, b } = pair();
  vlan(a, 10, "10.10.0.1/24");
  vlan(b, 10, "10.10.0.2/24");
  a.pings("10.10.0.2");
  const below = a.netns.rtnetlink.link("eth0")?.statistics;
  const above = a.netns.rtnetlink.link("eth0.10")?.statistics;
  expect(above).toMatchObject({ txPackets: 2, txBytes: 140 });
  expect(below).toMatchObject({ txPackets: 2, txBytes: 148 });
});

test("a VLAN follows its device down, up, in MTU and away", () => {
  const { a } = pair();
  vlan(a, 10, "10.10.0.1/24");
  a.netns.rtnetlink.setLink("eth0", { mtu: 1400 });
  expect(a.netns.rtnetlink.link("eth0.10")?.mtu).toBe(1400);
  a.netns.rtnetlink.setLink("eth0", { up: false });
  expect(a.netns.rtnetlink.link("eth0.10")?.flags.up).toBe(false);
  a.netns.rtnetlink.setLink("eth0", { up: true });
  expect(a.netns.rtnetlink.link("eth0.10")?.operState).toBe("UP");
  expect(() => a.netns.rtnetlink.setLink("eth0.10", { mtu: 1500 })).toThrow("ERANGE");
});

test("macvlans in bridge mode hear each other, private ones do not; all hear the outside", () => {
  const { wire, a, b } = pair();
  b.address("eth0", "10.0.0.99/24");
  for (const [mode, net] of [
    ["bridge", 1],
    ["private", 2],
  ] as const) {
    for (const number of [1, 2]) {
      const name = `${mode}${number}`;
      const guest = wire.host(name);
      a.netns.rtnetlink.newLink({ name, kind: "macvlan", link: "eth0", macvlanMode: mode });
      a.netns.rtnetlink.setLink(name, { netns: name });
      guest.netns.rtnetlink.setLink(name, { up: true });
      guest.address(name, `10.0.0.${net}${number}/24`);
    }
  }
  expect(wire.host("bridge1").pings("10.0.0.12")).toBe(true);
  expect(wire.host("private1").pings("10.0.0.22")).toBe(false);
  expect(wire.host("bridge1").pings("10.0.0.99")).toBe(true);
  expect(wire.host("private2").pings("10.0.0.99")).toBe(true);
});

function vxlan(host: Host, remote: string, prefix: string, mac: number): void {
  host.netns.rtnetlink.newLink({
    name: "vx0",
    kind: "vxlan",
    link: "eth0",
    address: mac as Mac,
    vxlan: { vni: 42, remote: ip(remote), dstPort: 4789 },
    up: true,
  });
  host.address("vx0", prefix);
}

test("VXLAN joins two hosts over a router and learns who is where", () => {
  const { a, b } = twoNetworks();
  vxlan(a, "10.0.2.10", "172.20.0.1/24", 0x020000000a01);
  vxlan(b, "10.0.1.10", "172.20.0.2/24", 0x020000000b01);
  expect(a.netns.rtnetlink.link("vx0")).toMatchObject({ mtu: 1450, operState: "UNKNOWN" });
  expect(a.pings("172.20.0.2")).toBe(true);
  const learnt = a.netns.rtnetlink.fdb().find(({ mac }) => mac === 0x020000000b01);
  expect(learnt).toMatchObject({ destination: ip("10.0.2.10"), state: "learned", self: true });
  expect(() => a.echo("172.20.0.2", { size: 1423, df: true })).toThrow("EMSGSIZE");
});

test("a VXLAN device is a port of a bridge like any other", () => {
  const { a, b } = twoNetworks();
  vxlan(a, "10.0.2.10", "172.20.9.1/32", 0x020000000a01);
  vxlan(b, "10.0.1.10", "172.20.0.2/24", 0x020000000b01);
  a.netns.rtnetlink.newLink({ name: "br0", kind: "bridge", up: true });
  a.netns.rtnetlink.setLink("vx0", { master: "br0" });
  a.address("br0", "172.20.0.1/24");
  expect(a.pings("172.20.0.2")).toBe(true);
});

test("IPIP carries packets between two tunnel ends", () => {
  const { a, b } = twoNetworks();
  const tunnel = (host: Host, local: string, remote: string, prefix: string): void => {
    host.netns.rtnetlink.newLink({
      name: "tun0",
      kind: "ipip",
      tunnel: { local: ip(local), remote: ip(remote) },
      up: true,
    });
    host.address("tun0", prefix);
  };
  tunnel(a, "10.0.1.10", "10.0.2.10", "172.30.0.1/24");
  tunnel(b, "10.0.2.10", "10.0.1.10", "172.30.0.2/24");
  expect(a.netns.rtnetlink.link("tun0")?.mtu).toBe(1480);
  expect(a.pings("172.30.0.2")).toBe(true);
});
