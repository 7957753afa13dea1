/** Targets of iptables in the words of nft, as libxtables translates them (libxt_*_xlate). */
import type { RuleTarget } from "../../kernel/netfilter/xtables/rule.ts";
import { savedOptions, type SavedOption } from "./translate-match.ts";

type Options = readonly SavedOption[];

const find = (options: Options, name: string): string | undefined =>
  options.find((option) => option.name === name)?.values[0];
const has = (options: Options, name: string): boolean =>
  options.some((option) => option.name === name);

const LEVELS = ["emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"];

function log(options: Options): string {
  let text = "log";
  const prefix = find(options, "log-prefix");
  const level = find(options, "log-level");
  if (prefix !== undefined) text += ` prefix "${prefix.replace(/^"|"$/g, "")}"`;
  if (level !== undefined) text += ` level ${LEVELS[Number(level)]}`;
  const tcp = ["sequence", "options"].filter((name) => has(options, `log-tcp-${name}`));
  if (tcp.length > 0) text += ` flags tcp ${tcp.join(",")}`;
  if (has(options, "log-ip-options")) text += " flags ip options";
  if (has(options, "log-uid")) text += " flags skuid";
  return has(options, "log-macdecode") ? `${text} flags ether` : text;
}

function nflog(options: Options): string {
  const prefix = find(options, "nflog-prefix");
  const label = prefix === undefined ? "" : ` prefix "${prefix.replace(/^"|"$/g, "")}"`;
  return `log${label} group ${find(options, "nflog-group") ?? "0"}`;
}

function reject(options: Options): string {
  const type = find(options, "reject-with") ?? "";
  if (type === "tcp-reset") return "reject with tcp reset";
  if (type === "icmp-port-unreachable" || type === "icmp6-port-unreachable") return "reject";
  return type.startsWith("icmp6-")
    ? `reject with icmpv6 type ${type.slice(6)}`
    : `reject with icmp type ${type.replace(/^icmp-/, "")}`;
}

function mark(options: Options): string {
  const [value = "0x0", mask = "0xffffffff"] = (find(options, "set-xmark") ?? "").split("/");
  const kept = `0x${(~Number(mask) >>> 0).toString(16)}`;
  if (mask === "0xffffffff") return `meta mark set ${value}`;
  if (value === "0x0") return `meta mark set mark and ${kept}`;
  if (value === mask) return `meta mark set mark or ${value}`;
  if (mask === "0x0") return `meta mark set mark xor ${value}`;
  return `meta mark set mark and ${kept} xor ${value}`;
}

function connmark(options: Options): string | undefined {
  const all = find(options, "nfmask") === "0xffffffff" && find(options, "ctmask") === "0xffffffff";
  if (has(options, "save-mark")) return all ? "ct mark set mark" : undefined;
  if (has(options, "restore-mark")) return all ? "meta mark set ct mark" : undefined;
  const [value = "", mask] = (find(options, "set-xmark") ?? "").split("/");
  return mask === "0xffffffff" ? `ct mark set ${value}` : undefined;
}

function natFlags(options: Options): string {
  const words = [
    ...(has(options, "random") ? ["random"] : []),
    ...(has(options, "random-fully") ? ["fully-random"] : []),
    ...(has(options, "persistent") ? ["persistent"] : []),
  ];
  return words.length > 0 ? ` ${words.join(",")}` : "";
}

function nat(verb: string, to: string | undefined, options: Options): string {
  return `${verb}${to === undefined ? "" : ` to ${to}`}${natFlags(options)}`;
}

const portsOf = (options: Options): string | undefined => {
  const ports = find(options, "to-ports");
  return ports === undefined ? undefined : `:${ports}`;
};

/** Undefined: there is no translation. */
function extension(name: string, options: Options): string | undefined {
  switch (name) {
    case "LOG":
      return log(options);
    case "NFLOG":
      return nflog(options);
    case "NFQUEUE": {
      const queue = find(options, "queue-num");
      if (queue === undefined) return undefined;
      return `queue num ${queue}${has(options, "queue-bypass") ? " bypass" : ""}`;
    }
    case "REJECT":
      return reject(options);
    case "MARK":
      return mark(options);
    case "CONNMARK":
      return connmark(options);
    case "DNAT":
      return nat("dnat", find(options, "to-destination"), options);
    case "SNAT":
      return nat("snat", find(options, "to-source"), options);
    case "MASQUERADE":
      return nat("masquerade", portsOf(options), options);
    case "REDIRECT":
      return nat("redirect", portsOf(options), options);
    case "TCPMSS":
      return `tcp option maxseg size set ${find(options, "set-mss") ?? "rt mtu"}`;
    case "CLASSIFY": {
      const id = (find(options, "set-class") ?? "").split(":");
      return `meta priority set ${id.map((part) => Number.parseInt(part, 16).toString(16)).join(":")}`;
    }
    case "CT":
      return options.length === 0 || (options.length === 1 && has(options, "notrack"))
        ? "notrack"
        : undefined;
    case "TRACE":
      return "meta nftrace set 1";
    case "TEE":
      return has(options, "oif") ? undefined : `dup to ${find(options, "gateway")}`;
    case "DSCP":
      return `ip dscp set ${find(options, "set-dscp")}`;
    default:
      return undefined;
  }
}

/** Empty: the rule only counts. */
export function translateTarget(target: RuleTarget): string {
  switch (target.kind) {
    case "none":
      return "";
    case "verdict":
      return target.verdict.toLowerCase();
    case "chain":
      return `${target.isGoto ? "goto" : "jump"} ${target.chain}`;
    case "extension": {
      const { definition, config } = target;
      const options = savedOptions(definition.save(config));
      return extension(definition.name, options) ?? `xt target ${definition.name}`;
    }
  }
}
