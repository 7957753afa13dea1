/** The tables of iptables-nft, as `nft list` prints them. */
import type {
  Chain,
  InterfaceTest,
  Rule,
  Table,
  TableName,
} from "../../kernel/netfilter/xtables/rule.ts";
import type { SystemNames } from "../iptables/names.ts";
import { formatAddress } from "./address.ts";
import { arpParts, arpTarget } from "./list-arp.ts";
import { impliesProtocol, translateMatch } from "./translate-match.ts";
import { translateTarget } from "./translate-target.ts";

export interface ListOptions {
  readonly family: "ip" | "ip6" | "arp";
  /** -n: priorities are numbers. */
  readonly numeric: boolean;
  /** -s: no values of counters. */
  readonly stateless: boolean;
}

const PRIORITIES: Readonly<Record<TableName, readonly [name: string, number: number]>> = {
  raw: ["raw", -300],
  mangle: ["mangle", -150],
  filter: ["filter", 0],
  security: ["security", 50],
  nat: ["", 0],
};

/** What iptables-nft makes without libxtables' modules. */
const NATIVE_MATCHES: ReadonlySet<string> = new Set(["arp", "tcp", "udp", "limit", "mark"]);
const NATIVE_TARGETS: ReadonlySet<string> = new Set(["LOG", "NFLOG", "TRACE"]);

/** Some rule of it is of a kind that nft cannot write. */
export function needsWarning({ chains }: Table): boolean {
  return [...chains.values()].some(({ rules }) =>
    rules.some(
      ({ matches, target }) =>
        matches.some(({ definition }) => !NATIVE_MATCHES.has(definition.name)) ||
        (target.kind === "extension" && !NATIVE_TARGETS.has(target.definition.name)),
    ),
  );
}

function priorityOf(table: TableName, hook: string, numeric: boolean): string {
  if (table === "nat") {
    const isDestination = hook === "PREROUTING" || hook === "OUTPUT";
    const named = hook === "PREROUTING" ? "dstnat" : hook === "POSTROUTING" ? "srcnat" : undefined;
    return numeric || named === undefined ? (isDestination ? "-100" : "100") : named;
  }
  // nft has the name for another number than iptables' security tables have.
  if (table === "security") return "150";
  const [name, number] = PRIORITIES[table];
  return numeric ? String(number) : name;
}

function typeOf(table: TableName, hook: string): string {
  if (table === "nat") return "nat";
  return table === "mangle" && hook === "OUTPUT" ? "route" : "filter";
}

function formatInterface(key: string, test: InterfaceTest | undefined): string[] {
  if (!test) return [];
  const name = test.name.replace(/\+$/, "*");
  return [`${key} ${test.negated ? "!= " : ""}"${name}"`];
}

/** What the rule asks of an IP packet. */
function packetParts(rule: Rule, names: SystemNames, family: "ip" | "ip6"): string[] {
  const { ip, matches } = rule;
  const parts: string[] = [];
  const protocol = names.protocolName(ip.protocol);
  if (ip.protocol !== 0 && !impliesProtocol(rule)) {
    parts.push(`meta l4proto ${ip.protocolNegated ? "!= " : ""}${protocol}`);
  }
  parts.push(...formatAddress(`${family} saddr`, ip.source));
  parts.push(...formatAddress(`${family} daddr`, ip.destination));
  if (ip.fragment !== "any") {
    parts.push(`ip frag-off & 8191 ${ip.fragment === "later" ? "!=" : "=="} 0`);
  }
  for (const use of matches) parts.push(translateMatch(use, protocol, names));
  return parts;
}

function formatRule(rule: Rule, names: SystemNames, options: ListOptions): string {
  const { ip, counters } = rule;
  const { family, stateless } = options;
  const parts = [...formatInterface("iifname", ip.input), ...formatInterface("oifname", ip.output)];
  if (family === "arp") parts.push(...arpParts(rule));
  else parts.push(...packetParts(rule, names, family));
  const { packets, bytes } = counters;
  parts.push(stateless ? "counter" : `counter packets ${packets} bytes ${bytes}`);
  const target = (family === "arp" ? arpTarget(rule) : undefined) ?? translateTarget(rule.target);
  return [...parts, ...(target === "" ? [] : [target])].join(" ");
}

function chainHead({ name, policy }: Chain, table: TableName, numeric: boolean): string[] {
  if (!policy) return [];
  const type = typeOf(table, name);
  const priority = priorityOf(table, name, numeric);
  const hook = name.toLowerCase();
  return [`\t\ttype ${type} hook ${hook} priority ${priority}; policy ${policy.toLowerCase()};`];
}

function listChain(
  chain: Chain,
  table: TableName,
  names: SystemNames,
  options: ListOptions,
): string {
  const lines = [`\tchain ${chain.name} {`, ...chainHead(chain, table, options.numeric)];
  for (const rule of chain.rules) lines.push(`\t\t${formatRule(rule, names, options)}`);
  return [...lines, "\t}"].map((line) => `${line}\n`).join("");
}

/** Chains in the order in which the kernel got them. */
export function kernelChains({ chains }: Table): Chain[] {
  return [...chains.values()]
    .filter(({ created }) => created > 0)
    .sort((a, b) => a.created - b.created);
}

export function listTable(
  table: Table,
  chains: readonly Chain[],
  names: SystemNames,
  options: ListOptions,
): string {
  const body = chains.map((chain) => listChain(chain, table.name, names, options)).join("\n");
  return `table ${options.family} ${table.name} {\n${body}}\n`;
}

/** Of `nft list chains`. */
export function listHeads(table: Table, { family, numeric }: ListOptions): string {
  const body = kernelChains(table)
    .map((chain) => {
      const lines = [`\tchain ${chain.name} {`, ...chainHead(chain, table.name, numeric), "\t}"];
      return lines.map((line) => `${line}\n`).join("");
    })
    .join("");
  return `table ${family} ${table.name} {\n${body}}\n`;
}
