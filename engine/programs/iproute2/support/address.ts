/** Addresses as iproute2 reads them: shortened, hexadecimal or octal parts, `default`, netmasks. */
import type { Ipv4, Ipv4Prefix, Mac } from "../../../net/address.ts";
import { netmaskLength } from "../../../net/address.ts";
import { Exit, notModelled, parseUnsigned } from "./args.ts";

export type Family = "any" | "inet" | "inet6" | "link" | "mpls" | "bridge";

/** `10.1` is 10.1.0.0; each part may be decimal, 0x or 0 octal. */
function parseLoose(text: string): Ipv4 | undefined {
  const parts = text.split(".");
  if (parts.length > 4) return undefined;
  let value = 0;
  for (let index = 0; index < 4; index++) {
    const part = parts[index];
    const byte = part === undefined ? 0 : parseUnsigned(part, 255);
    if (byte === undefined) return undefined;
    value = value * 256 + byte;
  }
  return value as Ipv4;
}

/** Looks like an IPv6 address, valid or not. */
function isIpv6(text: string): boolean {
  return /^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(\/\d+)?$/.test(text) && text.split(":").length > 2;
}

function expected(kind: "address" | "prefix", family: Family, text: string): Exit {
  const name = family === "any" ? "any valid" : family;
  return new Exit(1, `Error: ${name} ${kind} is expected rather than "${text}".\n`);
}

/** get_addr: `any`, `all`, `default` are 0.0.0.0. */
export function parseAddress(program: string, text: string, family: Family): Ipv4 {
  if (text === "default" || text === "all" || text === "any") return 0 as Ipv4;
  if (isIpv6(text) && family !== "inet") throw notModelled(program, "IPv6 configuration");
  const address = family === "inet6" ? undefined : parseLoose(text);
  if (address === undefined) throw expected("address", family, text);
  return address;
}

export interface ParsedPrefix extends Ipv4Prefix {
  /** A length was written. */
  readonly explicit: boolean;
  /** `default`, `any` or `all`. */
  readonly any: boolean;
  /** `any` or `all`: no filter at all, where `default` is the prefix 0.0.0.0/0. */
  readonly everything: boolean;
}

/** get_prefix: an address, `/length` or `/netmask`. */
export function parsePrefix(program: string, text: string, family: Family): ParsedPrefix {
  if (text === "default" || text === "all" || text === "any") {
    const everything = text !== "default";
    return { address: 0 as Ipv4, length: 0, explicit: false, any: true, everything };
  }
  if (isIpv6(text) && family !== "inet") throw notModelled(program, "IPv6 configuration");
  const slash = text.indexOf("/");
  const address =
    family === "inet6" ? undefined : parseLoose(slash < 0 ? text : text.slice(0, slash));
  const length = slash < 0 ? 32 : parseLength(text.slice(slash + 1));
  if (address === undefined || length === undefined) throw expected("prefix", family, text);
  return { address, length, explicit: slash >= 0, any: false, everything: false };
}

function parseLength(text: string): number | undefined {
  const number = parseUnsigned(text, 32);
  if (number !== undefined) return number;
  const mask = text.includes(".") ? parseLoose(text) : undefined;
  return mask === undefined ? undefined : netmaskLength(mask);
}

/** ll_addr_a2n: bytes joined by `:`; also the dotted form of an IPv4 tunnel's address. */
export function parseLinkAddress(text: string): { readonly mac: Mac; readonly bytes: number } {
  // An IPv4 address is a hardware address of four bytes: a tunnel's.
  if (text.includes("."))
    return { mac: parseAddress("ip", text, "inet") as number as Mac, bytes: 4 };
  const parts = text.split(":");
  let value = 0;
  for (const part of parts) {
    if (!/^[0-9a-fA-F]{1,2}$/.test(part)) throw new Exit(1, `"${part}" is invalid lladdr.\n`);
    value = value * 256 + Number.parseInt(part, 16);
  }
  return { mac: value as Mac, bytes: parts.length };
}
