/** A line in the kernel's log. Linux net/netfilter/nf_log_syslog.c. */
import { formatIpv4, formatMac } from "../../../net/address.ts";
import { networkLength } from "../../../net/length.ts";
import { TCP_MIN_BYTES, tcpHeaderLength, writeTcp } from "../../../net/tcp.ts";
import { ipv4HeaderLength } from "../../../net/ipv4.ts";
import type { IcmpHeader, Packet, TcpHeader } from "../../../net/packet.ts";
import { defineTarget, UsageError } from "../xtables/extension.ts";
import type { HookContext } from "../xtables/hook-context.ts";
import { parseUnsigned, quoted } from "../xtables/options.ts";

interface LogConfig {
  readonly level: number;
  readonly prefix: string;
  readonly sequence: boolean;
  readonly tcpOptions: boolean;
  readonly ipOptions: boolean;
  readonly uid: boolean;
  readonly macDecode: boolean;
}

/** As they are listed. */
const LEVELS = ["emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"] as const;
/** As they are typed. */
const LEVEL_NAMES: Readonly<Record<string, number>> = {
  emerg: 0,
  panic: 0,
  alert: 1,
  crit: 2,
  error: 3,
  warning: 4,
  notice: 5,
  info: 6,
  debug: 7,
};
const DEFAULT_LEVEL = 4;
const MAX_PREFIX = 29;

function parseLevel(text: string): number {
  const level = parseUnsigned(text, 7) ?? LEVEL_NAMES[text];
  if (level === undefined) throw new UsageError(`log level "${text}" unknown\n`);
  return level;
}

function flagBits(config: LogConfig): number {
  return (
    (config.sequence ? 1 : 0) |
    (config.tcpOptions ? 2 : 0) |
    (config.ipOptions ? 4 : 0) |
    (config.uid ? 8 : 0) |
    (config.macDecode ? 32 : 0)
  );
}

const byte = (value: number): string => value.toString(16).toUpperCase().padStart(2, "0");

function optionBytes(bytes: Uint8Array): string {
  return `OPT (${Array.from(bytes, byte).join("")}) `;
}

function describeTcp(tcp: TcpHeader, config: LogConfig): string {
  let text = `SPT=${tcp.srcPort} DPT=${tcp.dstPort} `;
  if (config.sequence) text += `SEQ=${tcp.seq} ACK=${tcp.ack} `;
  text += `WINDOW=${tcp.window} RES=0x00 `;
  const names = ["URG", "ACK", "PSH", "RST", "SYN", "FIN"] as const;
  const bits = [0x20, 0x10, 0x08, 0x04, 0x02, 0x01];
  for (const [index, name] of names.entries()) {
    if (tcp.flags & (bits[index] as number)) text += `${name} `;
  }
  text += `URGP=${tcp.urgentPointer} `;
  const length = tcpHeaderLength(tcp);
  if (!config.tcpOptions || length === TCP_MIN_BYTES) return text;
  const bytes = new Uint8Array(length);
  writeTcp(bytes, 0, tcp);
  return text + optionBytes(bytes.subarray(TCP_MIN_BYTES));
}

function describeIcmp(icmp: IcmpHeader, config: LogConfig): string {
  let text = `TYPE=${icmp.type} CODE=${icmp.code} `;
  switch (icmp.type) {
    case 0:
    case 8:
      text += `ID=${icmp.rest >>> 16} SEQ=${icmp.rest & 0xffff} `;
      break;
    case 3:
    case 4:
    case 11:
      if (icmp.quoted) text += `[${describe(icmp.quoted, config)}] `;
      if (icmp.type === 3 && icmp.code === 4) text += `MTU=${icmp.rest & 0xffff} `;
      break;
    default:
  }
  return text;
}

function describe(packet: Packet, config: LogConfig): string {
  const { ip, transport } = packet;
  if (!ip) return "";
  let text = `SRC=${formatIpv4(ip.src)} DST=${formatIpv4(ip.dst)} LEN=${networkLength(packet)} `;
  text += `TOS=0x${byte(ip.tos & 0x1e)} PREC=0x${byte(ip.tos & 0xe0)} TTL=${ip.ttl} ID=${ip.id} `;
  if (ip.dontFragment) text += "DF ";
  if (ip.moreFragments) text += "MF ";
  if (ip.fragmentOffset > 0) text += `FRAG:${ip.fragmentOffset / 8} `;
  if (config.ipOptions && ip.options) text += optionBytes(ip.options);
  switch (transport?.kind) {
    case "tcp":
      return `${text}PROTO=TCP ${describeTcp(transport, config)}`;
    case "udp": {
      const length = networkLength(packet) - ipv4HeaderLength(ip);
      return `${text}PROTO=UDP SPT=${transport.srcPort} DPT=${transport.dstPort} LEN=${length} `;
    }
    case "icmp":
      return `${text}PROTO=ICMP ${describeIcmp(transport, config)}`;
    default:
      return `${text}PROTO=${ip.protocol} `;
  }
}

