/** Rules as arptables shows them. Linux iptables/nft-arp.c. */
import {
  formatArpHeader,
  type ArpHeaderTest,
} from "../../../kernel/netfilter/arptables/header-match.ts";
import type { AddressTest, InterfaceTest, Rule } from "../../../kernel/netfilter/xtables/rule.ts";
import type { ListFormat, Look } from "../look.ts";
import type { SystemNames } from "../names.ts";
import { counterWord, networkText, targetName } from "../print.ts";

type Shown = Pick<Rule, "ip" | "matches" | "target">;

interface Detail {
  /** Undefined: numbers. */
  readonly names: SystemNames | undefined;
  /** Interfaces are shown although any will do. */
  readonly verbose: boolean;
}

function interfaceText(test: InterfaceTest | undefined, option: string, detail: Detail): string {
  if (test) return `${test.negated ? " !" : ""} ${option} ${test.name}`;
  return detail.verbose ? ` ${option} ${detail.names ? "any" : "*"}` : "";
}

function addressText(
  test: AddressTest | undefined,
  option: string,
  names: SystemNames | undefined,
): string {
  if (!test) return "";
  const { address, mask, negated } = test;
  return `${negated ? " !" : ""} ${option} ${networkText(address, mask, names)}`;
}

/** `-j DROP -i eth0 -s 10.0.0.2` */
function ruleText({ ip, matches, target }: Shown, detail: Detail): string {
  const { names } = detail;
  let text = target.kind === "none" ? "" : ` -j ${targetName(target)}`;
  text += interfaceText(ip.input, "-i", detail) + interfaceText(ip.output, "-o", detail);
  const source = addressText(ip.source, "-s", names);
  const destination = addressText(ip.destination, "-d", names);
  for (const { config } of matches) {
    text += formatArpHeader(config as ArpHeaderTest, names, source, destination);
  }
  if (target.kind === "extension") text += target.definition.list(target.config, names);
  return text.slice(1);
}

const NUMERIC: Detail = { names: undefined, verbose: false };

export const ARP_LOOK: Look = {
  header({ name, policy, counters }, references, { verbose, exact }) {
    if (!policy) return `Chain ${name} (${references} references)\n`;
    const { packets, bytes } = counters;
    const counted = ` ${counterWord(packets, exact)} packets, ${counterWord(bytes, exact)} bytes`;
    return `Chain ${name} (policy ${policy}${verbose ? counted : ""})\n`;
  },
  rule(number, rule, { numeric, verbose, exact, lineNumbers }: ListFormat, names) {
    let text = lineNumbers ? `${number} ` : "";
    text += ruleText(rule, { names: numeric ? undefined : names, verbose });
    if (!verbose) return `${text}\n`;
    const { packets, bytes } = rule.counters;
    return `${text} , pcnt=${counterWord(packets, exact)} -- bcnt=${counterWord(bytes, exact)} \n`;
  },
  saved: (chain, rule) => `-A ${chain} ${ruleText(rule, NUMERIC)}`,
  described: (rule) => ruleText(rule, { names: undefined, verbose: true }),
};
