import { expect, test } from "vitest";
import type { Cable, CableSettings } from "../../../engine/kernel/device/cable.ts";
import { milliseconds } from "../../../engine/sim/clock.ts";
import { Wire, type Host } from "../ip/wire.ts";

function pair(settings: Partial<CableSettings>): { wire: Wire; a: Host; b: Host; cable: Cable } {
  const wire = new Wire();
  const [a, b] = [wire.host("a"), wire.host("b")];
  a.card("eth0", "10.0.0.1/24");
  b.card("eth0", "10.0.0.2/24");
  const cable = wire.cable([a, "eth0"], [b, "eth0"]);
  expect(a.pings("10.0.0.2")).toBe(true);
  cable.configure(settings);
  cable.clearStatistics();
  a.seen.length = 0;
  return { wire, a, b, cable };
}

test("latency adds to both ways", () => {
  const { wire, a } = pair({ latencyNs: milliseconds(20) });
  const sentAt = wire.sim.nowNs / 1e6;
  a.echo("10.0.0.2");
  wire.run(100);
  expect((a.seen[0]?.atMs ?? 0) - sentAt).toBeCloseTo(40, 1);
});

test("bandwidth bounds how many frames a second pass", () => {
  const { wire, a, b } = pair({ bandwidthBps: 1_000_000 });
  for (let i = 0; i < 200; i++) a.echo("10.0.0.2", { size: 1200 });
  wire.run(1000);
  expect(b.seen.length).toBeGreaterThan(95);
  expect(b.seen.length).toBeLessThan(102);
});

test("what finds the queue full is dropped and counted", () => {
  const { wire, a, cable } = pair({ bandwidthBps: 1_000_000 });
  for (let i = 0; i < 3000; i++) a.echo("10.0.0.2");
  expect(cable.statistics(0).dropped).toBeGreaterThan(1900);
  expect(cable.inFlight(0)).toBeLessThan(1100);
  wire.run(10_000);
  expect(cable.inFlight(0)).toBe(0);
});

test("loss takes its share", () => {
  const { wire, a, cable } = pair({ loss: 0.3 });
  for (let i = 0; i < 1000; i++) {
    a.echo("10.0.0.2");
    wire.run(1);
  }
  expect(cable.statistics(0).lost).toBeGreaterThan(230);
  expect(cable.statistics(0).lost).toBeLessThan(370);
});

test("what is on the cable when it is cut is lost, and nothing of it arrives later", () => {
  const { wire, a, b, cable } = pair({ latencyNs: milliseconds(50) });
  a.echo("10.0.0.2");
  wire.run(10);
  cable.configure({ cut: true });
  cable.configure({ cut: false });
  const before = b.seen.length;
  wire.run(60);
  expect(b.seen.length).toBe(before);
  expect(a.pings("10.0.0.2")).toBe(true);
});

test("frames keep their order when the latency shrinks", () => {
  const { wire, a, b, cable } = pair({ latencyNs: milliseconds(50) });
  b.seen.length = 0;
  a.echo("10.0.0.2");
  cable.configure({ latencyNs: 0 });
  a.echo("10.0.0.2");
  wire.run(200);
  const sequences = b.seen.map(({ rest }) => rest);
  expect(sequences).toHaveLength(2);
  expect(sequences).toEqual([...sequences].sort((one, other) => one - other));
});
