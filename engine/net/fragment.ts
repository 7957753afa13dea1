/** Cutting IP packets into fragments and joining them again. RFC 791 §3.2. */
import { parseIpPayload, serialiseIpPayload } from "./codec.ts";
import { ipv4HeaderLength } from "./ipv4.ts";
import { networkLength } from "./length.ts";
import { type Ipv4Header, NO_BYTES, type Packet } from "./packet.ts";

/** The largest IP packet: its length field has 16 bits. */
const MAX_IP_BYTES = 65535;

/**
 * The packet itself if it fits, else its fragments, each at most `mtu` bytes with its IP header.
 * The first fragment keeps a structured transport header, with the checksum of the whole; the
 * others have payload bytes only. Whether it may be cut (DF) is the caller's question.
 */
export function fragment(packet: Packet, mtu: number): Packet[] {
  const ip = packet.ip as Ipv4Header;
  if (networkLength(packet) <= mtu) return [packet];
  const bytes = serialiseIpPayload(packet);
  const step = Math.max(8, (mtu - ipv4HeaderLength(ip)) & ~7);
  const pieces: Packet[] = [];
  for (let at = 0; at < bytes.length; at += step) {
    const piece = packet.clone();
    piece.transport = undefined;
    piece.payload = NO_BYTES;
    piece.encapsulated = undefined;
    piece.vni = undefined;
    piece.ip = {
      ...ip,
      fragmentOffset: ip.fragmentOffset + at,
      moreFragments: ip.moreFragments || at + step < bytes.length,
    };
    parseIpPayload(piece, bytes.subarray(at, at + step));
    pieces.push(piece);
  }
  return pieces;
}

/**
 * The whole packet, once every piece of one datagram (same source, destination, protocol and id,
 * in any order) is there; "incomplete" while one is missing; "invalid" when pieces overlap, lie
 * beyond the end or join to a malformed packet, which condemns them all (Linux ip_frag_queue()).
 * What is not on the wire (mark, device, journey) comes from the first fragment.
 */
export function reassemble(pieces: readonly Packet[]): Packet | "incomplete" | "invalid" {
  const sorted = pieces
    .map((piece) => ({ piece, ip: piece.ip as Ipv4Header, bytes: serialiseIpPayload(piece) }))
    .sort((a, b) => a.ip.fragmentOffset - b.ip.fragmentOffset);
  let end = 0;
  let gap = false;
  for (const [index, { ip, bytes }] of sorted.entries()) {
    if (ip.fragmentOffset < end) return "invalid";
    if (ip.fragmentOffset > end) gap = true;
    end = ip.fragmentOffset + bytes.length;
    if (!ip.moreFragments && index < sorted.length - 1) return "invalid";
    if (ip.moreFragments && bytes.length % 8 !== 0) return "invalid";
  }
  const first = sorted[0];
  const last = sorted.at(-1);
  if (!first || !last || gap || last.ip.moreFragments) return "incomplete";
  if (end + ipv4HeaderLength(first.ip) > MAX_IP_BYTES) return "invalid";
  const joined = new Uint8Array(end);
  for (const { ip, bytes } of sorted) joined.set(bytes, ip.fragmentOffset);
  const whole = first.piece.clone();
  whole.transport = undefined;
  whole.payload = NO_BYTES;
  whole.ip = { ...first.ip, moreFragments: false };
  return parseIpPayload(whole, joined).ok ? whole : "invalid";
}
