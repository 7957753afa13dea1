/** What -v makes commands other than lists say. */
import type { Chain } from "../../kernel/netfilter/xtables/rule.ts";
import type { CommandLine } from "./command-line.ts";
import type { Draft } from "./draft.ts";
import type { SystemNames } from "./names.ts";
import type { Face } from "./failure.ts";
import { lookOf } from "./listing.ts";
import { sortedChains } from "./print.ts";

const CHAIN_WORDS: Readonly<Record<string, string>> = {
  F: "Flushing",
  Z: "Zeroing",
  X: "Deleting",
};

/** Before the command is carried out. */
export function tell(face: Face, draft: Draft, command: CommandLine, names: SystemNames): string {
  const { letter, chain, number, rule } = command;
  const word = CHAIN_WORDS[letter];
  if (word !== undefined) {
    return chosen(draft, command)
      .map(({ name }) => `${word} chain \`${name}'\n`)
      .join("");
  }
  const isOfRule = "ACIR".includes(letter) || (letter === "D" && number === undefined);
  if (!isOfRule || chain === undefined) return "";
  const look = lookOf(face);
  return rule.ips
    .map((ip) => `${look.described({ ...rule, ip }, names, command.family)}\n`)
    .join("");
}

function chosen(draft: Draft, { letter, chain }: CommandLine): Chain[] {
  const chains = sortedChains(draft.finish());
  if (chain !== undefined) return chains.filter(({ name }) => name === chain);
  return letter === "X" ? chains.filter(({ policy }) => !policy) : chains;
}
