/** A kernel timer: it runs once, and may be set again or stopped. */
import type { Ns } from "../../../sim/clock.ts";
import type { SimEvent } from "../../../sim/event-queue.ts";
import type { Simulation } from "../../../sim/simulation.ts";

export class Timer {
  private event: SimEvent | undefined;
  private endsNs: Ns = 0;

  constructor(
    private readonly sim: () => Simulation,
    private readonly expired: () => void,
  ) {}

  get isPending(): boolean {
    return this.leftNs > 0;
  }

  /** What is left; 0 when it does not run. */
  get leftNs(): Ns {
    return Math.max(0, this.endsNs - this.sim().nowNs);
  }

  /** mod_timer() */
  set(delayNs: Ns): void {
    this.countDown(delayNs);
    this.event = this.sim().schedule(delayNs, this.expired);
  }

  /** Runs only to be looked at: nothing happens at its end. */
  countDown(delayNs: Ns): void {
    this.stop();
    this.endsNs = this.sim().nowNs + delayNs;
  }

  stop(): void {
    this.sim().cancel(this.event);
    this.event = undefined;
    this.endsNs = 0;
  }
}
