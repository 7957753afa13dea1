/** The IPv4 header, RFC 791 §3.1. */
import type { Ipv4 } from "./address.ts";
import { read16, read32, write16, write32 } from "./bytes.ts";
import { foldChecksum, sumWords } from "./checksum.ts";
import type { Ipv4Header } from "./packet.ts";
import { malformed, parsed, type ParseResult } from "./parse-result.ts";

const IPV4_MIN_BYTES = 20;

const DONT_FRAGMENT = 0x4000;
const MORE_FRAGMENTS = 0x2000;

export function ipv4HeaderLength(header: Ipv4Header): number {
  return IPV4_MIN_BYTES + (header.options?.length ?? 0);
}

/** True for a packet that is one piece of a larger one. */
export function isFragment(header: Ipv4Header): boolean {
  return header.moreFragments || header.fragmentOffset > 0;
}

/** Writes the header with its checksum. */
export function writeIpv4(
  bytes: Uint8Array,
  at: number,
  header: Ipv4Header,
  totalLength: number,
): void {
  const headerLength = ipv4HeaderLength(header);
  bytes[at] = 0x40 | (headerLength >> 2);
  bytes[at + 1] = header.tos;
  write16(bytes, at + 2, totalLength);
  write16(bytes, at + 4, header.id);
  const flags =
    (header.dontFragment ? DONT_FRAGMENT : 0) | (header.moreFragments ? MORE_FRAGMENTS : 0);
  write16(bytes, at + 6, flags | (header.fragmentOffset >> 3));
  bytes[at + 8] = header.ttl;
  bytes[at + 9] = header.protocol;
  write16(bytes, at + 10, 0);
  write32(bytes, at + 12, header.src);
  write32(bytes, at + 16, header.dst);
  if (header.options) bytes.set(header.options, at + IPV4_MIN_BYTES);
  write16(bytes, at + 10, foldChecksum(sumWords(bytes, at, at + headerLength)));
}

export interface ParsedIpv4 {
  readonly ip: Ipv4Header;
  /** Offset after the header. */
  readonly next: number;
  readonly totalLength: number;
}

/** Does not compare the total length with what is there: a quote may be cut short. */
export function parseIpv4Header(bytes: Uint8Array, at: number): ParseResult<ParsedIpv4> {
  const available = bytes.length - at;
  if (available < IPV4_MIN_BYTES) {
    return malformed("ipv4", at, `${available} bytes, the header takes 20`);
  }
  const first = bytes[at] as number;
  if (first >> 4 !== 4) return malformed("ipv4", at, `version ${first >> 4}`);
  const headerLength = (first & 15) * 4;
  if (headerLength < IPV4_MIN_BYTES || headerLength > available) {
    return malformed("ipv4", at, `header length ${headerLength}`);
  }
  if (foldChecksum(sumWords(bytes, at, at + headerLength)) !== 0) {
    return malformed("ipv4", at, "wrong header checksum");
  }
  const totalLength = read16(bytes, at + 2);
  if (totalLength < headerLength) return malformed("ipv4", at, `total length ${totalLength}`);
  const flags = read16(bytes, at + 6);
  const ip: Ipv4Header = {
    tos: bytes[at + 1] as number,
    id: read16(bytes, at + 4),
    dontFragment: (flags & DONT_FRAGMENT) !== 0,
    moreFragments: (flags & MORE_FRAGMENTS) !== 0,
    fragmentOffset: (flags & 0x1fff) * 8,
    ttl: bytes[at + 8] as number,
    protocol: bytes[at + 9] as number,
    src: read32(bytes, at + 12) as Ipv4,
    dst: read32(bytes, at + 16) as Ipv4,
  };
  const next = at + headerLength;
  if (headerLength === IPV4_MIN_BYTES) return parsed({ ip, next, totalLength });
  const options = bytes.slice(at + IPV4_MIN_BYTES, next);
  return parsed({ ip: { ...ip, options }, next, totalLength });
}
