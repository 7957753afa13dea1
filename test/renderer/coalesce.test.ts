import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Coalesced } from "../../renderer/state/coalesce.ts";
import { same } from "../../renderer/state/same.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("requests during a run lead to one more", async () => {
  const ends: (() => void)[] = [];
  const work = vi.fn(() => new Promise<void>((resolve) => ends.push(resolve)));
  const coalesced = new Coalesced(work);
  coalesced.request();
  coalesced.request();
  coalesced.request();
  expect(work).toHaveBeenCalledTimes(1);
  ends[0]?.();
  await vi.runAllTimersAsync();
  expect(work).toHaveBeenCalledTimes(2);
});

test("runs keep their distance, unless one is wanted soon", async () => {
  const work = vi.fn(async () => {});
  const coalesced = new Coalesced(work, 200, () => Date.now());
  coalesced.request();
  await vi.advanceTimersByTimeAsync(0);
  coalesced.request();
  await vi.advanceTimersByTimeAsync(150);
  expect(work).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(50);
  expect(work).toHaveBeenCalledTimes(2);
  coalesced.request(true);
  expect(work).toHaveBeenCalledTimes(3);
});

test("a stopped one does not run later", async () => {
  const work = vi.fn(async () => {});
  const coalesced = new Coalesced(work, 200, () => Date.now());
  coalesced.request();
  await vi.advanceTimersByTimeAsync(0);
  coalesced.request();
  coalesced.stop();
  await vi.runAllTimersAsync();
  expect(work).toHaveBeenCalledTimes(1);
});

test("plain values are compared by content", () => {
  expect(same({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).toBe(true);
  expect(same({ a: [1] }, { a: [1, 2] })).toBe(false);
  expect(same([], {})).toBe(false);
  expect(same({ a: undefined }, { b: undefined })).toBe(false);
});
