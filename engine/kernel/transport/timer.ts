import type { Ns } from "../../sim/clock.ts";
import type { SimEvent } from "../../sim/event-queue.ts";
import type { Simulation } from "../../sim/simulation.ts";

/**
 * A timer that is moved far more often than it expires: moving it later costs nothing, because
 * the event that is already queued looks again when it comes.
 */
export class Timer {
  /** When it expires; undefined: not armed. */
  expiresNs: Ns | undefined;
  private event: SimEvent | undefined;

  constructor(
    private readonly sim: Simulation,
    private readonly expire: () => void,
  ) {}

  get isArmed(): boolean {
    return this.expiresNs !== undefined;
  }

  arm(delayNs: Ns): void {
    const at = this.sim.nowNs + delayNs;
    this.expiresNs = at;
    if (this.event && this.event.atNs <= at) return;
    this.sim.cancel(this.event);
    this.schedule(at);
  }

  disarm(): void {
    this.expiresNs = undefined;
  }

  /** Disarms it and forgets the event, so that nothing refers to the owner any more. */
  destroy(): void {
    this.expiresNs = undefined;
    this.sim.cancel(this.event);
    this.event = undefined;
  }

  private schedule(at: Ns): void {
    this.event = this.sim.scheduleAt(at, () => {
      this.event = undefined;
      const { expiresNs } = this;
      if (expiresNs === undefined) return;
      if (expiresNs > this.sim.nowNs) {
        this.schedule(expiresNs);
        return;
      }
      this.expiresNs = undefined;
      this.expire();
    });
  }
}
