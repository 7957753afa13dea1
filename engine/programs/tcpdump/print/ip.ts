import { IPPROTO_IGMP } from "../../../net/igmp.ts";
import { networkLength } from "../../../net/length.ts";
import {
  IPPROTO_ICMP,
  IPPROTO_IPIP,
  IPPROTO_TCP,
  IPPROTO_UDP,
  type Ipv4Header,
  type Packet,
} from "../../../net/packet.ts";
import type { PrintContext } from "./context.ts";
import { icmpText } from "./icmp.ts";
import { igmpText } from "./igmp.ts";
import { ipOptionsText } from "./ip-options.ts";
import { tcpText } from "./tcp.ts";
import { udpText } from "./udp.ts";

const PROTOCOL_NAMES: Readonly<Record<number, string>> = {
  [IPPROTO_ICMP]: "ICMP",
  [IPPROTO_IGMP]: "IGMP",
  [IPPROTO_IPIP]: "IPIP",
  [IPPROTO_TCP]: "TCP",
  [IPPROTO_UDP]: "UDP",
  47: "GRE",
};

/** What follows `IP `: with -v the header in parentheses and a line of its own. */
export function ipText(packet: Packet, context: PrintContext): string {
  const ip = packet.ip as Ipv4Header;
  const header = context.options.verbosity > 0 ? `${headerText(packet, ip)}\n    ` : "";
  return header + bodyText(packet, ip, context);
}

function headerText(packet: Packet, ip: Ipv4Header): string {
  const flags = [ip.moreFragments ? "+" : "", ip.dontFragment ? "DF" : ""].filter(
    (flag) => flag !== "",
  );
  const name = PROTOCOL_NAMES[ip.protocol];
  const protocol = name === undefined ? `unknown (${ip.protocol})` : `${name} (${ip.protocol})`;
  return (
    `(tos 0x${ip.tos.toString(16)}, ttl ${ip.ttl}, id ${ip.id}, offset ${ip.fragmentOffset}, ` +
    `flags [${flags.join(", ") || "none"}], proto ${protocol}, length ${networkLength(packet)}` +
    (ip.options ? `, options (${ipOptionsText(ip.options)}))` : ")")
  );
}

function bodyText(packet: Packet, ip: Ipv4Header, context: PrintContext): string {
  const source = context.address(ip.src);
  const destination = context.address(ip.dst);
  const { transport } = packet;
  if (ip.fragmentOffset > 0) {
    const name = PROTOCOL_NAMES[ip.protocol]?.toLowerCase();
    const shown = context.options.numeric || name === undefined ? `ip-proto-${ip.protocol}` : name;
    return `${source} > ${destination}: ${shown}`;
  }
  if (transport?.kind === "tcp" || transport?.kind === "udp") {
    const from = context.endpoint(ip.src, transport.srcPort, transport.kind);
    const to = context.endpoint(ip.dst, transport.dstPort, transport.kind);
    const text =
      transport.kind === "tcp"
        ? tcpText(packet, transport, context)
        : udpText(packet, transport, context);
    return `${from} > ${to}: ${text}`;
  }
  if (transport?.kind === "icmp") {
    return `${source} > ${destination}: ${icmpText(packet, transport, context)}`;
  }
  if (packet.encapsulated?.ip) {
    return `${source} > ${destination}: IP ${ipText(packet.encapsulated, context)}`;
  }
  if (ip.protocol === IPPROTO_IGMP) {
    return `${source} > ${destination}: ${igmpText(packet.payload, context)}`;
  }
  return `${source} > ${destination}: ip-proto-${ip.protocol} ${packet.payload.length}`;
}
