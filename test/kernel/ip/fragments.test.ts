import { expect, test } from "vitest";
import { twoNetworks } from "./wire.ts";

test("a large packet is cut by its sender, again by the router, and put together", () => {
  const { a, r, b } = twoNetworks();
  r.netns.rtnetlink.setLink("eth1", { mtu: 1400 });
  b.netns.rtnetlink.setLink("eth0", { mtu: 1400 });
  expect(a.pings("10.0.2.10", { size: 4000 })).toBe(true);
  expect(r.netns.snmp.ip.FragCreates).toBeGreaterThan(0);
  expect(b.netns.snmp.ip.ReasmOKs).toBe(1);
  expect(a.netns.snmp.ip.ReasmOKs).toBe(1);
});

test("the greatest packet of all passes", () => {
  const { a } = twoNetworks();
  expect(a.pings("10.0.2.10", { size: 65507 })).toBe(true);
});

test("what stays incomplete is forgotten after thirty seconds, and the sender is told", () => {
  const { wire, a, b } = twoNetworks();
  a.pings("10.0.2.10");
  let count = 0;
  b.netns.hooks.prerouting = (packet) => {
    if (!packet.ip?.moreFragments && packet.ip?.fragmentOffset) return "drop";
    count += 1;
    return "accept";
  };
  a.echo("10.0.2.10", { size: 2000 });
  wire.run(29_000);
  expect(count).toBe(1);
  expect(b.netns.ip.reassembly.size).toBe(1);
  wire.run(2000);
  expect(b.netns.ip.reassembly.size).toBe(0);
  expect(b.netns.ip.reassembly.memoryBytes).toBe(0);
  expect(a.errors.map(({ type, code }) => [type, code])).toEqual([[11, 1]]);
});

test("fragments that overlap are all dropped", () => {
  const { wire, a, b } = twoNetworks();
  b.netns.hooks.prerouting = (packet) => {
    if (packet.ip?.fragmentOffset) packet.ip = { ...packet.ip, fragmentOffset: 8 };
    return "accept";
  };
  a.echo("10.0.2.10", { size: 2000 });
  wire.run(1000);
  expect(b.netns.snmp.ip.ReasmOKs).toBe(0);
  expect(b.netns.snmp.ipExt.ReasmOverlaps).toBe(1);
});
