/** A token bucket. Linux net/netfilter/xt_limit.c, whose times have a resolution of 1/10000 s. */
import type { Ns } from "../../../sim/clock.ts";
import { defineMatch, UsageError } from "../xtables/extension.ts";
import { requireUnsigned } from "../xtables/options.ts";

const SCALE = 10_000;
const NS_PER_TICK = 1e9 / SCALE;
const UNITS = [
  ["second", "sec", 1],
  ["minute", "min", 60],
  ["hour", "hour", 3600],
  ["day", "day", 86400],
] as const;

export interface Rate {
  /** Average time between packets, in 1/10000 s. */
  readonly average: number;
  readonly burst: number;
}

/** `3/sec`; throws libxt_limit's words. */
export function parseRate(text: string): number {
  const bad = (): UsageError => new UsageError(`bad rate "${text}"'`);
  const [count = "", unit = "second"] = text.split("/");
  if (!/^\d+/.test(count)) throw bad();
  const rate = Number.parseInt(count, 10);
  const found = UNITS.find(([name]) => unit !== "" && name.startsWith(unit.toLowerCase()));
  if (rate === 0 || !found) throw bad();
  const average = Math.floor((SCALE * found[2]) / rate);
  if (average === 0) throw new UsageError(`Rate too fast "${text}"`);
  return average;
}

/** In the smallest unit that still gives a whole number; print_rate() in libxt_limit. */
function formatRate(average: number): string {
  const largestFirst = UNITS.toReversed();
  let chosen = largestFirst[0] as (typeof UNITS)[number];
  for (const unit of largestFirst.slice(1)) {
    const ticks = unit[2] * SCALE;
    if (average > ticks || Math.floor(ticks / average) < ticks % average) break;
    chosen = unit;
  }
  return `${Math.floor((chosen[2] * SCALE) / average)}/${chosen[1]}`;
}

interface Bucket {
  credit: number;
  sinceNs: Ns | undefined;
}

const DEFAULT_BURST = 5;
const MAX_BURST = 10_000;

export const limit = defineMatch<Rate>({
  name: "limit",
  docs: { summary: "at most so many packets", examples: ["-m limit --limit 10/min"] },
  options: { limit: "argument", "limit-burst": "argument" },
  parse(options) {
    let rate: Rate = { average: parseRate("3/hour"), burst: DEFAULT_BURST };
    for (const option of options) {
      if (option.name === "limit") rate = { ...rate, average: parseRate(option.value) };
      else rate = { ...rate, burst: requireUnsigned("limit", option, MAX_BURST) };
    }
    return rate.burst === 0 ? { ...rate, burst: DEFAULT_BURST } : rate;
  },
  save({ average, burst }) {
    const text = ` --limit ${formatRate(average)}`;
    return burst === DEFAULT_BURST ? text : `${text} --limit-burst ${burst}`;
  },
  list: ({ average, burst }) => ` limit: avg ${formatRate(average)} burst ${burst}`,
  newState: ({ average, burst }): Bucket => ({ credit: average * burst, sinceNs: undefined }),
  evaluate({ average, burst }, { netns }, state) {
    const bucket = state as Bucket;
    const { nowNs } = netns.sim;
    const earned = Math.floor((nowNs - (bucket.sinceNs ?? nowNs)) / NS_PER_TICK);
    bucket.sinceNs = nowNs;
    bucket.credit = Math.min(bucket.credit + earned, average * burst);
    if (bucket.credit < average) return false;
    bucket.credit -= average;
    return true;
  },
});
