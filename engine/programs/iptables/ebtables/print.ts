/** Rules for frames, as ebtables lists and saves them. */
import { ETHER_TYPES } from "../../../kernel/netfilter/ebtables/ether-types.ts";
import { formatMacTest } from "../../../kernel/netfilter/ebtables/mac-test.ts";
import type {
  FrameChain,
  FrameRule,
  FrameRuleTarget,
  FrameTable,
  ProtocolTest,
} from "../../../kernel/netfilter/ebtables/rule.ts";

const bang = ({ negated }: { readonly negated: boolean }): string => (negated ? "! " : "");

function formatProtocol({ etherType }: ProtocolTest): string {
  if (etherType === "length") return "Length";
  const named = ETHER_TYPES.find(([, type]) => type === etherType)?.[0];
  return named ?? `0x${etherType.toString(16)}`;
}

function formatTarget(target: FrameRuleTarget): string {
  switch (target.kind) {
    case "verdict":
      return target.verdict;
    case "chain":
      return target.chain;
    case "extension":
      return target.definition.name + target.definition.print(target.config);
  }
}

export function formatRule({ test, matches, target }: FrameRule): string {
  const { protocol, source, destination, input, output } = test;
  let text = "";
  if (protocol) text += `-p ${bang(protocol)}${formatProtocol(protocol)} `;
  if (source) text += `-s ${bang(source)}${formatMacTest(source)} `;
  if (destination) text += `-d ${bang(destination)}${formatMacTest(destination)} `;
  if (input) text += `-i ${bang(input)}${input.name} `;
  if (output) text += `-o ${bang(output)}${output.name} `;
  for (const { definition, config } of matches) {
    text += `${definition.print(config).trimStart()} `;
  }
  return `${text}-j ${formatTarget(target)}`;
}

/** Built-in chains as they are met, then the others by name. */
export function sortedFrameChains({ chains }: FrameTable): FrameChain[] {
  const all = [...chains.values()];
  const own = all.filter(({ isBuiltIn }) => !isBuiltIn);
  own.sort((a, b) => (a.name < b.name ? -1 : 1));
  return [...all.filter(({ isBuiltIn }) => isBuiltIn), ...own];
}

export function listChain(
  { name, isBuiltIn, policy, rules }: FrameChain,
  { withCounters, withNumbers }: { readonly withCounters: boolean; readonly withNumbers: boolean },
): string {
  // ebtables-nft says so of every chain of a user.
  const shown = isBuiltIn ? policy : "RETURN";
  let text = `\nBridge chain: ${name}, entries: ${rules.length}, policy: ${shown}\n`;
  for (const [index, rule] of rules.entries()) {
    if (withNumbers) text += `${index + 1} `;
    text += formatRule(rule);
    if (withCounters) {
      text += ` , pcnt = ${rule.counters.packets} -- bcnt = ${rule.counters.bytes}`;
    }
    text += "\n";
  }
  return text;
}
