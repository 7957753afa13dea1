/** The state of the packet's connection. Linux net/netfilter/xt_state.c, an older `conntrack`. */
import { defineMatch, UsageError } from "../xtables/extension.ts";
import { missingOption, not } from "../xtables/options.ts";
import { stateOf } from "./connection-state.ts";

const STATES = ["INVALID", "NEW", "RELATED", "ESTABLISHED", "UNTRACKED"] as const;
type State = (typeof STATES)[number];

interface StateTest {
  readonly states: readonly State[];
  readonly negated: boolean;
}

export const state = defineMatch<StateTest>({
  name: "state",
  docs: {
    summary: "state of the packet's connection",
    examples: ["-m state --state NEW,ESTABLISHED"],
  },
  options: { state: "argument" },
  negatable: ["state"],
  tracksConnections: true,
  parse(options) {
    const option = options.at(-1);
    if (!option) throw missingOption("state", "state");
    const typed = option.value.split(",").map((word) => {
      const found = STATES.find((name) => name === word.toUpperCase());
      if (!found) throw new UsageError(`Bad state "${word}"`);
      return found;
    });
    return { states: STATES.filter((name) => typed.includes(name)), negated: option.negated };
  },
  save: ({ states, negated }) => `${not(negated)} --state ${states.join(",")}`,
  list: ({ states, negated }) => `${not(negated)} state ${states.join(",")}`,
  evaluate: ({ states, negated }, context) => states.includes(stateOf(context)) !== negated,
});
