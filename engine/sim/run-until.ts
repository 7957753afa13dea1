import type { Ns } from "./clock.ts";
import type { Simulation } from "./simulation.ts";

/**
 * Runs events until `done`, until the deadline, or until `maxEvents` have run.
 * True: it is done, and the clock stands where it became so.
 */
export function runUntil(
  sim: Simulation,
  done: () => boolean,
  deadlineNs: Ns,
  maxEvents: number,
): boolean {
  for (let events = 0; !done(); events++) {
    const next = sim.nextEventNs();
    if (next === undefined || next > deadlineNs) {
      sim.advanceTo(deadlineNs);
      return false;
    }
    if (events >= maxEvents) return false;
    sim.step();
  }
  return true;
}
