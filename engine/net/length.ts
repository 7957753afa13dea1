/** How long a packet is on the wire, without making its bytes. */
import { ARP_BYTES } from "./arp.ts";
import { ETHERNET_BYTES, VLAN_TAG_BYTES } from "./ethernet.ts";
import { ICMP_BYTES, ICMP_QUOTE_BYTES } from "./icmp.ts";
import { ipv4HeaderLength } from "./ipv4.ts";
import type { IcmpHeader, Packet, TransportHeader } from "./packet.ts";
import { tcpHeaderLength } from "./tcp.ts";
import { UDP_BYTES } from "./udp.ts";

export const VXLAN_BYTES = 8;

/** The bytes of the frame: Ethernet header, VLAN tag and what follows; no frame check sequence. */
export function frameLength(packet: Packet): number {
  return ETHERNET_BYTES + (packet.vlan ? VLAN_TAG_BYTES : 0) + networkLength(packet);
}

/** The bytes after the Ethernet header: the IP packet with its header, the ARP message. */
export function networkLength(packet: Packet): number {
  if (packet.arp) return ARP_BYTES;
  if (packet.ip) return ipv4HeaderLength(packet.ip) + ipPayloadLength(packet);
  return packet.payload.length;
}

/** The bytes after the IP header. */
export function ipPayloadLength(packet: Packet): number {
  const { transport, encapsulated } = packet;
  let length = transport ? transportHeaderLength(transport) : 0;
  if (encapsulated) {
    length += encapsulated.ether
      ? VXLAN_BYTES + frameLength(encapsulated)
      : networkLength(encapsulated);
  } else {
    length += packet.payload.length;
  }
  return length;
}

function transportHeaderLength(header: TransportHeader): number {
  switch (header.kind) {
    case "udp":
      return UDP_BYTES;
    case "tcp":
      return tcpHeaderLength(header);
    case "icmp":
      return ICMP_BYTES + quoteLength(header);
  }
}

function quoteLength(header: IcmpHeader): number {
  return header.quoted ? Math.min(networkLength(header.quoted), ICMP_QUOTE_BYTES) : 0;
}
