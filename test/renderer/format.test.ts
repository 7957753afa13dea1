import { expect, test } from "vitest";
import { addressProblem } from "../../renderer/inspector/address.ts";
import {
  formatAgo,
  formatBytes,
  formatCount,
  formatUptime,
} from "../../renderer/inspector/format.ts";
import { formatVirtualTime } from "../../renderer/state/virtual-time.ts";
import { fitInto, previewOf } from "../../renderer/welcome/preview.ts";

test("an interface address has four octets and a prefix length", () => {
  expect(addressProblem("10.0.0.1/24")).toBeUndefined();
  expect(addressProblem("10.0.0.1/24 brd 10.0.0.255")).toBeUndefined();
  expect(addressProblem("fd00::1/64")).toBeUndefined();
  expect(addressProblem("10.0.0.1")).toContain("prefix length");
  expect(addressProblem("10.0.0.300/24")).toBe("300 is more than 255");
  expect(addressProblem("10.0.0.1/33")).toContain("0 to 32");
  expect(addressProblem("eth0")).toContain("10.0.0.1/24");
  expect(addressProblem("10.0.0.1/24/8")).toContain("Only one /");
});

test("numbers stay short", () => {
  expect([999, 1234, 12_345, 4_500_000].map(formatCount)).toEqual([
    "999",
    "1,234",
    "12.3k",
    "4.5M",
  ]);
  expect([512, 2048, 5 * 1024 ** 3].map(formatBytes)).toEqual(["512 B", "2.0 KiB", "5.0 GiB"]);
});

test("times are told in the unit that fits", () => {
  expect([5.9, 125, 7300].map(formatUptime)).toEqual(["5 s", "2 min", "2 h 1 min"]);
  const day = 86_400_000;
  expect([0, 61_000, 3_600_000, day, 3 * day].map((ago) => formatAgo(0, ago))).toEqual([
    "just now",
    "1 min ago",
    "1 hour ago",
    "yesterday",
    "3 days ago",
  ]);
  expect(formatVirtualTime(61_234_567_890)).toBe("01:01.234");
  expect(formatVirtualTime(3_600_000_000_000)).toBe("1:00:00.000");
});

test("a preview of a lab of which only the size is known has that many machines", () => {
  expect(previewOf(5).nodes).toHaveLength(5);
  expect(previewOf(1).nodes.length).toBeGreaterThan(0);
});

test("a preview fits its box", () => {
  const points = [
    { x: -5000, y: 0 },
    { x: 5000, y: 900 },
  ];
  for (const { x, y } of fitInto(points, 280, 116, 26)) {
    expect(x).toBeGreaterThanOrEqual(26);
    expect(x).toBeLessThanOrEqual(254);
    expect(y).toBeGreaterThanOrEqual(26);
    expect(y).toBeLessThanOrEqual(90);
  }
});
