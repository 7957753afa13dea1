/** Rules as `iptables -S` and `iptables -L` print them. */
import { formatIpv4, netmaskLength, type Ipv4 } from "../../net/address.ts";
import type {
  AddressTest,
  Chain,
  Counters,
  Rule,
  RuleTarget,
  Table,
} from "../../kernel/netfilter/xtables/rule.ts";
import type { ListFormat, Look } from "./look.ts";
import type { SystemNames } from "./names.ts";

// ------------------------------------------------------------------ -S

function saveAddress({ address, mask, negated, ipv6 }: AddressTest, option: string): string {
  if (ipv6) return `${negated ? " !" : ""} ${option} ${ipv6.address}/${ipv6.mask}`;
  const length = netmaskLength(mask);
  const text = `${formatIpv4(address)}/${length ?? formatIpv4(mask)}`;
  return `${negated ? " !" : ""} ${option} ${text}`;
}

export function targetName(target: RuleTarget): string {
  switch (target.kind) {
    case "none":
      return "";
    case "verdict":
      return target.verdict;
    case "chain":
      return target.chain;
    case "extension":
      return target.definition.name;
  }
}

/** `-A INPUT -p tcp …`; counters as `-c packets bytes` if wanted. */
export function saveRule(
  chain: string,
  { ip, matches, target, counters }: Rule,
  names: SystemNames,
  withCounters = false,
): string {
  let text = `-A ${chain}`;
  if (ip.source) text += saveAddress(ip.source, "-s");
  if (ip.destination) text += saveAddress(ip.destination, "-d");
  if (ip.input) text += `${ip.input.negated ? " !" : ""} -i ${ip.input.name}`;
  if (ip.output) text += `${ip.output.negated ? " !" : ""} -o ${ip.output.name}`;
  if (ip.protocol !== 0) {
    text += `${ip.protocolNegated ? " !" : ""} -p ${names.protocolName(ip.protocol)}`;
  }
  if (ip.fragment !== "any") text += `${ip.fragment === "later" ? "" : " !"} -f`;
  for (const { definition, config } of matches) {
    text += ` -m ${definition.name}${definition.save(config)}`;
  }
  if (withCounters) text += ` -c ${counters.packets} ${counters.bytes}`;
  if (target.kind === "none") return text;
  if (target.kind === "extension") {
    const { definition, config } = target;
    const name = definition.savedName?.(config) ?? definition.name;
    return `${text} -j ${name}${definition.save(config)}`;
  }
  return `${text} ${target.kind === "chain" && target.isGoto ? "-g" : "-j"} ${targetName(target)}`;
}

export function saveChain(chain: Chain, withCounters: boolean): string {
  if (!chain.policy) return `-N ${chain.name}`;
  const { packets, bytes } = chain.counters;
  return `-P ${chain.name} ${chain.policy}${withCounters ? ` -c ${packets} ${bytes}` : ""}`;
}

/** Built-in chains as they are met, then the others by name. */
export function sortedChains(table: Table): Chain[] {
  const all = [...table.chains.values()];
  const own = all.filter((chain) => !chain.policy);
  own.sort((a, b) => (a.name < b.name ? -1 : 1));
  return [...all.filter((chain) => chain.policy), ...own];
}

// ------------------------------------------------------------------ -L

/** 1234567 → `1235K`; xtables_print_num() */
function shortNumber(number: number): { readonly text: string; readonly unit: string } {
  if (number <= 99_999) return { text: String(number), unit: "" };
  let value = number;
  for (const unit of ["K", "M", "G"]) {
    value = Math.floor((value + 500) / 1000);
    if (value <= 9999) return { text: String(value), unit };
  }
  return { text: String(Math.floor((value + 500) / 1000)), unit: "T" };
}

function counterColumn(number: number, exact: boolean): string {
  if (exact) return `${String(number).padStart(8)} `;
  const { text, unit } = shortNumber(number);
  return unit === "" ? `${text.padStart(5)} ` : `${text.padStart(4)}${unit} `;
}

export function counterWord(number: number, exact: boolean): string {
  if (exact) return String(number);
  const { text, unit } = shortNumber(number);
  return text + unit;
}

