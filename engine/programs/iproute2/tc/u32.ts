/** `match …` of the classifier u32: words of the header and what they must be. */
import { parseIpv4 } from "../../../net/address.ts";
import { parseUnsigned, type Args } from "../support/args.ts";
import { illegal, refused } from "./kind.ts";

export interface U32Key {
  readonly value: number;
  readonly mask: number;
  /** Bytes from the start of the network header; a multiple of 4. */
  readonly offset: number;
}

const IP_SOURCE = 12;
const IP_DESTINATION = 16;
/** Of an IP header without options. */
const TRANSPORT = 20;

/** Fields of one or two bytes in the IP header: where they are and how many bits they have. */
const IP_FIELDS: Readonly<Record<string, readonly [offset: number, bits: number]>> = {
  tos: [1, 8],
  dsfield: [1, 8],
  precedence: [1, 8],
  ihl: [0, 8],
  protocol: [9, 8],
  dport: [TRANSPORT + 2, 16],
  sport: [TRANSPORT, 16],
  icmp_type: [TRANSPORT, 8],
  icmp_code: [TRANSPORT + 1, 8],
};

/** `ip dst 10.0.0.0/8`, `ip dport 80 0xffff`, `u32 0x0a000001 0xffffffff at 12`. */
export function parseU32Match(args: Args): U32Key {
  const layer = args.value();
  if (layer === "ip") return parseIp(args);
  const bits = { u32: 32, u16: 16, u8: 8 }[layer];
  if (bits !== undefined) return parseWord(args, bits);
  if (["tcp", "udp", "icmp", "ip6", "mark", "ether"].includes(layer)) {
    throw refused(`'match ${layer}'`);
  }
  throw illegal("match");
}

function parseIp(args: Args): U32Key {
  const field = args.value();
  if (field === "src" || field === "dst") {
    return { ...parsePrefix(args.value()), offset: field === "src" ? IP_SOURCE : IP_DESTINATION };
  }
  if (["nofrag", "firstfrag", "df", "mf"].includes(field)) throw refused(`'match ip ${field}'`);
  const place = Object.hasOwn(IP_FIELDS, field) ? IP_FIELDS[field] : undefined;
  if (!place) throw illegal("match");
  const [offset, bits] = place;
  return pack(number(args.value()), number(args.value()), offset, bits);
}

function parseWord(args: Args, bits: number): U32Key {
  const value = number(args.value());
  const mask = number(args.value());
  let offset = 0;
  if (args.peek === "at") {
    args.take();
    const text = args.value();
    if (text.startsWith("nexthdr")) throw refused("'at nexthdr'");
    offset = number(text);
  }
  if (offset % (bits / 8) !== 0) throw illegal("match");
  return pack(value, mask, offset, bits);
}

function parsePrefix(text: string): Pick<U32Key, "value" | "mask"> {
  if (text === "any" || text === "default") return { value: 0, mask: 0 };
  const [address = "", length = "32"] = text.split("/");
  const value = parseIpv4(address);
  const bits = parseUnsigned(length, 32);
  if (value === undefined || bits === undefined) throw illegal("match");
  const mask = bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
  return { value: (value & mask) >>> 0, mask };
}

/** A smaller field in its word. */
function pack(value: number, mask: number, offset: number, bits: number): U32Key {
  const word = offset - (offset % 4);
  const shift = 32 - bits - (offset % 4) * 8;
  const limit = bits === 32 ? 0xffffffff : 2 ** bits - 1;
  if (value > limit || mask > limit) throw illegal("match");
  return {
    value: ((value & mask) << shift) >>> 0,
    mask: (mask << shift) >>> 0,
    offset: word,
  };
}

function number(text: string): number {
  const value = parseUnsigned(text);
  if (value === undefined) throw illegal("match");
  return value;
}
