/** A flow in one line, as libnetfilter_conntrack writes it. */
import type { ConntrackEntry } from "../../kernel/netfilter/conntrack/entry.ts";
import { protocolName, type ConntrackEvent } from "../../kernel/netfilter/conntrack/conntrack.ts";
import { savedFlow } from "./save-format.ts";
import { xmlFlow } from "./xml-format.ts";
import type { Tuple } from "../../kernel/netfilter/conntrack/tuple.ts";
import { formatIpv4 } from "../../net/address.ts";
import { IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP, type ConntrackZone } from "../../net/packet.ts";

export interface OutputFormat {
  readonly extended: boolean;
  readonly id: boolean;
  readonly timestamp: boolean;
  readonly kind: "line" | "save" | "xml";
}

function describe({ src, dst, protocol, srcPort, dstPort }: Tuple): string {
  const addresses = `src=${formatIpv4(src)} dst=${formatIpv4(dst)}`;
  if (protocol === IPPROTO_TCP || protocol === IPPROTO_UDP) {
    return `${addresses} sport=${srcPort} dport=${dstPort}`;
  }
  if (protocol !== IPPROTO_ICMP) return addresses;
  return `${addresses} type=${dstPort >> 8} code=${dstPort & 255} id=${srcPort}`;
}

/** A zone is told where its direction is; zone 0 is not. */
function zoneWords({ zone }: ConntrackEntry, side: ConntrackZone["side"]): string[] {
  return zone && zone.id !== 0 && zone.side === side ? [`${side}=${zone.id}`] : [];
}

const counts = ({ table }: ConntrackEntry): boolean => table.setting("acct") !== 0;

/** `seconds` undefined: nothing is left of it. */
function flow(
  entry: ConntrackEntry,
  seconds: number | undefined,
  format: OutputFormat,
  counted: boolean,
): string[] {
  const { tuple, reply, original, replied, tcp } = entry;
  const words: string[] = [];
  if (format.extended) words.push("ipv4    ", "2");
  words.push(protocolName(tuple.protocol).padEnd(8), String(tuple.protocol));
  if (seconds !== undefined) words.push(String(seconds));
  if (tcp) words.push(tcp.state);
  words.push(describe(tuple), ...zoneWords(entry, "zone-orig"));
  if (counted) words.push(`packets=${original.packets} bytes=${original.bytes}`);
  if (!entry.seenReply) words.push("[UNREPLIED]");
  words.push(describe(reply), ...zoneWords(entry, "zone-reply"));
  if (counted) words.push(`packets=${replied.packets} bytes=${replied.bytes}`);
  if (entry.assured) words.push("[ASSURED]");
  return words;
}

/** `use`: how many hold the entry; `command`: what `save` writes in front. */
export function listedFlow(
  entry: ConntrackEntry,
  format: OutputFormat,
  use = entry.table.references(entry),
  command: "A" | "U" | "D" = "A",
): string {
  if (format.kind === "save") return `${savedFlow(command, entry)}\n`;
  if (format.kind === "xml") return `${xmlFlow(entry, { counted: counts(entry), use })}\n`;
  const words = flow(entry, entry.table.remainingSeconds(entry), format, counts(entry));
  words.push(`mark=${entry.mark}`, ...zoneWords(entry, "zone"), `use=${use}`);
  if (format.id) words.push(`id=${entry.id}`);
  return `${words.join(" ")}\n`;
}

const LABELS: Readonly<Record<ConntrackEvent, string>> = {
  new: "[NEW]",
  update: "[UPDATE]",
  destroy: "[DESTROY]",
};

const SAVED_AS = { new: "A", update: "U", destroy: "D" } as const;

/** `by`: who asked for it, such as ` [USERSPACE] portid=12 progname=conntrack`. */
export function flowEvent(
  event: ConntrackEvent,
  entry: ConntrackEntry,
  format: OutputFormat,
  realtimeSeconds: number,
  by: string | undefined,
): string {
  const user = by === undefined ? "" : ` [USERSPACE] ${by}`;
  if (format.kind === "save") return `${savedFlow(SAVED_AS[event], entry)}${user}\n`;
  // Only the end of a flow tells what has been counted.
  const counted = event === "destroy" && counts(entry);
  if (format.kind === "xml") {
    const epochSeconds = format.timestamp ? realtimeSeconds : undefined;
    return `${xmlFlow(entry, { event, epochSeconds, counted })}${user}\n`;
  }
  const seconds = entry.table.remainingSeconds(entry);
  const left = event === "destroy" && seconds === 0 ? undefined : seconds;
  const words = flow(entry, left, format, counted);
  if (entry.mark !== 0) words.push(`mark=${entry.mark}`);
  words.push(...zoneWords(entry, "zone"));
  if (format.id) words.push(`id=${entry.id}`);
  const stamp = format.timestamp ? `[${realtimeSeconds.toFixed(6)}]\t` : "";
  return `${stamp}${LABELS[event].padStart(9)} ${words.join(" ")}${user}\n`;
}
