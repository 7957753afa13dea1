import type { Ipv4 } from "../../net/address.ts";

/** Addresses are printed as the machine's own 32-bit words: little-endian. */
export function hexWord(address: Ipv4 | number): string {
  const swapped =
    ((address & 255) << 24) |
    ((address & 0xff00) << 8) |
    ((address >>> 8) & 0xff00) |
    (address >>> 24);
  return (swapped >>> 0).toString(16).toUpperCase().padStart(8, "0");
}
