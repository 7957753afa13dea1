/** The packet's mark. Linux net/netfilter/xt_mark.c. */
import { defineMatch, type MatchDefinition } from "../xtables/extension.ts";
import type { HookContext } from "../xtables/hook-context.ts";
import {
  formatMasked,
  missingOption,
  not,
  requireMasked,
  type MaskedValue,
} from "../xtables/options.ts";

interface MarkTest extends MaskedValue {
  readonly negated: boolean;
}

/** `mark` and `connmark` differ in whose mark it is. */
function markMatch(
  name: string,
  summary: string,
  markOf: (context: HookContext) => number | undefined,
  tracksConnections: boolean,
  /** connmark prints a blank more. */
  gap = "",
): MatchDefinition<unknown> {
  return defineMatch<MarkTest>({
    name,
    docs: { summary, examples: [`-m ${name} --mark 0x4000/0x4000`] },
    options: { mark: "argument" },
    negatable: ["mark"],
    tracksConnections,
    parse(options) {
      const option = options.at(-1);
      if (!option) throw missingOption(name, "mark");
      return { ...requireMasked(name, option), negated: option.negated };
    },
    save: (test) => `${not(test.negated)} --mark ${formatMasked(test)}`,
    list: (test) => ` ${name} match${test.negated ? " !" : gap} ${formatMasked(test)}`,
    evaluate(test, context) {
      const mark = markOf(context);
      if (mark === undefined) return false;
      return ((mark & test.mask) >>> 0 === test.value) !== test.negated;
    },
  });
}

export const mark = markMatch("mark", "the packet's mark", ({ packet }) => packet.mark, false);

export const connmark = markMatch(
  "connmark",
  "the mark of the packet's connection",
  ({ track }) => track?.entry?.mark,
  true,
  " ",
);
