/** A flow as the options that make it anew: `-o save`. */
import type { ConntrackEntry } from "../../kernel/netfilter/conntrack/entry.ts";
import { protocolName } from "../../kernel/netfilter/conntrack/conntrack.ts";
import { formatIpv4 } from "../../net/address.ts";
import { IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP } from "../../net/packet.ts";

const ZONE_OPTIONS = { zone: "-w", "zone-orig": "--orig-zone", "zone-reply": "--reply-zone" };

function statusOf({ seenReply, assured }: ConntrackEntry): string {
  const words = [...(seenReply ? ["SEEN_REPLY"] : []), ...(assured ? ["ASSURED"] : [])];
  return words.join(",") || "UNSET";
}

function protocolWords({ tuple, reply, tcp }: ConntrackEntry): string[] {
  const { protocol, srcPort, dstPort } = tuple;
  const name = protocolName(protocol);
  const words = ["-p", name === "unknown" ? String(protocol) : name];
  if (protocol === IPPROTO_ICMP) {
    words.push(`--icmp-type ${dstPort >> 8} --icmp-code ${dstPort & 255} --icmp-id ${srcPort}`);
  }
  if (protocol === IPPROTO_TCP || protocol === IPPROTO_UDP) {
    words.push(`--sport ${srcPort} --dport ${dstPort}`);
    words.push(`--reply-port-src ${reply.srcPort} --reply-port-dst ${reply.dstPort}`);
  }
  if (tcp) words.push("--state", tcp.state);
  return words;
}

/** `command`: the letter that does it again, or undoes it. */
export function savedFlow(command: "A" | "U" | "D", entry: ConntrackEntry): string {
  const { tuple, reply, zone } = entry;
  const words = [`-${command} -t ${entry.table.remainingSeconds(entry)} -u ${statusOf(entry)}`];
  if (zone && zone.id !== 0) words.push(ZONE_OPTIONS[zone.side], String(zone.id));
  words.push(`-s ${formatIpv4(tuple.src)} -d ${formatIpv4(tuple.dst)}`);
  words.push(entry.destinationTranslated ? "-g" : "-r", formatIpv4(reply.src));
  words.push(entry.sourceTranslated ? "-n" : "-q", formatIpv4(reply.dst));
  return [...words, ...protocolWords(entry)].join(" ");
}
