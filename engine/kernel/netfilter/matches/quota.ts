/** So many bytes and no more. Linux net/netfilter/xt_quota.c. */
import { networkLength } from "../../../net/length.ts";
import { defineMatch, UsageError } from "../xtables/extension.ts";
import { missingOption, not } from "../xtables/options.ts";

interface QuotaTest {
  readonly bytes: number;
  readonly negated: boolean;
}

export const quota = defineMatch<QuotaTest>({
  name: "quota",
  docs: { summary: "so many bytes and no more", examples: ["-m quota --quota 200"] },
  options: { quota: "argument" },
  negatable: ["quota"],
  parse(options) {
    const option = options.at(-1);
    if (!option) throw missingOption("quota", "quota");
    if (!/^\d+$/.test(option.value)) {
      throw new UsageError('quota: bad integer value for option "--quota", or out of range.\n');
    }
    return { bytes: Number(option.value), negated: option.negated };
  },
  save: ({ bytes, negated }) => `${not(negated)} --quota ${bytes}`,
  list: ({ bytes, negated }) => `${not(negated)} quota: ${bytes} bytes`,
  newState: ({ bytes }) => ({ left: bytes }),
  evaluate({ negated }, { packet }, state) {
    const remaining = state as { left: number };
    const bytes = networkLength(packet);
    if (remaining.left >= bytes) {
      remaining.left -= bytes;
      return !negated;
    }
    remaining.left = 0;
    return negated;
  },
});
