/** A line in the kernel's log, which decides nothing. Linux net/netfilter/nf_log_syslog.c (bridge), ebt_log.c. */
import { formatIpv4, formatMac } from "../../../../net/address.ts";
import { UsageError } from "../../xtables/extension.ts";
import { parseUnsigned } from "../../xtables/options.ts";
import { defineFrameMatch, type FrameContext } from "../rule.ts";

interface LogConfig {
  readonly level: number;
  readonly prefix: string;
  readonly ip: boolean;
  readonly arp: boolean;
  readonly ip6: boolean;
}

const LEVELS = ["emerg", "alert", "crit", "error", "warning", "notice", "info", "debug"];
const DEFAULT_LEVEL = 5;
const MAX_PREFIX = 29;

const hexByte = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");

/** ebt_log_packet() */
function line({ packet, ether, input, output }: FrameContext, config: LogConfig): string {
  let text = `${config.prefix} IN=${input?.name ?? ""} OUT=${output?.name ?? ""} `;
  text += `MAC source = ${formatMac(ether.src)} MAC dest = ${formatMac(ether.dst)} `;
  text += `proto = 0x${hexByte(packet.vlan ? 0x8100 : ether.etherType, 4)}`;
  const { ip, arp, transport } = packet;
  if (config.ip && ip) {
    text += ` IP SRC=${formatIpv4(ip.src)} IP DST=${formatIpv4(ip.dst)},`;
    text += ` IP tos=0x${hexByte(ip.tos, 2).toUpperCase()}, IP proto=${ip.protocol}`;
    if (transport && transport.kind !== "icmp") {
      text += ` SPT=${transport.srcPort} DPT=${transport.dstPort}`;
    }
  }
  if (config.arp && arp) {
    text += ` ARP HTYPE=1, PTYPE=0x0800, OPCODE=${arp.operation}`;
    text += ` ARP MAC SRC=${formatMac(arp.senderMac)} ARP IP SRC=${formatIpv4(arp.senderIp)}`;
    text += ` ARP MAC DST=${formatMac(arp.targetMac)} ARP IP DST=${formatIpv4(arp.targetIp)}`;
  }
  return text;
}

export const log = defineFrameMatch<LogConfig>({
  name: "log",
  docs: { summary: "a line in the kernel's log", example: '--log-level info --log-prefix "x"' },
  options: {
    log: "flag",
    "log-level": "argument",
    "log-prefix": "argument",
    "log-ip": "flag",
    "log-arp": "flag",
    "log-ip6": "flag",
  },
  parse(options) {
    const find = (name: string) => options.find((option) => option.name === name);
    const levelText = find("log-level")?.value;
    const named = LEVELS.findIndex((name) => name === levelText?.toLowerCase());
    const number = levelText === undefined ? DEFAULT_LEVEL : parseUnsigned(levelText, 7);
    const level = named >= 0 ? named : number;
    if (level === undefined) throw new UsageError("Problem with the log-level");
    return {
      level,
      prefix: (find("log-prefix")?.value ?? "").slice(0, MAX_PREFIX),
      ip: find("log-ip") !== undefined,
      arp: find("log-arp") !== undefined,
      ip6: find("log-ip6") !== undefined,
    };
  },
  print({ level, prefix, ip, arp, ip6 }) {
    let text = ` --log-level ${LEVELS[level]}`;
    if (prefix !== "") text += ` --log-prefix "${prefix}"`;
    if (ip) text += " --log-ip";
    if (arp) text += " --log-arp";
    return ip6 ? `${text} --log-ip6` : text;
  },
  evaluate(config, context) {
    context.netns.host.log?.(line(context, config));
    return true;
  },
});

interface NflogConfig {
  readonly group: number;
  readonly prefix: string;
}

const DEFAULT_GROUP = 1;

/** Nobody listens. */
export const nflog = defineFrameMatch<NflogConfig>({
  name: "nflog",
  docs: { summary: "for a program that logs; none listens", example: "--nflog-group 5" },
  options: { nflog: "flag", "nflog-group": "argument", "nflog-prefix": "argument" },
  parse(options) {
    const find = (name: string) => options.find((option) => option.name === name)?.value;
    const group = parseUnsigned(find("nflog-group") ?? String(DEFAULT_GROUP), 65535);
    if (group === undefined) throw new UsageError("--nflog-group: value out of range");
    return { group, prefix: find("nflog-prefix") ?? "" };
  },
  print: ({ group, prefix }) =>
    `${prefix === "" ? "" : ` --nflog-prefix "${prefix}"`} --nflog-group ${group}`,
  evaluate: () => true,
});
