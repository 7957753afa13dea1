/** Every n-th packet, or a random share of them. Linux net/netfilter/xt_statistic.c. */
import { defineMatch, UsageError } from "../xtables/extension.ts";
import { missingOption, not, requireUnsigned } from "../xtables/options.ts";

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
  parse(options) {
    const last = (name: string) => options.filter((option) => option.name === name).at(-1);
    const mode = last("mode");
    if (!mode) throw missingOption("statistic", "mode");
    if (mode.value === "random") {
      const option = last("probability");
      if (!option) {
        throw new UsageError('statistic: "--probability" must be specified when in random mode');
      }
      const value = Number(option.value);
      if (option.value === "" || !(value >= 0 && value <= 1)) {
        throw new UsageError(
          'statistic: bad value for option "--probability", or out of range (0-1).\n',
        );
      }
      return { mode: "random", share: Math.round(ONE * value), negated: option.negated };
    }
    if (mode.value !== "nth") throw new UsageError(`Bad mode "${mode.value}"`);
    const option = last("every");
    if (!option) {
      throw new UsageError('statistic: "--every" must be specified when in nth mode');
    }
    const every = requireUnsigned("statistic", option, 0xffffffff, 1);
    const packetOption = last("packet");
    const packet = packetOption ? requireUnsigned("statistic", packetOption) : 0;
    if (packet >= every) {
      throw new UsageError("the --packet p must be 0 <= p <= n-1");
    }
    return { mode: "nth", every, packet, negated: option.negated };
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
