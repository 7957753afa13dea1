import { expect, test } from "vitest";
import { MAC_ZERO, type Mac } from "../../../engine/net/address.ts";
import type { NudState } from "../../../engine/kernel/ip/neighbour.ts";
import type { NeighbourState } from "../../../engine/kernel/rtnetlink/messages.ts";
import { ip, Wire, type Host } from "./wire.ts";

function pair(): { wire: Wire; a: Host; b: Host; cable: ReturnType<Wire["cable"]> } {
  const wire = new Wire();
  const [a, b] = [wire.host("a"), wire.host("b")];
  a.card("eth0", "10.0.0.1/24");
  b.card("eth0", "10.0.0.2/24");
  return { wire, a, b, cable: wire.cable([a, "eth0"], [b, "eth0"]) };
}

function stateOf(host: Host, address: string): NudState | undefined {
  const device = host.netns.deviceByName("eth0");
  return device && host.netns.neighbours.find(device, ip(address))?.state;
}

function set(host: Host, address: string, state: NeighbourState): void {
  host.netns.rtnetlink.newNeighbour(
    { device: "eth0", address: ip(address), mac: 0x0200000000aa as Mac, state },
    "replace",
  );
}

test("NONE to INCOMPLETE when a packet is to be sent, to REACHABLE when the answer comes", () => {
  const { wire, a } = pair();
  a.echo("10.0.0.2");
  expect(stateOf(a, "10.0.0.2")).toBe("INCOMPLETE");
  wire.run(1);
  expect(stateOf(a, "10.0.0.2")).toBe("REACHABLE");
});

test("who was asked knows the asker as STALE, and DELAY once it answers a packet", () => {
  const { wire, a, b } = pair();
  a.echo("10.0.0.2");
  wire.run(1);
  expect(stateOf(b, "10.0.0.1")).toBe("DELAY");
});

test("INCOMPLETE to FAILED when three requests are in vain; the senders are told", () => {
  const { wire, a } = pair();
  a.echo("10.0.0.9");
  wire.run(1000);
  a.echo("10.0.0.9");
  wire.run(2000);
  expect(stateOf(a, "10.0.0.9")).toBe("INCOMPLETE");
  wire.run(100);
  expect(stateOf(a, "10.0.0.9")).toBe("FAILED");
  expect(a.errors.map(({ type, code }) => [type, code])).toEqual([
    [3, 1],
    [3, 1],
  ]);
  expect(a.errors[0]?.atMs).toBeCloseTo(3060, 0);
});

test("FAILED to INCOMPLETE when another packet is to be sent", () => {
  const { wire, a } = pair();
  a.echo("10.0.0.9");
  wire.run(4000);
  a.echo("10.0.0.9");
  expect(stateOf(a, "10.0.0.9")).toBe("INCOMPLETE");
});

test("REACHABLE to STALE when nothing is heard for 0.5 to 1.5 times the base time", () => {
  const { wire, a } = pair();
  a.echo("10.0.0.2");
  wire.run(14_000);
  expect(stateOf(a, "10.0.0.2")).toBe("REACHABLE");
  wire.run(32_000);
  expect(stateOf(a, "10.0.0.2")).toBe("STALE");
});

test("STALE to DELAY when used, to PROBE after five seconds, to FAILED after three probes", () => {
  const { wire, a } = pair();
  set(a, "10.0.0.9", "STALE");
  a.echo("10.0.0.9");
  expect(stateOf(a, "10.0.0.9")).toBe("DELAY");
  wire.run(5001);
  expect(stateOf(a, "10.0.0.9")).toBe("PROBE");
  wire.run(3100);
  expect(stateOf(a, "10.0.0.9")).toBe("FAILED");
});

test("PROBE to REACHABLE when the neighbour answers the unicast probe", () => {
  const { wire, a, b } = pair();
  const device = b.netns.deviceByName("eth0");
  a.netns.rtnetlink.newNeighbour(
    { device: "eth0", address: ip("10.0.0.2"), mac: device?.address ?? MAC_ZERO, state: "PROBE" },
    "add",
  );
  wire.run(1);
  expect(stateOf(a, "10.0.0.2")).toBe("REACHABLE");
});

test("PERMANENT stays whatever is heard", () => {
  const { wire, a, b } = pair();
  set(a, "10.0.0.2", "PERMANENT");
  expect(b.pings("10.0.0.1")).toBe(false);
  expect(stateOf(a, "10.0.0.2")).toBe("PERMANENT");
  wire.run(60_000);
  expect(stateOf(a, "10.0.0.2")).toBe("PERMANENT");
});

test("entries are gone when the carrier is, but for permanent ones", () => {
  const { wire, a, cable } = pair();
  a.echo("10.0.0.2");
  wire.run(1);
  set(a, "10.0.0.7", "PERMANENT");
  cable.configure({ cut: true });
  expect(a.netns.rtnetlink.neighbours().map(({ state }) => state)).toEqual(["PERMANENT"]);
});

test("a host at rest schedules nothing", () => {
  const { wire, a } = pair();
  a.echo("10.0.0.2");
  wire.run(120_000);
  expect(wire.sim.nextEventNs()).toBeUndefined();
});

test("the queue of an unresolved neighbour is bounded in bytes", () => {
  const { wire, a } = pair();
  for (let i = 0; i < 1000; i++) a.echo("10.0.0.9", { size: 1000 });
  const device = a.netns.deviceByName("eth0");
  const entry = device && a.netns.neighbours.find(device, ip("10.0.0.9"));
  expect(entry?.waiting.length).toBeGreaterThan(50);
  expect(entry?.waiting.length).toBeLessThan(140);
  wire.run(4000);
  expect(entry?.waiting.length).toBe(0);
});
