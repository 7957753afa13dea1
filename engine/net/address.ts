/** An IPv4 address as an unsigned 32-bit number. */
export type Ipv4 = number & { readonly __brand: "Ipv4" };

/** A 48-bit Ethernet address as a number (exact in a double). */
export type Mac = number & { readonly __brand: "Mac" };

/** An IPv4 address with a prefix length, 0 to 32. Host bits may be set. */
export interface Ipv4Prefix {
  readonly address: Ipv4;
  readonly length: number;
}

export const IPV4_ANY = 0 as Ipv4;
export const IPV4_BROADCAST = 0xffffffff as Ipv4;
export const IPV4_LOOPBACK = 0x7f000001 as Ipv4;
export const MAC_BROADCAST = 0xffffffffffff as Mac;
export const MAC_ZERO = 0 as Mac;

export function formatIpv4(address: Ipv4): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** Strict dotted-quad, as inet_pton(3) takes it: four decimal numbers 0 to 255. */
export function parseIpv4(text: string): Ipv4 | undefined {
  let value = 0;
  let dots = 0;
  let byte = -1;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT) {
      if (byte < 0 || dots === 3) return undefined;
      dots += 1;
      value = value * 256 + byte;
      byte = -1;
    } else {
      const digit = code - ZERO;
      // A leading zero might mean an octal number.
      if (digit < 0 || digit > 9 || byte === 0) return undefined;
      byte = byte < 0 ? digit : byte * 10 + digit;
      if (byte > 255) return undefined;
    }
  }
  return dots === 3 && byte >= 0 ? ((value * 256 + byte) as Ipv4) : undefined;
}

const DOT = 46;
const ZERO = 48;

/** `10.0.0.1/24`, or `10.0.0.1` meaning /32. */
export function parseIpv4Prefix(text: string): Ipv4Prefix | undefined {
  const slash = text.indexOf("/");
  const address = parseIpv4(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  if (slash < 0) return { address, length: 32 };
  const lengthText = text.slice(slash + 1);
  if (!/^\d{1,2}$/.test(lengthText) || Number(lengthText) > 32) return undefined;
  return { address, length: Number(lengthText) };
}

export function formatIpv4Prefix(prefix: Ipv4Prefix): string {
  return `${formatIpv4(prefix.address)}/${prefix.length}`;
}

/** The netmask of a prefix length, 0 to 32. */
export function netmask(length: number): Ipv4 {
  return (length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0) as Ipv4;
}

/** The prefix length of a netmask, or undefined when its ones are not contiguous. */
export function netmaskLength(mask: Ipv4): number | undefined {
  const length = Math.clz32(~mask >>> 0);
  return netmask(length) === mask ? length : undefined;
}

/** The address with its host bits cleared. */
export function networkOf(address: Ipv4, length: number): Ipv4 {
  return ((address & netmask(length)) >>> 0) as Ipv4;
}

/** The directed broadcast address of a prefix. */
export function broadcastOf(address: Ipv4, length: number): Ipv4 {
  return ((address | ~netmask(length)) >>> 0) as Ipv4;
}

export function prefixContains(prefix: Ipv4Prefix, address: Ipv4): boolean {
  return networkOf(address, prefix.length) === networkOf(prefix.address, prefix.length);
}

/** 224.0.0.0/4, RFC 5771. */
export function isMulticast(address: Ipv4): boolean {
  return address >>> 28 === 0xe;
}

/** 127.0.0.0/8, RFC 1122 §3.2.1.3. */
export function isLoopback(address: Ipv4): boolean {
  return address >>> 24 === 127;
}

export function formatMac(mac: Mac): string {
  const hex = mac.toString(16).padStart(12, "0");
  return hex.replace(/(..)(?=.)/g, "$1:");
}

/** Six hexadecimal bytes joined by `:`; one-digit bytes are allowed, as in `2:0:0:0:0:1`. */
export function parseMac(text: string): Mac | undefined {
  const parts = text.split(":");
  if (parts.length !== 6) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^[0-9a-fA-F]{1,2}$/.test(part)) return undefined;
    value = value * 256 + Number.parseInt(part, 16);
  }
  return value as Mac;
}

/** The group bit: broadcast and multicast addresses have it. IEEE 802-2014 §8.2. */
export function isGroupMac(mac: Mac): boolean {
  return Math.floor(mac / 0x100_0000_0000) % 2 === 1;
}

/** The address that an IPv4 multicast group maps to. RFC 1112 §6.4. */
export function multicastMac(group: Ipv4): Mac {
  return (0x01005e000000 + (group & 0x7fffff)) as Mac;
}
