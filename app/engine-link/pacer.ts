/**
 * Paces a session: turns real time into lab time, in slices short enough that the thread stays
 * free for messages. What cannot be done in time is not owed: lab time then runs slower than
 * real time, and the window stays responsive.
 */
import type { ClockState, Notice, Session } from "../../engine/session.ts";

/** The host's clock and timer, so that tests can drive them. */
export interface RealTime {
  nowMs(): number;
  /** Calls back once; returns a function that cancels it. 0: as soon as messages were looked at. */
  after(delayMs: number, callback: () => void): () => void;
}

export interface PacerListener {
  notices(notices: readonly Notice[]): void;
  clock(state: ClockState): void;
  failure(message: string): void;
}

/** Longest stretch of real time spent on the engine before messages are looked at. */
const SLICE_MS = 8;
/** Events between two looks at the real clock. */
const EVENTS_PER_LOOK = 256;
/** Real time that one slice may catch up on: more was a sleeping laptop, not the lab. */
const CATCH_UP_MS = 100;
/** How often the window learns the time while nothing else happens. */
const CLOCK_INTERVAL_MS = 100;
/** Shortest pause between two slices that reached their target. */
const FRAME_MS = 4;

export class SessionPacer {
  private running = true;
  private speed = 1;
  private lastMs: number;
  private targetNs: number;
  private lastClockMs = Number.NEGATIVE_INFINITY;
  private cancelTimer: (() => void) | undefined;
  private failed = false;

  constructor(
    private readonly session: Session,
    private readonly time: RealTime,
    private readonly listener: PacerListener,
  ) {
    this.lastMs = time.nowMs();
    this.targetNs = session.clock().nowNs;
    this.schedule(0);
  }

  play(): void {
    this.running = true;
    this.resynchronise();
    this.kick();
  }

  pause(): void {
    this.running = false;
    this.kick();
  }

  setSpeed(speed: number): void {
    if (!(speed > 0)) throw new RangeError(`speed must be positive, not ${speed}`);
    this.speed = speed;
    this.resynchronise();
    this.kick();
  }

  step(): boolean {
    const ran = this.guarded(() => this.session.step()) ?? false;
    this.resynchronise();
    this.publish(true);
    return ran;
  }

  /** The clock as the window shows it: the pacer knows what the session does not. */
  state(): ClockState {
    return { ...this.session.clock(), running: this.running, speed: this.speed };
  }

  /** Something was typed or edited: look at the session at once. */
  kick(): void {
    this.schedule(0);
  }

  /** A new lab was opened: its clock starts elsewhere. */
  resynchronise(): void {
    this.lastMs = this.time.nowMs();
    this.targetNs = this.session.clock().nowNs;
  }

  stop(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    this.failed = true;
  }

  private schedule(delayMs: number): void {
    if (this.failed) return;
    this.cancelTimer?.();
    this.cancelTimer = this.time.after(delayMs, () => {
      this.cancelTimer = undefined;
      this.slice();
    });
  }

  private slice(): void {
    const startMs = this.time.nowMs();
    const elapsedMs = Math.min(startMs - this.lastMs, CATCH_UP_MS);
    this.lastMs = startMs;
    const delayMs = this.running
      ? this.guarded(() => this.advance(startMs, elapsedMs))
      : CLOCK_INTERVAL_MS;
    if (delayMs === undefined) return;
    this.publish(false);
    this.schedule(delayMs);
  }

  /** Returns how long to wait until the next slice. */
  private advance(startMs: number, elapsedMs: number): number {
    const asFastAsPossible = this.speed === Number.POSITIVE_INFINITY;
    if (!asFastAsPossible) this.targetNs += elapsedMs * 1_000_000 * this.speed;
    for (;;) {
      const report = this.session.advance({
        untilNs: Math.floor(this.targetNs),
        maxEvents: EVENTS_PER_LOOK,
      });
      if (asFastAsPossible && report.reached) {
        if (report.nextEventNs === undefined) return CLOCK_INTERVAL_MS;
        this.targetNs = report.nextEventNs;
      } else if (report.reached) {
        if (report.nextEventNs === undefined) return CLOCK_INTERVAL_MS;
        const dueMs = (report.nextEventNs - this.targetNs) / 1_000_000 / this.speed;
        return Math.min(CLOCK_INTERVAL_MS, Math.max(FRAME_MS, dueMs));
      }
      if (this.time.nowMs() - startMs >= SLICE_MS) {
        if (!report.reached) this.targetNs = report.nowNs;
        return 0;
      }
    }
  }

  private publish(clockChanged: boolean): void {
    const notices = this.guarded(() => this.session.takeNotices());
    if (notices && notices.length > 0) this.listener.notices(notices);
    const nowMs = this.time.nowMs();
    if (clockChanged || nowMs - this.lastClockMs >= CLOCK_INTERVAL_MS) {
      this.lastClockMs = nowMs;
      this.listener.clock(this.state());
    }
  }

  private guarded<T>(action: () => T): T | undefined {
    if (this.failed) return undefined;
    try {
      return action();
    } catch (error) {
      this.failed = true;
      this.listener.failure(
        error instanceof Error ? (error.stack ?? error.message) : String(error),
      );
      return undefined;
    }
  }
}
