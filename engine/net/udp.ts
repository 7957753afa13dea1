/** The UDP header, RFC 768. */
import { read16, write16 } from "./bytes.ts";
import type { UdpHeader } from "./packet.ts";
import { malformed, parsed, type ParseResult } from "./parse-result.ts";

export const UDP_BYTES = 8;

/** Leaves the checksum field zero. */
export function writeUdp(bytes: Uint8Array, at: number, header: UdpHeader, length: number): void {
  write16(bytes, at, header.srcPort);
  write16(bytes, at + 2, header.dstPort);
  write16(bytes, at + 4, length);
  write16(bytes, at + 6, 0);
}

/** The raw fields; whether length and checksum are right is the caller's question. */
export interface ParsedUdp {
  readonly srcPort: number;
  readonly dstPort: number;
  readonly length: number;
  readonly checksum: number;
}

export function parseUdp(bytes: Uint8Array, at: number, end: number): ParseResult<ParsedUdp> {
  if (end - at < UDP_BYTES) return malformed("udp", at, `${end - at} bytes, the header takes 8`);
  const length = read16(bytes, at + 4);
  if (length < UDP_BYTES) return malformed("udp", at, `length ${length}`);
  return parsed({
    srcPort: read16(bytes, at),
    dstPort: read16(bytes, at + 2),
    length,
    checksum: read16(bytes, at + 6),
  });
}
