/** Which flows a command is about. */
import type { ConntrackEntry } from "../../kernel/netfilter/conntrack/entry.ts";
import { prefixContains, type Ipv4 } from "../../net/address.ts";
import { IPPROTO_ICMP } from "../../net/packet.ts";
import type { AddressKey, ConntrackOptions, NumberKey } from "./options.ts";

export function isWanted(entry: ConntrackEntry, options: ConntrackOptions): boolean {
  const { protocol, state, mark, statuses, zone } = options;
  if (options.isEmpty) return false;
  if (zone !== undefined && (entry.zone?.id ?? 0) !== zone) return false;
  if (protocol !== undefined && entry.tuple.protocol !== protocol) return false;
  if (!hasAddresses(entry, options) || !hasNumbers(entry, options)) return false;
  if (!isTranslated(entry, options)) return false;
  // What an update names besides is what it makes.
  if (options.command === "U") return true;
  if (state !== undefined && entry.tcp?.state !== state) return false;
  if (mark && (entry.mark & mark.mask) >>> 0 !== mark.value) return false;
  return statuses.every((status) => hasStatus(entry, status));
}

function hasStatus(entry: ConntrackEntry, status: string): boolean {
  if (status === "ASSURED") return entry.assured;
  if (status === "SEEN_REPLY") return entry.seenReply;
  if (status === "UNREPLIED") return !entry.seenReply;
  return status === "UNSET" && !entry.seenReply && !entry.assured;
}

function hasAddresses({ tuple, reply }: ConntrackEntry, { addresses }: ConntrackOptions): boolean {
  const actual: Readonly<Record<AddressKey, Ipv4>> = {
    "orig-src": tuple.src,
    "orig-dst": tuple.dst,
    "reply-src": reply.src,
    "reply-dst": reply.dst,
  };
  return Object.entries(addresses).every(([key, prefix]) =>
    prefixContains(prefix, actual[key as AddressKey]),
  );
}

function hasNumbers({ tuple, reply }: ConntrackEntry, { numbers }: ConntrackOptions): boolean {
  const actual: Readonly<Record<NumberKey, number>> = {
    "orig-port-src": tuple.srcPort,
    "orig-port-dst": tuple.dstPort,
    "reply-port-src": reply.srcPort,
    "reply-port-dst": reply.dstPort,
    "icmp-type": tuple.dstPort >> 8,
    "icmp-code": tuple.dstPort & 255,
    "icmp-id": tuple.srcPort,
  };
  return Object.entries(numbers).every(([key, value]) => actual[key as NumberKey] === value);
}

function isTranslated(entry: ConntrackEntry, options: ConntrackOptions): boolean {
  const { translated, translatedTo } = options;
  if (!translated) return true;
  const { tuple, reply } = entry;
  // An ICMP flow's "ports" are its identifier and its type, which always differ.
  const isIcmp = tuple.protocol === IPPROTO_ICMP;
  const source =
    entry.sourceDone &&
    (tuple.src !== reply.dst || isIcmp || tuple.srcPort !== reply.dstPort) &&
    (!translatedTo || prefixContains(translatedTo, reply.dst));
  const destination =
    entry.destinationDone &&
    (tuple.dst !== reply.src || isIcmp || tuple.dstPort !== reply.srcPort) &&
    (!translatedTo || prefixContains(translatedTo, reply.src));
  if (translated === "source") return source;
  return translated === "destination" ? destination : source || destination;
}
