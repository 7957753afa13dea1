/** The ICMP header, RFC 792. */
import { read32, write16, write32 } from "./bytes.ts";
import {
  ICMP_DEST_UNREACHABLE,
  ICMP_PARAMETER_PROBLEM,
  ICMP_REDIRECT,
  ICMP_TIME_EXCEEDED,
  type IcmpHeader,
} from "./packet.ts";
import { malformed, parsed, type ParseResult } from "./parse-result.ts";

export const ICMP_BYTES = 8;

const ICMP_SOURCE_QUENCH = 4;

/**
 * How much of a packet an error quotes at most: an error is at most 576 bytes long, RFC 1812
 * §4.3.2.3; icmp_send() in Linux net/ipv4/icmp.c.
 */
export const ICMP_QUOTE_BYTES = 576 - 20 - ICMP_BYTES;

/** The messages that quote the packet they complain about. */
export function isIcmpError(type: number): boolean {
  return (
    type === ICMP_DEST_UNREACHABLE ||
    type === ICMP_SOURCE_QUENCH ||
    type === ICMP_REDIRECT ||
    type === ICMP_TIME_EXCEEDED ||
    type === ICMP_PARAMETER_PROBLEM
  );
}

/** Leaves the checksum field zero. */
export function writeIcmp(bytes: Uint8Array, at: number, header: IcmpHeader): void {
  bytes[at] = header.type;
  bytes[at + 1] = header.code;
  write16(bytes, at + 2, 0);
  write32(bytes, at + 4, header.rest);
}

export function parseIcmp(bytes: Uint8Array, at: number, end: number): ParseResult<IcmpHeader> {
  if (end - at < ICMP_BYTES) return malformed("icmp", at, `${end - at} bytes, the header takes 8`);
  return parsed({
    kind: "icmp",
    type: bytes[at] as number,
    code: bytes[at + 1] as number,
    rest: read32(bytes, at + 4),
  });
}
