/** Changing addresses and ports in a packet. Linux net/netfilter/nf_nat_proto.c. */
import type { Ipv4 } from "../../../net/address.ts";
import type { Ipv4Header, Packet, TransportHeader } from "../../../net/packet.ts";
import type { Tuple } from "../conntrack/tuple.ts";

/** Which end of the packet is changed. */
export type Manip = "source" | "destination";

/** Makes one end of the packet what `target` says; nf_nat_manip_pkt(). */
export function rewrite(packet: Packet, target: Tuple, manip: Manip): void {
  const ip = packet.ip as Ipv4Header;
  packet.ip = manip === "source" ? { ...ip, src: target.src } : { ...ip, dst: target.dst };
  if (packet.transport) packet.transport = rewritePorts(packet.transport, target, manip);
}

export function rewriteAddress(packet: Packet, address: Ipv4, manip: Manip): void {
  const ip = packet.ip as Ipv4Header;
  packet.ip = manip === "source" ? { ...ip, src: address } : { ...ip, dst: address };
}

function rewritePorts(header: TransportHeader, target: Tuple, manip: Manip): TransportHeader {
  if (header.kind === "icmp") {
    const rest = ((target.srcPort << 16) | (header.rest & 0xffff)) >>> 0;
    return header.quoted || rest === header.rest ? header : { ...header, rest };
  }
  if (manip === "source") {
    return header.srcPort === target.srcPort ? header : { ...header, srcPort: target.srcPort };
  }
  return header.dstPort === target.dstPort ? header : { ...header, dstPort: target.dstPort };
}
