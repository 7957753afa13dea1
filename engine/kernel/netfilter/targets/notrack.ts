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

/** An older name for `CT --notrack`. */
export const NOTRACK_ALIAS = "NOTRACK";

/** How it was typed, which is how it is printed. */
type CtConfig = "--notrack" | typeof NOTRACK_ALIAS;

export const CT = defineTarget<CtConfig>({
  name: "CT",
  docs: { summary: "how the packet is tracked", examples: ["-t raw -j CT --notrack"] },
  options: {
    notrack: "flag",
    [NOTRACK_ALIAS]: "flag",
    helper: "argument",
    zone: "argument",
    timeout: "argument",
    ctevents: "argument",
    expevents: "argument",
  },
  parse(options) {
    const other = options.find(({ name }) => name !== "notrack" && name !== NOTRACK_ALIAS);
    if (other) throw new UsageError(`Podwire does not model CT --${other.name}`);
    if (options.length === 0) throw new UsageError("Podwire does not model CT without --notrack");
    return options.some(({ name }) => name === NOTRACK_ALIAS) ? NOTRACK_ALIAS : "--notrack";
  },
  savedName: (config) => (config === NOTRACK_ALIAS ? NOTRACK_ALIAS : "CT"),
  save: (config) => (config === NOTRACK_ALIAS ? "" : " --notrack"),
  list: (config) => (config === NOTRACK_ALIAS ? " NOTRACK" : " CT notrack"),
  check: (_, { table }) => table === "raw",
  evaluate: (_, context) => untrack(context),
});
