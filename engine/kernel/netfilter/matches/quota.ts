/** So many bytes and no more. Linux net/netfilter/xt_quota.c. */
import { networkLength } from "../../../net/length.ts";
import { defineMatch } from "../xtables/extension.ts";
import { missingOption, not, outOfRange } from "../xtables/options.ts";

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
      throw outOfRange("quota", "quota", 0, "18446744073709551615");
    }
    return { bytes: Number(option.value), negated: option.negated };
  },
  save: ({ bytes, negated }) => `${not(negated)} --quota ${bytes}`,
  list: ({ bytes }) => ` quota: ${bytes} bytes`,
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
