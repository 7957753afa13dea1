/** Matches of iptables in the words of nft, as libxtables translates them (libxt_*_xlate). */
import type { Names } from "../../kernel/netfilter/xtables/extension.ts";
import type { MatchUse, Rule } from "../../kernel/netfilter/xtables/rule.ts";

/** An option of a saved match: `! --dport 22`. */
export interface SavedOption {
  readonly name: string;
  readonly values: readonly string[];
  readonly negated: boolean;
}

/** Splits what iptables-save writes; quoted values keep their blanks. */
export function savedOptions(text: string): SavedOption[] {
  const words = text.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
  const options: { name: string; values: string[]; negated: boolean }[] = [];
  let negated = false;
  for (const word of words) {
    if (word === "!") negated = true;
    else if (word.startsWith("--")) {
      options.push({ name: word.slice(2), values: [], negated });
      negated = false;
    } else options.at(-1)?.values.push(word);
  }
  return options;
}

const not = (negated: boolean): string => (negated ? "!= " : "");
const dashed = (range: string): string => range.replace(":", "-");

function flags(names: string): string {
  const order = ["FIN", "SYN", "RST", "PSH", "ACK", "URG"];
  const given = names.split(",");
  return order
    .filter((name) => given.includes(name))
    .join(",")
    .toLowerCase();
}

function tcpFlags([mask = "", compare = ""]: readonly string[], negated: boolean): string {
  const bits = flags(mask);
  if (compare === "NONE") return `tcp flags ${negated ? "" : "! "}${bits}`;
  if (negated && !mask.includes(",")) return `tcp flags & ${bits} != ${flags(compare)}`;
  return `tcp flags ${not(negated)}${flags(compare)} / ${bits}`;
}

function ports(protocol: string, options: readonly SavedOption[]): string {
  const ofFlags = options
    .filter(({ name }) => name === "tcp-flags")
    .map(({ values, negated }) => tcpFlags(values, negated));
  const ofPorts = options
    .filter(({ name }) => name === "sport" || name === "dport")
    .map(({ name, values, negated }) => {
      return `${protocol} ${name} ${not(negated)}${dashed(values[0] ?? "")}`;
    });
  return [...ofFlags, ...ofPorts].join(" ");
}

function multiport([option]: readonly SavedOption[], protocol: string): string | undefined {
  if (!option || option.name === "ports") return undefined;
  const list = (option.values[0] ?? "").split(",").map(dashed);
  const set = list.length > 1 ? `{ ${list.join(", ")} }` : (list[0] as string);
  return `${protocol} ${option.name.slice(0, -1)} ${not(option.negated)}${set}`;
}

function addrtype(options: readonly SavedOption[]): string {
  const limit = options.find(({ name }) => name.startsWith("limit-iface-"))?.name.slice(12);
  return options
    .filter(({ name }) => name.endsWith("-type"))
    .map(({ name, values, negated }) => {
      const types = (values[0] ?? "").toLowerCase().split(",");
      const set = types.length > 1 ? `{ ${types.join(", ")} }` : types[0];
      const key = `${name.slice(0, 1) === "s" ? "s" : "d"}addr`;
      const device = limit === undefined ? "" : ` . ${limit === "in" ? "i" : "o"}if`;
      return `fib ${key}${device} type ${not(negated)}${set}`;
    })
    .join(" ");
}

function ctState({ values, negated }: SavedOption): string {
  const states = (values[0] ?? "").toLowerCase().split(",");
  const nat = states.filter((state) => state === "snat" || state === "dnat");
  if (nat.length > 0) return `ct status ${negated ? "! " : ""}${nat.join(",")}`;
  return `ct state ${negated ? "! " : ""}${states.join(",")}`;
}

function conntrack(options: readonly SavedOption[]): string | undefined {
  const [option] = options;
  if (options.length !== 1 || !option) return undefined;
  const { name, values, negated } = option;
  if (name === "ctstate") return ctState(option);
  const address = /^ct(orig|repl)(src|dst)$/.exec(name);
  if (!address) return undefined;
  const direction = address[1] === "orig" ? "original" : "reply";
  return `ct ${direction} ${address[2] === "src" ? "s" : "d"}addr ${not(negated)}${values[0]}`;
}

const hex8 = (text: string): string => `0x${Number(text).toString(16).padStart(8, "0")}`;

