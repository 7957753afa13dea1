import type { Ns } from "./clock.ts";
import { EventQueue, type SimEvent } from "./event-queue.ts";
import { Random } from "./random.ts";

/** 2026-01-01 12:00:00 UTC: what the clocks of a lab's machines show when it is switched on. */
const EPOCH_SECONDS = 1_767_268_800;

/** How far a slice of the simulation came. */
export interface AdvanceResult {
  readonly nowNs: Ns;
  readonly eventsRun: number;
  /** False when the budget ran out before the target instant was reached. */
  readonly reached: boolean;
}

/** The virtual clock, the events to come, and the lab's only source of randomness. */
export class Simulation {
  readonly random: Random;
  /** Events run since the start. */
  eventsRun = 0;
  private readonly queue = new EventQueue();
  private sequence = 0;
  private now: Ns = 0;

  constructor(
    readonly seed: number,
    /** Real time of the lab's instant zero, for `date` and log lines; Unix nanoseconds ÷ 10^9. */
    readonly epochSeconds: number = EPOCH_SECONDS,
  ) {
    this.random = new Random(seed);
  }

  get nowNs(): Ns {
    return this.now;
  }

  get pendingEvents(): number {
    return this.queue.size;
  }

  /** Runs `run` after `delayNs` (rounded down to 0 if negative). Returns a handle for `cancel`. */
  schedule(delayNs: Ns, run: () => void): SimEvent {
    return this.scheduleAt(this.now + (delayNs > 0 ? delayNs : 0), run);
  }

  scheduleAt(atNs: Ns, run: () => void): SimEvent {
    const event: SimEvent = {
      atNs: atNs < this.now ? this.now : atNs,
      sequence: this.sequence++,
      run,
      cancelled: false,
    };
    this.queue.push(event);
    return event;
  }

  cancel(event: SimEvent | undefined): void {
    if (event) event.cancelled = true;
  }

  /** The instant of the next event, if there is one. */
  nextEventNs(): Ns | undefined {
    return this.queue.peek()?.atNs;
  }

  /** Runs exactly one event and moves the clock to it. False when nothing is left to run. */
  step(): boolean {
    const event = this.queue.pop();
    if (!event) return false;
    this.now = event.atNs;
    this.eventsRun += 1;
    event.run();
    return true;
  }

  /**
   * Runs every event due until `targetNs` and sets the clock to it, or stops after `maxEvents`
   * with the clock at the last event, so that the caller's thread stays alive.
   */
  advanceTo(targetNs: Ns, maxEvents = Number.POSITIVE_INFINITY): AdvanceResult {
    let eventsRun = 0;
    for (;;) {
      const next = this.queue.peek();
      if (!next || next.atNs > targetNs) break;
      if (eventsRun >= maxEvents) return { nowNs: this.now, eventsRun, reached: false };
      eventsRun += 1;
      this.step();
    }
    if (targetNs > this.now) this.now = targetNs;
    return { nowNs: this.now, eventsRun, reached: true };
  }
}
