/** One direction of a connection. Linux struct nf_conntrack_tuple. */
import type { Ipv4 } from "../../../net/address.ts";
import {
  IPPROTO_ICMP,
  IPPROTO_TCP,
  IPPROTO_UDP,
  type IcmpHeader,
  type Ipv4Header,
  type Packet,
} from "../../../net/packet.ts";

export interface Tuple {
  readonly src: Ipv4;
  readonly dst: Ipv4;
  readonly protocol: number;
  /** Source port; the identifier of an ICMP query. */
  readonly srcPort: number;
  /** Destination port; type × 256 + code of an ICMP query. */
  readonly dstPort: number;
}

/** Request ↔ reply, invmap[] in nf_conntrack_proto_icmp.c. */
const ICMP_OPPOSITE: Readonly<Record<number, number>> = {
  0: 8,
  8: 0,
  13: 14,
  14: 13,
  15: 16,
  16: 15,
  17: 18,
  18: 17,
};

/** Undefined: no tuple can be made of the packet. */
export function tupleOf(packet: Packet): Tuple | undefined {
  const { src, dst, protocol, fragmentOffset } = packet.ip as Ipv4Header;
  const { transport } = packet;
  if (fragmentOffset > 0) return undefined;
  switch (protocol) {
    case IPPROTO_TCP:
    case IPPROTO_UDP:
      if (!transport || transport.kind === "icmp") return undefined;
      return { src, dst, protocol, srcPort: transport.srcPort, dstPort: transport.dstPort };
    case IPPROTO_ICMP:
      if (transport?.kind !== "icmp") return undefined;
      return { src, dst, protocol, srcPort: icmpId(transport), dstPort: icmpKind(transport) };
    default:
      return { src, dst, protocol, srcPort: 0, dstPort: 0 };
  }
}

function icmpId(icmp: IcmpHeader): number {
  return icmp.rest >>> 16;
}

function icmpKind(icmp: IcmpHeader): number {
  return icmp.type * 256 + icmp.code;
}

/** The tuple of an answer; undefined: nothing answers this ICMP message. nf_ct_invert_tuple() */
export function invertTuple(tuple: Tuple): Tuple | undefined {
  const { src, dst, protocol, srcPort, dstPort } = tuple;
  if (protocol !== IPPROTO_ICMP) {
    return { src: dst, dst: src, protocol, srcPort: dstPort, dstPort: srcPort };
  }
  const opposite = ICMP_OPPOSITE[dstPort >> 8];
  if (opposite === undefined) return undefined;
  return { src: dst, dst: src, protocol, srcPort, dstPort: opposite * 256 + (dstPort & 255) };
}
