/** Addresses of IPv6 as rules name them; no packet is ever compared with one. */
import { formatIpv6, type Ipv6 } from "../../../net/ipv6.ts";

const BYTES = 16;
const BITS = 128;

/** RFC 4291 §2.2, without a zone. */
export function parseIpv6(text: string): Ipv6 | undefined {
  const halves = text.split("::");
  if (halves.length > 2 || !/^[0-9a-fA-F:.]+$/.test(text)) return undefined;
  const [left, right] = halves.map(groupsOf);
  if (!left || (halves.length === 2 && !right)) return undefined;
  const missing = BYTES - left.length - (right?.length ?? 0);
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  return Uint8Array.from([...left, ...Array<number>(missing).fill(0), ...(right ?? [])]) as Ipv6;
}

/** The bytes of `fe80:1:10.0.0.1`; undefined: not well formed. */
function groupsOf(text: string): number[] | undefined {
  if (text === "") return [];
  const words = text.split(":");
  const bytes: number[] = [];
  for (const [index, word] of words.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(word)) {
      const value = Number.parseInt(word, 16);
      bytes.push(value >> 8, value & 255);
      continue;
    }
    const parts = word.split(".").map(Number);
    const isLast = index === words.length - 1;
    if (!isLast || parts.length !== 4 || !parts.every((part) => part >= 0 && part < 256)) {
      return undefined;
    }
    bytes.push(...parts);
  }
  return bytes;
}

const maskOf = (length: number): Ipv6 =>
  Uint8Array.from({ length: BYTES }, (_, index) => {
    const bits = Math.min(8, Math.max(0, length - index * 8));
    return (0xff << (8 - bits)) & 0xff;
  }) as Ipv6;

/** Undefined: the mask has holes. */
function lengthOf(mask: Ipv6): number | undefined {
  const bits = Array.from(mask, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return /^1*0*$/.test(bits) ? bits.replace(/0*$/, "").length : undefined;
}

export interface Prefix6 {
  /** The network, without the mask. */
  readonly address: string;
  /** `64`, or a mask with holes. */
  readonly mask: string;
}

/** `undefined`: no such address; `mask`: no such mask. */
export function parsePrefix6(text: string): Prefix6 | undefined | "mask" {
  const slash = text.indexOf("/");
  const address = parseIpv6(slash < 0 ? text : text.slice(0, slash));
  if (!address) return undefined;
  const maskText = slash < 0 ? String(BITS) : text.slice(slash + 1);
  const isLength = /^\d+$/.test(maskText) && Number(maskText) <= BITS;
  const mask = isLength ? maskOf(Number(maskText)) : parseIpv6(maskText);
  if (!mask) return "mask";
  const network = address.map((byte, index) => byte & (mask[index] as number)) as Ipv6;
  return { address: formatIpv6(network), mask: String(lengthOf(mask) ?? formatIpv6(mask)) };
}
