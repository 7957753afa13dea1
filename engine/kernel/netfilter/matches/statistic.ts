/** Every n-th packet, or a random share of them. Linux net/netfilter/xt_statistic.c. */
import { defineMatch, UsageError } from "../xtables/extension.ts";
import { missingOption, not, outOfRange, requireUnsigned } from "../xtables/options.ts";

/** Probabilities are 31-bit fractions. */
const ONE = 0x80000000;

type StatisticTest =
  | { readonly mode: "random"; readonly share: number; readonly negated: boolean }
  | {
      readonly mode: "nth";
      readonly every: number;
      readonly packet: number;
      readonly negated: boolean;
    };

const DIGITS = 11;

export const statistic = defineMatch<StatisticTest>({
  name: "statistic",
  docs: {
    summary: "every n-th packet, or a random share",
    examples: [
      "-m statistic --mode random --probability 0.50000000000",
      "-m statistic --mode nth --every 3 --packet 0",
    ],
  },
  options: { mode: "argument", probability: "argument", every: "argument", packet: "argument" },
  negatable: ["probability", "every"],
  exclusive: [
    ["probability", "every"],
    ["probability", "packet"],
  ],
  requires: { packet: "every" },
  parse(options) {
    const find = (name: string) => options.find((option) => option.name === name);
    const mode = find("mode")?.value ?? "random";
    const probability = find("probability");
    const every = find("every");
    if (mode !== "random" && mode !== "nth") throw new UsageError(`Bad mode "${mode}"`);
    if (options.length > 0 && !find("mode")) throw missingOption("statistic", "mode");
    if (mode === "random") {
      if (!probability) {
        throw new UsageError("--probability must be specified when using random mode");
      }
      const { value, negated } = probability;
      const share = Number(value);
      if (value === "" || !(share >= 0 && share <= 1)) {
        throw outOfRange("statistic", "probability", 0, 1);
      }
      return { mode, share: Math.round(ONE * share), negated };
    }
    if (!every) {
      throw new UsageError("--every and --packet must be specified when using nth mode");
    }
    const count = requireUnsigned("statistic", every, 0xffffffff, 1);
    const packetOption = find("packet");
    if (!packetOption) {
      throw new UsageError('statistic: option "--every" also requires "--packet".\n');
    }
    const packet = requireUnsigned("statistic", packetOption);
    if (packet >= count) throw new UsageError("the --packet p must be 0 <= p <= n-1");
    return { mode, every: count, packet, negated: every.negated };
  },
  save(test) {
    const sign = not(test.negated);
    if (test.mode === "random") {
      return ` --mode random${sign} --probability ${(test.share / ONE).toFixed(DIGITS)}`;
    }
    return ` --mode nth${sign} --every ${test.every} --packet ${test.packet}`;
  },
  list(test) {
    const sign = not(test.negated);
    if (test.mode === "random") {
      return ` statistic mode random${sign} probability ${(test.share / ONE).toFixed(DIGITS)}`;
    }
    const packet = test.packet > 0 ? ` packet ${test.packet}` : "";
    return ` statistic mode nth${sign} every ${test.every}${packet}`;
  },
  newState: (test) => ({ count: test.mode === "nth" ? test.every - test.packet - 1 : 0 }),
  evaluate(test, { netns }, state) {
    if (test.mode === "random") {
      return netns.random.uint32() >>> 1 < test.share !== test.negated;
    }
    const counter = state as { count: number };
    counter.count += 1;
    if (counter.count < test.every) return test.negated;
    counter.count = 0;
    return !test.negated;
  },
});
