/** What `-j TRACE` writes to the kernel's log. Linux trace_packet() in net/ipv4/netfilter/ip_tables.c. */
import { EVERY_DETAIL, logLine } from "../targets/log.ts";
import type { HookContext } from "./hook-context.ts";
import type { Rule } from "./rule.ts";
import type { RuleListener } from "./ruleset.ts";

function write(context: HookContext, chain: string, kind: string, number: number): void {
  const { packet, table, netns } = context;
  if (!packet.traced) return;
  const prefix = `TRACE: ${table}:${chain}:${kind}:${number} `;
  netns.host.log?.(logLine(context, { ...EVERY_DETAIL, prefix }));
}

/** A bare verdict looks to the kernel like the end of a chain; get_chainname_rulenum(). */
function isTail({ ip, matches, target }: Rule): boolean {
  if (target.kind !== "verdict" || matches.length > 0) return false;
  const { source, destination, input, output, protocol, fragment } = ip;
  return !source && !destination && !input && !output && protocol === 0 && fragment === "any";
}

export const traceLog: RuleListener = {
  rule(context, chain, number, rule) {
    const tail = chain === context.hook ? "policy" : "return";
    write(context, chain, isTail(rule) ? tail : "rule", number);
  },
  end: (context, chain, number) => write(context, chain, "return", number),
  policy: (context, chain, number) => write(context, chain, "policy", number),
};