/** NF_LOG_DEFAULT_MASK */
export const EVERY_DETAIL: LogConfig = {
  level: DEFAULT_LEVEL,
  prefix: "",
  sequence: true,
  tcpOptions: true,
  ipOptions: true,
  uid: true,
  macDecode: false,
};

/** The line that LOG and TRACE write; nf_log_ip_packet(). */
export function logLine(context: HookContext, config: LogConfig): string {
  const { packet, input, output, netns } = context;
  let text = `${config.prefix}IN=${input?.name ?? ""} OUT=${output?.name ?? ""} `;
  const physIn = packet.physIif ? netns.deviceByIndex(packet.physIif) : undefined;
  const physOut = packet.physOif ? netns.deviceByIndex(packet.physOif) : undefined;
  if (physIn) text += `PHYSIN=${physIn.name} `;
  if (physOut) text += `PHYSOUT=${physOut.name} `;
  if (input && packet.ether) {
    const { dst, src, etherType } = packet.ether;
    const type = [etherType >> 8, etherType & 255].map((part) => byte(part).toLowerCase());
    text += `MAC=${formatMac(dst)}:${formatMac(src)}:${type.join(":")} `;
  } else if (input?.isLoopback) text += `MAC=${"00:".repeat(12)}08:00 `;
  else if (input) text += "MAC= ";
  text += describe(packet, config);
  if (config.uid && packet.ownerUid !== undefined && !input) {
    text += `UID=${packet.ownerUid} GID=${packet.ownerGid} `;
  }
  return packet.mark ? `${text}MARK=0x${packet.mark.toString(16)} ` : text;
}

export const LOG = defineTarget<LogConfig>({
  name: "LOG",
  docs: { summary: "a line in the kernel's log", examples: ['-j LOG --log-prefix "new: "'] },
  options: {
    "log-level": "argument",
    "log-prefix": "argument",
    "log-tcp-sequence": "flag",
    "log-tcp-options": "flag",
    "log-ip-options": "flag",
    "log-uid": "flag",
    "log-macdecode": "flag",
  },
  parse(options) {
    const value = (name: string): string | undefined =>
      options.filter((option) => option.name === name).at(-1)?.value;
    const has = (name: string): boolean => options.some((option) => option.name === name);
    const level = value("log-level");
    const prefix = value("log-prefix");
    if (prefix?.includes("\n")) throw new UsageError("Newlines not allowed in --log-prefix");
    if (prefix === "") {
      throw new UsageError("Argument must have a minimum length of 1 characters\n");
    }
    return {
      level: level === undefined ? DEFAULT_LEVEL : parseLevel(level),
      prefix: (prefix ?? "").slice(0, MAX_PREFIX),
      sequence: has("log-tcp-sequence"),
      tcpOptions: has("log-tcp-options"),
      ipOptions: has("log-ip-options"),
      uid: has("log-uid"),
      macDecode: has("log-macdecode"),
    };
  },
  save(config) {
    let text = config.prefix === "" ? "" : ` --log-prefix ${quoted(config.prefix)}`;
    if (config.level !== DEFAULT_LEVEL) text += ` --log-level ${config.level}`;
    if (config.sequence) text += " --log-tcp-sequence";
    if (config.tcpOptions) text += " --log-tcp-options";
    if (config.ipOptions) text += " --log-ip-options";
    if (config.uid) text += " --log-uid";
    if (config.macDecode) text += " --log-macdecode";
    return text;
  },
  list(config, names) {
    const level = names ? LEVELS[config.level] : `flags ${flagBits(config)} level ${config.level}`;
    let text = names ? ` LOG level ${level}` : ` LOG ${level}`;
    if (config.prefix !== "") text += ` prefix "${config.prefix}"`;
    if (!names) return text;
    if (config.sequence) text += " tcp-sequence";
    if (config.tcpOptions) text += " tcp-options";
    if (config.ipOptions) text += " ip-options";
    if (config.uid) text += " uid";
    if (config.macDecode) text += " macdecode";
    return text;
  },
  evaluate(config, context) {
    context.netns.host.log?.(logLine(context, config));
    return "continue";
  },
});
