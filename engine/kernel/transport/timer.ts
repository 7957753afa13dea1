import { MILLISECOND, type Ns } from "../../sim/clock.ts";
import type { SimEvent } from "../../sim/event-queue.ts";
import type { Simulation } from "../../sim/simulation.ts";

/** HZ 250 */
const TICK_NS: Ns = 4 * MILLISECOND;
/** Each level of the timer wheel is eight times as coarse as the one before; LVL_CLK_SHIFT. */
const COARSER = 8;
const SLOTS = 64;

/**
 * When a timer that is set now really runs: never before its time, and the later the farther it is
 * away. Linux kernel/time/timer.c, calc_index().
 */
function slotNs(nowNs: Ns, expiresNs: Ns): Ns {
  const expires = Math.ceil(expiresNs / TICK_NS);
  const distance = expires - Math.floor(nowNs / TICK_NS);
  let slot = 1;
  while (distance >= (SLOTS - 1) * slot) slot *= COARSER;
  return (Math.floor(expires / slot) + 1) * slot * TICK_NS;
}

/**
 * A timer that is moved far more often than it expires: moving it later costs nothing, because
 * the event that is already queued looks again when it comes.
 */
export class Timer {
  /** When it is to expire; undefined: not armed. */
  expiresNs: Ns | undefined;
  /** When the wheel gets there. */
  private dueNs: Ns = 0;
  private event: SimEvent | undefined;

  constructor(
    private readonly sim: Simulation,
    private readonly expire: () => void,
  ) {}

  get isArmed(): boolean {
    return this.expiresNs !== undefined;
  }

  arm(delayNs: Ns): void {
    const { nowNs } = this.sim;
    this.expiresNs = nowNs + delayNs;
    this.dueNs = slotNs(nowNs, this.expiresNs);
    if (this.event && this.event.atNs <= this.dueNs) return;
    this.sim.cancel(this.event);
    this.schedule();
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

  private schedule(): void {
    this.event = this.sim.scheduleAt(this.dueNs, () => {
      this.event = undefined;
      if (this.expiresNs === undefined) return;
      if (this.dueNs > this.sim.nowNs) {
        this.schedule();
        return;
      }
      this.expiresNs = undefined;
      this.expire();
    });
  }
}
