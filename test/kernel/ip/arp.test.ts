import { expect, test } from "vitest";
import { MAC_ZERO, type Mac } from "../../../engine/net/address.ts";
import { announceAddress, sendArp } from "../../../engine/kernel/ip/arp.ts";
import { ip, twoNetworks, Wire, type Host } from "./wire.ts";

function knows(host: Host, address: string): Mac | undefined {
  return host.netns.rtnetlink.neighbours().find((one) => one.address === ip(address))?.mac;
}

function segment(): { wire: Wire; a: Host; b: Host } {
  const wire = new Wire();
  const [a, b] = [wire.host("a"), wire.host("b")];
  a.card("eth0", "10.0.0.1/24");
  b.card("eth0", "10.0.0.2/24");
  wire.cable([a, "eth0"], [b, "eth0"]);
  return { wire, a, b };
}

test("a host answers for any of its addresses, unless arp_ignore says which", () => {
  const { a, b } = segment();
  b.netns.rtnetlink.newLink({ name: "d0", kind: "dummy", up: true });
  b.address("d0", "10.0.0.50/32");
  expect(a.pings("10.0.0.50")).toBe(true);
  a.netns.rtnetlink.delNeighbour({ device: "eth0", address: ip("10.0.0.50") });
  b.netns.sysctl.write("ipv4/conf/all/arp_ignore", "1");
  expect(a.pings("10.0.0.50")).toBe(false);
});

test("a gratuitous request changes an entry that is there and makes none", () => {
  const { wire, a, b } = segment();
  const device = b.netns.deviceByName("eth0");
  if (!device) throw new Error("no device");
  announceAddress(device, ip("10.0.0.2"));
  wire.run(10);
  expect(knows(a, "10.0.0.2")).toBeUndefined();
  expect(a.pings("10.0.0.2")).toBe(true);
  b.netns.rtnetlink.setLink("eth0", { address: 0x02000000beef as Mac });
  announceAddress(device, ip("10.0.0.2"));
  wire.run(10);
  expect(knows(a, "10.0.0.2")).toBe(0x02000000beef);
});

test("a proxy answers for the other network, after a delay that lets the owner be first", () => {
  const { wire, a, r, b } = twoNetworks();
  a.netns.rtnetlink.delRoute({ destination: ip("0.0.0.0"), prefixLength: 0 });
  a.address("eth0", "10.0.9.9/8");
  b.netns.rtnetlink.delAddress({ device: "eth0", address: ip("10.0.2.10"), prefixLength: 24 });
  b.address("eth0", "10.0.2.10/24");
  b.route("default", "10.0.2.1");
  expect(a.pings("10.0.2.10", { src: "10.0.1.10" })).toBe(false);
  wire.run(3000);
  r.netns.sysctl.write("ipv4/conf/eth0/proxy_arp", "1");
  expect(a.pings("10.0.2.10", { src: "10.0.1.10" })).toBe(true);
  expect(knows(a, "10.0.2.10")).toBe(r.netns.deviceByName("eth0")?.address);
});

test("a probe for duplicates is answered, and its sender not remembered", () => {
  const { wire, a, b } = segment();
  const device = a.netns.deviceByName("eth0");
  if (!device) throw new Error("no device");
  const replies: number[] = [];
  a.netns.addTap(({ packet }) => {
    if (packet.arp?.operation === 2) replies.push(packet.arp.senderIp);
  });
  sendArp(device, {
    operation: 1,
    senderMac: device.address,
    senderIp: ip("0.0.0.0"),
    targetMac: MAC_ZERO,
    targetIp: ip("10.0.0.2"),
  });
  wire.run(10);
  expect(replies).toEqual([ip("10.0.0.2")]);
  expect(b.netns.rtnetlink.neighbours()).toEqual([]);
});
