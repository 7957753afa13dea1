import { expect, test } from "vitest";
import { OutputQueue } from "../../renderer/terminal/output-queue.ts";

/** A screen that takes what it is given only when told to. */
function slowScreen() {
  const taken: Uint8Array[] = [];
  let finish: (() => void) | undefined;
  const queue = new OutputQueue((data, done) => {
    taken.push(data);
    finish = done;
  });
  const draw = () => {
    const done = finish;
    finish = undefined;
    done?.();
    return done !== undefined;
  };
  return { queue, taken, draw };
}

test("what arrives while the screen draws goes out together", () => {
  const { queue, taken, draw } = slowScreen();
  for (const byte of [1, 2, 3]) queue.push(new Uint8Array([byte]));
  expect(taken.map((data) => [...data])).toEqual([[1]]);
  draw();
  expect(taken.map((data) => [...data])).toEqual([[1], [2, 3]]);
});

test("a chunk larger than the screen takes at a time is cut, and nothing is lost", () => {
  const { queue, taken, draw } = slowScreen();
  const data = new Uint8Array(300_000).map((_, i) => i % 251);
  queue.push(data);
  while (draw());
  expect(taken.length).toBeGreaterThan(1);
  expect(Buffer.concat(taken).equals(data)).toBe(true);
});

test("endless output is bounded: the oldest goes, the newest arrives", () => {
  const { queue, taken, draw } = slowScreen();
  for (let i = 0; i < 1000; i++) queue.push(new Uint8Array(65_536).fill(i % 256));
  while (draw());
  const total = taken.reduce((sum, data) => sum + data.length, 0);
  expect(total).toBeLessThan(3 * 1024 * 1024);
  expect(taken.at(-1)?.at(-1)).toBe(999 % 256);
});
