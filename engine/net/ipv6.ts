/** As much of IPv6 as it takes to show a device's own addresses. */
import type { Mac } from "./address.ts";

/** 16 bytes, in network order. */
export type Ipv6 = Uint8Array & { readonly __brand: "Ipv6" };

export const IPV6_LOOPBACK = Uint8Array.from([...Array<number>(15).fill(0), 1]) as Ipv6;

/** fe80::/64 with the modified EUI-64 of the hardware address, RFC 4291 §2.5.1. */
export function linkLocalAddress(mac: Mac): Ipv6 {
  const bytes = new Uint8Array(16);
  bytes[0] = 0xfe;
  bytes[1] = 0x80;
  const hex = mac.toString(16).padStart(12, "0");
  const octets = Array.from({ length: 6 }, (_, i) =>
    Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16),
  );
  const [first = 0, second = 0, third = 0, ...rest] = octets;
  bytes.set([first ^ 2, second, third, 0xff, 0xfe, ...rest], 8);
  return bytes as Ipv6;
}

/** The canonical text, RFC 5952: the longest run of zero groups becomes `::`. */
export function formatIpv6(address: Ipv6): string {
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((address[2 * i] ?? 0) << 8) | (address[2 * i + 1] ?? 0)).toString(16),
  );
  let start = -1;
  let length = 1;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (groups[end] === "0") end += 1;
    if (end - i > length) {
      start = i;
      length = end - i;
    }
  }
  if (start < 0) return groups.join(":");
  return `${groups.slice(0, start).join(":")}::${groups.slice(start + length).join(":")}`;
}