function listHeader(
  chain: Chain,
  references: number,
  { verbose, exact, lineNumbers }: ListFormat,
): string {
  let title = `${references} references`;
  if (chain.policy) {
    const { packets, bytes }: Counters = chain.counters;
    title = `policy ${chain.policy}`;
    if (verbose) {
      title += ` ${counterWord(packets, exact)} packets, ${counterWord(bytes, exact)} bytes`;
    }
  }
  let columns = lineNumbers ? "num  " : "";
  if (verbose) columns += exact ? `${"pkts".padStart(8)} ${"bytes".padStart(10)} ` : " pkts bytes ";
  columns += "target     prot opt ";
  if (verbose) columns += "in     out     ";
  columns += "source               destination         ";
  return `Chain ${chain.name} (${title})\n${columns}\n`;
}

/** `10.0.0.0/24`, `localhost` */
export function networkText(address: Ipv4, mask: Ipv4, names: SystemNames | undefined): string {
  const length = netmaskLength(mask);
  const text = names?.host(address) ?? formatIpv4(address);
  if (length === undefined) return `${text}/${formatIpv4(mask)}`;
  return length < 32 ? `${text}/${length}` : text;
}

function listAddress(
  test: AddressTest | undefined,
  format: ListFormat,
  names: SystemNames,
): string {
  const sign = test?.negated ? "!" : " ";
  const address = test?.address ?? (0 as Ipv4);
  const mask = test?.mask ?? (0 as Ipv4);
  let text: string;
  if (format.family === "ipv6" && (test?.ipv6 || format.numeric)) {
    const prefix = test?.ipv6 ?? { address: "::", mask: "0" };
    text = prefix.mask === "128" ? prefix.address : `${prefix.address}/${prefix.mask}`;
  } else if (mask === 0 && !format.numeric) text = "anywhere";
  else text = networkText(address, mask, format.numeric ? undefined : names);
  return `${sign}${text.padEnd(19)} `;
}

/** One line without columns, as -v shows the rule of a command; FMT_NOTABLE. */
function describeRule(
  { ip, matches, target }: Described,
  names: SystemNames,
  family: ListFormat["family"],
): string {
  const sign = (test: { readonly negated: boolean } | undefined): string =>
    test?.negated ? "!" : "";
  const address = (test: AddressTest | undefined): string =>
    listAddress(test, { ...NUMERIC, family }, names).trimEnd();
  const fragment = ip.fragment === "any" ? "--" : ip.fragment === "later" ? "-f" : "!f";
  let text = `${targetName(target)} ${ip.protocolNegated ? "!" : " "}`;
  text += `${names.protocolName(ip.protocol)} opt ${fragment} `;
  text += `in ${sign(ip.input)}${ip.input?.name ?? "*"} `;
  text += `out ${sign(ip.output)}${ip.output?.name ?? "*"} `;
  text += `${address(ip.source)}  ->${address(ip.destination)}  `;
  if (target.kind === "chain" && target.isGoto) text += "[goto] ";
  for (const { definition, config } of matches) text += definition.list(config, undefined);
  if (target.kind === "extension") text += target.definition.list(target.config, undefined);
  return text;
}

type Described = Pick<Rule, "ip" | "matches" | "target">;

const NUMERIC = { numeric: true, verbose: true, exact: false, lineNumbers: false };

function listRule(number: number, rule: Rule, format: ListFormat, names: SystemNames): string {
  const { ip, counters, target } = rule;
  let line = format.lineNumbers ? `${String(number).padEnd(4)} ` : "";
  if (format.verbose) {
    line += counterColumn(counters.packets, format.exact);
    line += counterColumn(counters.bytes, format.exact);
  }
  const protocol = format.numeric ? String(ip.protocol) : names.protocolName(ip.protocol);
  line += `${targetName(target).padEnd(9)} ${ip.protocolNegated ? "!" : " "}${protocol.padEnd(4)} `;
  line += ip.fragment === "any" ? "-- " : ip.fragment === "later" ? "-f " : "!f ";
  if (format.verbose) {
    const device = (test: typeof ip.input): string =>
      `${test?.negated ? "!" : ""}${test?.name ?? (format.numeric ? "*" : "any")}`.padEnd(6);
    line += ` ${device(ip.input)} ${device(ip.output)} `;
  }
  line += listAddress(ip.source, format, names) + listAddress(ip.destination, format, names);
  if (target.kind === "chain" && target.isGoto) line += "[goto] ";
  const shown = format.numeric ? undefined : names;
  for (const { definition, config } of rule.matches) line += definition.list(config, shown);
  if (target.kind === "extension") line += target.definition.list(target.config, shown);
  return `${line}\n`;
}

export const IP_LOOK: Look = {
  header: listHeader,
  rule: listRule,
  saved: saveRule,
  described: describeRule,
};
