/** /proc/net/nf_conntrack; ct_seq_show() in nf_conntrack_standalone.c. */
import { formatIpv4 } from "../../../net/address.ts";
import { IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP, type ConntrackZone } from "../../../net/packet.ts";
import { protocolName, type Conntrack } from "./conntrack.ts";
import type { ConntrackEntry } from "./entry.ts";
import type { Tuple } from "./tuple.ts";

function describe({ src, dst, protocol, srcPort, dstPort }: Tuple): string {
  let text = `src=${formatIpv4(src)} dst=${formatIpv4(dst)} `;
  if (protocol === IPPROTO_TCP || protocol === IPPROTO_UDP) {
    text += `sport=${srcPort} dport=${dstPort} `;
  } else if (protocol === IPPROTO_ICMP) {
    text += `type=${dstPort >> 8} code=${dstPort & 255} id=${srcPort} `;
  }
  return text;
}

/** A zone is told where its direction is; ct_show_zone() */
function zoneText({ zone }: ConntrackEntry, side: ConntrackZone["side"]): string {
  return (zone?.side ?? "zone") === side ? `${side}=${zone?.id ?? 0} ` : "";
}

export function conntrackFile(conntrack: Conntrack): string {
  const counted = conntrack.setting("acct") !== 0;
  return conntrack
    .list()
    .map((entry) => {
      const { tuple, reply, original, replied, tcp } = entry;
      const name = protocolName(tuple.protocol).padEnd(8);
      let text = `ipv4     2 ${name} ${tuple.protocol} ${conntrack.remainingSeconds(entry)} `;
      if (tcp) text += `${tcp.state} `;
      text += describe(tuple) + zoneText(entry, "zone-orig");
      if (counted) text += `packets=${original.packets} bytes=${original.bytes} `;
      if (!entry.seenReply) text += "[UNREPLIED] ";
      text += describe(reply) + zoneText(entry, "zone-reply");
      if (counted) text += `packets=${replied.packets} bytes=${replied.bytes} `;
      if (entry.assured) text += "[ASSURED] ";
      return `${text}mark=${entry.mark} ${zoneText(entry, "zone")}use=2\n`;
    })
    .join("");
}
