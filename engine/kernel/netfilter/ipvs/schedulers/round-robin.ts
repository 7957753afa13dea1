/** In turn. Linux net/netfilter/ipvs/ip_vs_rr.c, ip_vs_wrr.c. */
import type { Destination, Service } from "../service.ts";
import type { Scheduler, SchedulerKind } from "./scheduler.ts";

class RoundRobin implements Scheduler {
  /** Who had the last turn; undefined: before the first. */
  private last: Destination | undefined;

  schedule({ destinations }: Service): Destination | undefined {
    const start = this.last ? destinations.indexOf(this.last) : -1;
    for (let step = 1; step <= destinations.length; step++) {
      const candidate = destinations[(start + step) % destinations.length];
      if (!candidate?.isAvailable) continue;
      this.last = candidate;
      return candidate;
    }
    return undefined;
  }

  destinationsChanged({ destinations }: Service): void {
    if (this.last && !destinations.includes(this.last)) this.last = undefined;
  }
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

class WeightedRoundRobin implements Scheduler {
  /** Index of who had the last turn; -1: before the first. */
  private at = -1;
  /** Servers of at least this weight are next. */
  private currentWeight = 0;
  private maxWeight = 0;
  private step = 1;

  destinationsChanged({ destinations }: Service): void {
    const weights = destinations.map(({ weight }) => weight).filter((weight) => weight > 0);
    this.at = -1;
    this.step = weights.reduce(gcd, 0) || 1;
    this.maxWeight = Math.max(0, ...weights) - (this.step - 1);
    if (weights.length === 0) this.maxWeight = 0;
    if (this.currentWeight > this.maxWeight || this.currentWeight === 0) {
      this.currentWeight = this.maxWeight;
    } else if (this.step > 1) {
      this.currentWeight = Math.floor(this.currentWeight / this.step) * this.step + 1;
    }
  }

  schedule({ destinations }: Service): Destination | undefined {
    if (this.maxWeight === 0) return undefined;
    const rounds = Math.ceil(this.maxWeight / this.step) + 1;
    for (let turn = 0; turn < rounds * (destinations.length + 1); turn++) {
      this.at += 1;
      const candidate = destinations[this.at];
      if (!candidate) {
        this.at = -1;
        this.currentWeight -= this.step;
        if (this.currentWeight <= 0) this.currentWeight = this.maxWeight;
      } else if (!candidate.isOverloaded && candidate.weight >= this.currentWeight) {
        return candidate;
      }
    }
    return undefined;
  }
}

export const rr: SchedulerKind = {
  name: "rr",
  summary: "round robin",
  make: () => new RoundRobin(),
};

export const wrr: SchedulerKind = {
  name: "wrr",
  summary: "weighted round robin",
  make: () => new WeightedRoundRobin(),
};
