/** A flow as an element of XML: `-o xml`. */
import type { ConntrackEntry } from "../../kernel/netfilter/conntrack/entry.ts";
import { protocolName, type ConntrackEvent } from "../../kernel/netfilter/conntrack/conntrack.ts";
import type { Tuple } from "../../kernel/netfilter/conntrack/tuple.ts";
import type { Counters } from "../../kernel/netfilter/xtables/rule.ts";
import { formatIpv4 } from "../../net/address.ts";
import { IPPROTO_TCP, IPPROTO_UDP, type ConntrackZone } from "../../net/packet.ts";
import { toCalendar } from "../support/calendar.ts";

export const XML_HEADING = '<?xml version="1.0" encoding="utf-8"?>\n<conntrack>\n';
export const XML_END = "</conntrack>\n";

const element = (name: string, value: string | number): string => `<${name}>${value}</${name}>`;

function zoneElement({ zone }: ConntrackEntry, side: ConntrackZone["side"]): string {
  return zone && zone.id !== 0 && zone.side === side ? element("zone", zone.id) : "";
}

function direction(
  name: "original" | "reply",
  { src, dst, protocol, srcPort, dstPort }: Tuple,
  counters: Counters | undefined,
  zone: string,
): string {
  const hasPorts = protocol === IPPROTO_TCP || protocol === IPPROTO_UDP;
  const ports = hasPorts ? element("sport", srcPort) + element("dport", dstPort) : "";
  const counted = counters
    ? element("counters", element("packets", counters.packets) + element("bytes", counters.bytes))
    : "";
  return (
    `<meta direction="${name}"><layer3 protonum="2" protoname="ipv4">` +
    element("src", formatIpv4(src)) +
    element("dst", formatIpv4(dst)) +
    `</layer3><layer4 protonum="${protocol}" protoname="${protocolName(protocol)}">${ports}` +
    `</layer4>${counted}${zone}</meta>`
  );
}

/** When an event was heard. The week begins with day 1, Sunday. */
function whenElement(epochSeconds: number): string {
  const { year, month, day, hour, minute, second, weekday } = toCalendar(epochSeconds);
  const two = (value: number): string => String(value).padStart(2, "0");
  const text =
    element("hour", hour) +
    element("min", two(minute)) +
    element("sec", two(second)) +
    element("wday", weekday + 1) +
    element("day", day) +
    element("month", month + 1) +
    element("year", year);
  return element("when", text);
}

export interface XmlChoice {
  /** Absent: it is listed. */
  readonly event?: ConntrackEvent;
  /** Of an event, if it is to be told. */
  readonly epochSeconds?: number | undefined;
  readonly counted: boolean;
  /** How many hold the entry; events do not say. */
  readonly use?: number;
}

export function xmlFlow(entry: ConntrackEntry, choice: XmlChoice): string {
  const { event, epochSeconds, counted, use } = choice;
  const { tuple, reply, tcp, mark } = entry;
  const type = event === undefined ? "" : ` type="${event}"`;
  const own =
    (tcp ? element("state", tcp.state) : "") +
    element("timeout", entry.table.remainingSeconds(entry)) +
    (event === undefined || mark !== 0 ? element("mark", mark) : "") +
    zoneElement(entry, "zone") +
    (use === undefined ? "" : element("use", use)) +
    element("id", entry.id) +
    (entry.assured ? "<assured/>" : "") +
    (entry.seenReply ? "" : "<unreplied/>");
  return (
    `<flow${type}>` +
    direction(
      "original",
      tuple,
      counted ? entry.original : undefined,
      zoneElement(entry, "zone-orig"),
    ) +
    direction(
      "reply",
      reply,
      counted ? entry.replied : undefined,
      zoneElement(entry, "zone-reply"),
    ) +
    `<meta direction="independent">${own}</meta>` +
    (epochSeconds === undefined ? "" : whenElement(epochSeconds)) +
    "</flow>"
  );
}
