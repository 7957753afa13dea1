/** Packets that are not to be tracked. Linux net/netfilter/xt_CT.c. */
import type { Track } from "../conntrack/entry.ts";
import { defineTarget, UsageError } from "../xtables/extension.ts";
import type { HookContext } from "../xtables/hook-context.ts";

function untrack({ packet, netns }: HookContext): "continue" {
  const owner = netns.netfilter.conntrack;
  packet.conntrack ??= {
    entry: undefined,
    state: "UNTRACKED",
    direction: "original",
    owner,
  } satisfies Track;
  return "continue";
}

/** Another name for `CT --notrack`, which is what it is printed as. */
export const NOTRACK_ALIAS = "NOTRACK";

export const CT = defineTarget<"notrack">({
  name: "CT",
  docs: { summary: "how the packet is tracked", examples: ["-t raw -j CT --notrack"] },
  options: {
    notrack: "flag",
    helper: "argument",
    zone: "argument",
    timeout: "argument",
    ctevents: "argument",
    expevents: "argument",
  },
  parse(options) {
    for (const { name } of options) {
      if (name !== "notrack") throw new UsageError(`Podwire does not model CT --${name}`);
    }
    if (options.length === 0) throw new UsageError("Podwire does not model CT without --notrack");
    return "notrack";
  },
  save: () => " --notrack",
  list: () => " CT notrack",
  check: (_, { table }) => table === "raw",
  evaluate: (_, context) => untrack(context),
});
