import { expect, test } from "vitest";
import { SessionPacer, type RealTime } from "../../../app/engine-link/pacer.ts";
import type {
  AdvanceOptions,
  AdvanceReport,
  ClockState,
  Session,
} from "../../../engine/session.ts";

/** Real time under the test's control: `pass` runs what became due. */
class FakeTime implements RealTime {
  private now = 0;
  private timers: { at: number; run: () => void }[] = [];

  nowMs(): number {
    return this.now;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { at: this.now + delayMs, run };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  /** Work takes time too: what an engine's slice costs. */
  spend(ms: number): void {
    this.now += ms;
  }

  pass(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const due = this.timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.timers = this.timers.filter((timer) => timer !== due);
      this.now = Math.max(this.now, due.at);
      due.run();
    }
    this.now = Math.max(this.now, end);
  }
}

/** A session in which something happens every `everyNs`; `costMs` is what 256 events take. */
function fakeSession(time: FakeTime, everyNs: number, costMs = 0) {
  let nowNs = 0;
  let eventsRun = 0;
  const advance = ({ untilNs, maxEvents }: AdvanceOptions): AdvanceReport => {
    let count = 0;
    while (nowNs + everyNs <= untilNs && count < maxEvents) {
      nowNs += everyNs;
      count += 1;
    }
    eventsRun += count;
    time.spend(costMs);
    const reached = nowNs + everyNs > untilNs;
    return { nowNs, reached, eventsRun: count, idle: false, nextEventNs: nowNs + everyNs };
  };
  const session = {
    advance,
    step: () => {
      nowNs += everyNs;
      return true;
    },
    clock: (): ClockState => ({ nowNs, running: true, speed: 1, pendingEvents: 1, eventsRun }),
    takeNotices: () => [],
  } as unknown as Session;
  return { session, nowMs: () => nowNs / 1e6 };
}

function pacerOf(session: Session, time: FakeTime) {
  const failures: string[] = [];
  const clocks: ClockState[] = [];
  const pacer = new SessionPacer(session, time, {
    notices: () => undefined,
    clock: (state) => clocks.push(state),
    failure: (message) => failures.push(message),
  });
  return { pacer, failures, clocks };
}

test("lab time follows real time at speed 1", () => {
  const time = new FakeTime();
  const lab = fakeSession(time, 1_000_000);
  pacerOf(lab.session, time);
  time.pass(1000);
  expect(lab.nowMs()).toBeGreaterThan(980);
  expect(lab.nowMs()).toBeLessThanOrEqual(1000);
});

test("speed multiplies it", () => {
  const time = new FakeTime();
  const lab = fakeSession(time, 1_000_000);
  const { pacer } = pacerOf(lab.session, time);
  pacer.setSpeed(10);
  time.pass(1000);
  expect(lab.nowMs()).toBeGreaterThan(9_800);
  expect(lab.nowMs()).toBeLessThanOrEqual(10_000);
});

test("a paused lab stands still, and steps one event at a time", () => {
  const time = new FakeTime();
  const lab = fakeSession(time, 1_000_000);
  const { pacer, clocks } = pacerOf(lab.session, time);
  pacer.pause();
  time.pass(500);
  expect(lab.nowMs()).toBe(0);
  expect(pacer.step()).toBe(true);
  expect(lab.nowMs()).toBe(1);
  expect(clocks.at(-1)?.running).toBe(false);
});

test("playing again does not catch up on the pause", () => {
  const time = new FakeTime();
  const lab = fakeSession(time, 1_000_000);
  const { pacer } = pacerOf(lab.session, time);
  pacer.pause();
  time.pass(10_000);
  pacer.play();
  time.pass(100);
  expect(lab.nowMs()).toBeLessThanOrEqual(100);
});

test("an engine that is too slow loses lab time instead of blocking the thread", () => {
  const time = new FakeTime();
  // 256 events cover 0.256 ms of lab time and take 4 ms of real time.
  const lab = fakeSession(time, 1_000, 4);
  pacerOf(lab.session, time);
  time.pass(1000);
  expect(lab.nowMs()).toBeGreaterThan(10);
  expect(lab.nowMs()).toBeLessThan(200);
});

test("as fast as possible runs from event to event", () => {
  const time = new FakeTime();
  const lab = fakeSession(time, 60_000_000_000, 1);
  const { pacer } = pacerOf(lab.session, time);
  pacer.setSpeed(Number.POSITIVE_INFINITY);
  time.pass(100);
  expect(lab.nowMs()).toBeGreaterThan(60_000);
});

test("a speed that is not positive is refused", () => {
  const time = new FakeTime();
  const { pacer } = pacerOf(fakeSession(time, 1_000_000).session, time);
  expect(() => pacer.setSpeed(0)).toThrow(RangeError);
  expect(() => pacer.setSpeed(Number.NaN)).toThrow(RangeError);
});

test("an exception inside the engine is reported once and ends the pacing", () => {
  const time = new FakeTime();
  const lab = fakeSession(time, 1_000_000);
  lab.session.advance = () => {
    throw new Error("broken invariant");
  };
  const { failures } = pacerOf(lab.session, time);
  time.pass(1000);
  expect(failures).toHaveLength(1);
  expect(failures[0]).toContain("broken invariant");
});
