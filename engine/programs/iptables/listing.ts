/** `iptables -L` and `iptables -S` of a whole table or one chain. */
import type { Chain } from "../../kernel/netfilter/xtables/rule.ts";
import type { CommandLine } from "./command-line.ts";
import { NO_CHAIN } from "./commands.ts";
import type { Draft } from "./draft.ts";
import { Failure, kernelFailure, versionOf, type Face } from "./failure.ts";
import type { SystemNames } from "./names.ts";
import { ARP_LOOK } from "./arptables/print.ts";
import type { Look } from "./look.ts";
import { IP_LOOK, saveChain, sortedChains } from "./print.ts";

export const lookOf = ({ family }: Pick<Face, "family">): Look =>
  family === "arp" ? ARP_LOOK : IP_LOOK;

function chosenChains(face: Face, draft: Draft, name: string | undefined): Chain[] {
  const table = draft.finish();
  if (name === undefined) return sortedChains(table);
  const chain = table.chains.get(name);
  if (chain) return [chain];
  if (face.flavour === "legacy") throw kernelFailure(face, NO_CHAIN);
  throw new Failure(
    `${versionOf(face)}: chain \`${name}' in table \`${table.name}' is incompatible, use 'nft' tool.`,
    1,
  );
}

export function list(face: Face, draft: Draft, command: CommandLine, names: SystemNames): string {
  const chains = chosenChains(face, draft, command.chain);
  const { number } = command;
  const look = lookOf(face);
  if (number !== undefined) {
    const rule = chains[0]?.rules[number - 1];
    return rule ? look.rule(number, rule, command, names) : "";
  }
  return chains
    .map((chain) => {
      const rules = chain.rules.map((rule, index) => look.rule(index + 1, rule, command, names));
      return look.header(chain, draft.references(chain.name), command) + rules.join("");
    })
    .join("\n");
}

export function listRules(
  face: Face,
  draft: Draft,
  command: CommandLine,
  names: SystemNames,
): string {
  const chains = chosenChains(face, draft, command.chain);
  const { number, verbose } = command;
  const look = lookOf(face);
  const lines: string[] = [];
  if (number === undefined) for (const chain of chains) lines.push(saveChain(chain, verbose));
  for (const chain of chains) {
    for (const [index, rule] of chain.rules.entries()) {
      if (number === undefined || number === index + 1) {
        lines.push(look.saved(chain.name, rule, names, verbose));
      }
    }
  }
  return lines.map((line) => `${line}\n`).join("");
}
