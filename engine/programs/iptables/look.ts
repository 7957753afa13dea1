/** How one program shows rules: those of IP packets, those of ARP messages. */
import type { Chain, Rule } from "../../kernel/netfilter/xtables/rule.ts";
import type { Face } from "./failure.ts";
import type { SystemNames } from "./names.ts";

export interface ListFormat {
  readonly numeric: boolean;
  readonly verbose: boolean;
  readonly exact: boolean;
  readonly lineNumbers: boolean;
  readonly family: Face["family"];
}

export interface Look {
  /** What stands above the rules of a chain in `-L`. */
  header(chain: Chain, references: number, format: ListFormat): string;
  /** Its line in `-L`. */
  rule(number: number, rule: Rule, format: ListFormat, names: SystemNames): string;
  /** Its line in `-S`, without a newline. */
  saved(chain: string, rule: Rule, names: SystemNames, withCounters?: boolean): string;
  /** As -v shows the rule of a command, without a newline. */
  described(
    rule: Pick<Rule, "ip" | "matches" | "target">,
    names: SystemNames,
    family: Face["family"],
  ): string;
}
