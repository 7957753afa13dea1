/** Cutting a packet into pieces, RFC 791 §3.2. Linux ip_fragment(). */
import { serialiseIpPayload, parseIpPayload } from "../../net/codec.ts";
import { ipv4HeaderLength } from "../../net/ipv4.ts";
import type { Ipv4Header, Packet } from "../../net/packet.ts";
import type { NetNamespace } from "../netns.ts";

/** The pieces of a packet, each at most `mtu` bytes long. */
export function fragment(netns: NetNamespace, packet: Packet, mtu: number): Packet[] {
  const header = packet.ip as Ipv4Header;
  const room = (mtu - ipv4HeaderLength(header)) & ~7;
  if (room <= 0) {
    netns.snmp.ip.FragFails += 1;
    return [];
  }
  const bytes = serialiseIpPayload(packet);
  const pieces: Packet[] = [];
  for (let offset = 0; offset < bytes.length; offset += room) {
    const end = Math.min(offset + room, bytes.length);
    const piece = packet.clone();
    piece.encapsulated = undefined;
    piece.ip = {
      ...header,
      fragmentOffset: header.fragmentOffset + offset,
      moreFragments: header.moreFragments || end < bytes.length,
    };
    parseIpPayload(piece, bytes.slice(offset, end));
    pieces.push(piece);
  }
  netns.snmp.ip.FragOKs += 1;
  netns.snmp.ip.FragCreates += pieces.length;
  return pieces;
}
