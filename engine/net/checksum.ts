/** The Internet checksum, RFC 1071: the ones' complement of the ones' complement sum of words. */
import type { Ipv4 } from "./address.ts";

/** Adds `bytes[from..to)` to a running sum; an odd last byte is padded with zero. */
export function sumWords(bytes: Uint8Array, from: number, to: number, sum = 0): number {
  let total = sum;
  const even = to - ((to - from) & 1);
  for (let i = from; i < even; i += 2) {
    total += ((bytes[i] as number) << 8) | (bytes[i + 1] as number);
  }
  if (even < to) total += (bytes[even] as number) << 8;
  return total;
}

/** The 16-bit checksum of a sum. */
export function foldChecksum(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000);
  return ~folded & 0xffff;
}

/** The sum of the pseudo-header in front of UDP and TCP. RFC 768, RFC 9293 §3.1. */
export function pseudoHeaderSum(src: Ipv4, dst: Ipv4, protocol: number, length: number): number {
  return (src >>> 16) + (src & 0xffff) + (dst >>> 16) + (dst & 0xffff) + protocol + length;
}
