/** A token bucket for each address or port. Linux net/netfilter/xt_hashlimit.c. */
import type { Ns } from "../../../sim/clock.ts";
import { defineMatch, UsageError } from "../xtables/extension.ts";
import type { HookContext } from "../xtables/hook-context.ts";
import { requireUnsigned } from "../xtables/options.ts";
import { formatRate, parseRate } from "./limit.ts";

const MODES = ["srcip", "srcport", "dstip", "dstport"] as const;
type Mode = (typeof MODES)[number];

interface HashlimitTest {
  readonly how: "upto" | "above";
  readonly average: number;
  readonly burst: number;
  readonly modes: readonly Mode[];
  readonly name: string;
}

interface Bucket {
  credit: number;
  sinceNs: Ns;
}

const DEFAULT_BURST = 5;
/** The unit of credit, 1/10000 s. */
const NS_PER_TICK = 100_000;
const MAX_BUCKETS = 8192;

function keyOf(modes: readonly Mode[], { ip, packet }: HookContext): string {
  const { transport } = packet;
  const ports = transport && transport.kind !== "icmp" ? transport : undefined;
  return modes
    .map((mode) => {
      if (mode === "srcip") return ip.src;
      if (mode === "dstip") return ip.dst;
      return mode === "srcport" ? ports?.srcPort : ports?.dstPort;
    })
    .join(",");
}

export const hashlimit = defineMatch<HashlimitTest>({
  name: "hashlimit",
  docs: {
    summary: "at most so many packets of each address or port",
    examples: [
      "-m hashlimit --hashlimit-upto 1/min --hashlimit-burst 2 --hashlimit-mode srcip --hashlimit-name pings",
    ],
  },
  options: {
    "hashlimit-upto": "argument",
    "hashlimit-above": "argument",
    "hashlimit-burst": "argument",
    "hashlimit-mode": "argument",
    "hashlimit-name": "argument",
  },
  aliases: { hashlimit: "hashlimit-upto" },
  parse(options) {
    let rate: { readonly how: "upto" | "above"; readonly average: number } | undefined;
    let burst = DEFAULT_BURST;
    let modes: readonly Mode[] = [];
    let name: string | undefined;
    for (const option of options) {
      const { value } = option;
      switch (option.name) {
        case "hashlimit-burst":
          burst = requireUnsigned("hashlimit", option, 10_000, 1);
          break;
        case "hashlimit-mode":
          modes = value.split(",").map((word) => {
            const found = MODES.find((mode) => mode === word);
            if (!found) {
              throw new UsageError(
                `hashlimit: Bad value for "--hashlimit-mode" option: "${value}"\n`,
              );
            }
            return found;
          });
          break;
        case "hashlimit-name":
          name = value;
          break;
        default:
          rate = {
            how: option.name === "hashlimit-above" ? "above" : "upto",
            average: parseRate(value),
          };
      }
    }
    if (!rate) {
      throw new UsageError("You have to specify --hashlimit");
    }
    if (name === undefined) {
      throw new UsageError('hashlimit: option "--hashlimit-name" must be specified\n');
    }
    return { ...rate, burst, modes: MODES.filter((mode) => modes.includes(mode)), name };
  },
  save({ how, average, burst, modes, name }) {
    const mode = modes.length > 0 ? ` --hashlimit-mode ${modes.join(",")}` : "";
    return ` --hashlimit-${how} ${formatRate(average)} --hashlimit-burst ${burst}${mode} --hashlimit-name ${name}`;
  },
  list({ how, average, burst, modes }) {
    const text = ` limit: ${how === "upto" ? "up to" : "above"} ${formatRate(average)} burst ${burst}`;
    return modes.length > 0 ? `${text} mode ${modes.join("-")}` : text;
  },
  newState: () => new Map<string, Bucket>(),
  evaluate({ how, average, burst, modes }, context, state) {
    const buckets = state as Map<string, Bucket>;
    const { nowNs } = context.netns.sim;
    const key = keyOf(modes, context);
    const full = average * burst;
    const bucket = buckets.get(key) ?? { credit: full, sinceNs: nowNs };
    const earned = Math.floor((nowNs - bucket.sinceNs) / NS_PER_TICK);
    bucket.credit = Math.min(full, bucket.credit + earned);
    bucket.sinceNs = nowNs;
    if (!buckets.has(key) && buckets.size >= MAX_BUCKETS) {
      const [oldest] = buckets.keys();
      buckets.delete(oldest as string);
    }
    buckets.set(key, bucket);
    const isWithin = bucket.credit >= average;
    if (isWithin) bucket.credit -= average;
    return isWithin === (how === "upto");
  },
});
