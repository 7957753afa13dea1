import { expect, test } from "vitest";
import { formatIpv4 } from "../../../engine/net/address.ts";
import { ip, twoNetworks } from "./wire.ts";

function errorsOf(host: ReturnType<typeof twoNetworks>["a"]): string[] {
  return host.errors.map(({ type, code, from }) => `${type}/${code} ${formatIpv4(from)}`);
}

test("a forwarded packet whose time to live runs out is reported by the router", () => {
  const { wire, a } = twoNetworks();
  a.echo("10.0.2.10", { ttl: 1 });
  wire.run(10);
  expect(errorsOf(a)).toEqual(["11/0 10.0.1.1"]);
});

test("an answer has lost one hop of its time to live", () => {
  const { a } = twoNetworks();
  expect(a.pings("10.0.2.10")).toBe(true);
  expect(a.seen[0]?.ttl).toBe(63);
});

test.each([
  ["unreachable", "3/1 10.0.1.1"],
  ["prohibit", "3/13 10.0.1.1"],
  ["throw", "3/0 10.0.1.1"],
  ["blackhole", undefined],
] as const)("a %s route is reported to the sender as it should be", (type, expected) => {
  const { wire, a, r } = twoNetworks();
  r.netns.rtnetlink.newRoute({ type, destination: ip("10.9.0.0"), prefixLength: 16 }, "add");
  a.echo("10.9.0.1");
  wire.run(10);
  expect(errorsOf(a)).toEqual(expected ? [expected] : []);
});

test("a router that does not forward keeps silent", () => {
  const { wire, a, r } = twoNetworks();
  r.netns.sysctl.write("ipv4/ip_forward", "0");
  a.echo("10.0.2.10");
  wire.run(10);
  expect(errorsOf(a)).toEqual([]);
  expect(r.netns.snmp.ip.InAddrErrors).toBe(1);
});

// The next three: recorded on Linux 6.18, ten packets within a few milliseconds each.

test("of ten packets without a route two are reported, as both limits share one purse", () => {
  const { wire, a, r } = twoNetworks();
  r.netns.rtnetlink.newRoute(
    { type: "unreachable", destination: ip("10.9.0.0"), prefixLength: 16 },
    "add",
  );
  for (let i = 0; i < 10; i++) a.echo("10.9.0.1");
  wire.run(100);
  expect(a.errors).toHaveLength(2);
});

test("without icmp_ratelimit five of them are", () => {
  const { wire, a, r } = twoNetworks();
  r.netns.sysctl.write("ipv4/icmp_ratelimit", "0");
  for (let i = 0; i < 10; i++) a.echo("172.16.0.1");
  wire.run(100);
  expect(a.errors).toHaveLength(5);
});

test("of twelve packets in 1.2 seconds whose time runs out seven are reported", () => {
  const { wire, a } = twoNetworks();
  for (let i = 0; i < 12; i++) {
    a.echo("10.0.2.10", { ttl: 1 });
    wire.run(100);
  }
  expect(a.errors).toHaveLength(7);
});

test("echo requests are answered unless they are ignored or go to everyone", () => {
  const { a, r, b, wire } = twoNetworks();
  b.netns.sysctl.write("ipv4/icmp_echo_ignore_all", "1");
  expect(a.pings("10.0.2.10")).toBe(false);
  expect(a.pings("10.0.1.255")).toBe(false);
  r.netns.sysctl.write("ipv4/icmp_echo_ignore_broadcasts", "0");
  expect(a.pings("10.0.1.255")).toBe(true);
  wire.run(10);
});

test("a sender on the router's own link is told of the better router", () => {
  const { wire, a, r } = twoNetworks();
  r.route("10.7.0.0/16", "10.0.1.2");
  const better = wire.host("better");
  better.card("eth0", "10.0.1.2/24");
  a.echo("10.7.0.1");
  wire.run(10);
  expect(errorsOf(a)).toContain("5/1 10.0.1.1");
});

test("the path MTU is learnt from the router and forgotten by a flush", () => {
  const { wire, a, r } = twoNetworks();
  r.netns.rtnetlink.setLink("eth1", { mtu: 1400 });
  a.echo("10.0.2.10", { size: 1472, df: true });
  wire.run(10);
  expect(errorsOf(a)).toEqual(["3/4 10.0.1.1"]);
  const learnt = a.netns.rtnetlink.getRoute({ destination: ip("10.0.2.10") });
  expect(learnt.mtu).toBe(1400);
  expect(() => a.echo("10.0.2.10", { size: 1472, df: true })).toThrow("EMSGSIZE");
  a.netns.rtnetlink.flushRouteCache();
  expect(a.netns.rtnetlink.getRoute({ destination: ip("10.0.2.10") }).mtu).toBeUndefined();
});