function mark({ values, negated }: SavedOption): string {
  const [value = "0", mask] = (values[0] ?? "").split("/");
  if (mask === undefined) return `meta mark ${not(negated)}${hex8(value)}`;
  return `meta mark & ${hex8(mask)} ${negated ? "!=" : "=="} ${hex8(value)}`;
}

function connmark({ values, negated }: SavedOption): string {
  const [value = "0", mask] = (values[0] ?? "").split("/");
  if (mask === undefined) return `ct mark ${not(negated)}${value}`;
  return `ct mark and ${mask} ${negated ? "!=" : "=="} ${value}`;
}

const UNITS: Readonly<Record<string, string>> = { sec: "second", min: "minute" };

function limit(options: readonly SavedOption[]): string {
  const [count = "", unit = ""] = (options[0]?.values[0] ?? "").split("/");
  const burst = options.find(({ name }) => name === "limit-burst")?.values[0];
  const rate = `limit rate ${count}/${UNITS[unit] ?? unit}`;
  return burst === undefined ? rate : `${rate} burst ${burst} packets`;
}

function statistic(options: readonly SavedOption[]): string {
  const find = (name: string) => options.find((option) => option.name === name);
  const share = find("probability");
  if (share) {
    const bound = Math.round(Number(share.values[0]) * 0x80000000);
    return `meta random & 2147483647 ${share.negated ? ">=" : "<"} ${bound}`;
  }
  const every = find("every");
  const packet = find("packet")?.values[0] ?? "0";
  return `numgen inc mod ${every?.values[0]} ${not(every?.negated ?? false)}${packet}`;
}

function icmp({ values, negated }: SavedOption, use: MatchUse, names: Names): string | undefined {
  const text = values[0] ?? "";
  if (text === "any") return "ip protocol icmp";
  if (text.includes("/")) return undefined;
  // The listing has the name of the type.
  const name = use.definition
    .list(use.config, names)
    .trim()
    .replace(/^icmp !?/, "");
  return `icmp type ${not(negated)}${name}`;
}

function owner(options: readonly SavedOption[]): string | undefined {
  const [option] = options;
  if (options.length !== 1 || !option || option.name === "socket-exists") return undefined;
  const key = option.name === "uid-owner" ? "skuid" : "skgid";
  return `${key} ${not(option.negated)}${option.values[0]}`;
}

function ttl({ name, values, negated }: SavedOption): string {
  const sign = name === "ttl-eq" ? not(negated) : `${name.slice(4)} `;
  return `ip ttl ${sign}${values[0]}`;
}

function iprange(options: readonly SavedOption[]): string {
  return options
    .map(({ name, values, negated }) => {
      return `ip ${name.slice(0, 1)}addr ${not(negated)}${values[0]}`;
    })
    .join(" ");
}

/** Undefined: there is no translation. */
function translated(use: MatchUse, protocol: string, names: Names): string | undefined {
  const options = savedOptions(use.definition.save(use.config));
  const [first] = options;
  const plain = (key: string): string | undefined =>
    first && `${key} ${not(first.negated)}${dashed(first.values[0] ?? "")}`;
  switch (use.definition.name) {
    case "tcp":
    case "udp":
      return options.some(({ name }) => name === "tcp-option")
        ? undefined
        : ports(protocol, options);
    case "multiport":
      return multiport(options, protocol);
    case "addrtype":
      return addrtype(options);
    case "conntrack":
      return conntrack(options);
    case "state":
      return first && ctState(first);
    case "mark":
      return first && mark(first);
    case "connmark":
      return first && connmark(first);
    case "limit":
      return limit(options);
    case "statistic":
      return statistic(options);
    case "icmp":
      return first && icmp(first, use, names);
    case "owner":
      return owner(options);
    case "ttl":
      return first && ttl(first);
    case "iprange":
      return iprange(options);
    case "comment":
      return "";
    case "pkttype":
      return plain("pkttype");
    case "length":
      return plain("meta length");
    case "mac":
      return plain("ether saddr")?.replaceAll("-", ":");
    case "dscp":
      return plain("ip dscp");
    default:
      return undefined;
  }
}

export function translateMatch(use: MatchUse, protocol: string, names: Names): string {
  return translated(use, protocol, names) ?? `xt match ${use.definition.name}`;
}

/** A test of ports or flags says which protocol it is of. */
export function impliesProtocol({ matches }: Rule): boolean {
  return matches.some(({ definition, config }) => {
    const isNative = definition.name === "tcp" || definition.name === "udp";
    return isNative && definition.save(config) !== "";
  });
}
