/** Devices and their aliases, as SIOCGIFCONF and /proc/net/dev list them. */
import type { Sys } from "../../../kernel/process/sys.ts";
import type {
  Address6Message,
  AddressMessage,
  LinkFlags,
  LinkMessage,
} from "../../../kernel/rtnetlink/messages.ts";

export interface Interface {
  /** The device's name, or an alias such as `eth0:1`. */
  readonly name: string;
  readonly link: LinkMessage;
  readonly address: AddressMessage | undefined;
  /** A device's only. */
  readonly addresses6: readonly Address6Message[];
  readonly isAlias: boolean;
}

/** Names in the order of nstrcmp: numbers within them count as numbers. */
function compareNames(a: string, b: string): number {
  const pieces = (name: string): string[] => name.match(/\d+|\D+/g) ?? [];
  const [left, right] = [pieces(a), pieces(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const x = left[index];
    const y = right[index];
    if (x === undefined || y === undefined) return x === undefined ? -1 : 1;
    if (x === y) continue;
    if (/^\d/.test(x) && /^\d/.test(y)) return Number(x) - Number(y);
    return x < y ? -1 : 1;
  }
  return 0;
}

function ownAddresses6(sys: Sys, link: LinkMessage): readonly Address6Message[] {
  return sys.rtnetlink.addresses6().filter((item) => item.ifindex === link.ifindex);
}

export function listInterfaces(sys: Sys): readonly Interface[] {
  const addresses = sys.rtnetlink.addresses();
  const found: Interface[] = [];
  for (const link of sys.rtnetlink.links()) {
    const own = addresses.filter((item) => item.ifindex === link.ifindex);
    const main = own.find((item) => item.label === link.name);
    const addresses6 = ownAddresses6(sys, link);
    found.push({ name: link.name, link, address: main, addresses6, isAlias: false });
    const aliases = new Set<string>();
    for (const item of own) {
      if (!item.label.includes(":") || aliases.has(item.label)) continue;
      aliases.add(item.label);
      found.push({ name: item.label, link, address: item, addresses6: [], isAlias: true });
    }
  }
  return found.sort((a, b) => compareNames(a.name, b.name));
}

/** A device or alias by name; an alias without an address is its device without one. */
export function findInterface(sys: Sys, name: string): Interface | undefined {
  const device = name.split(":")[0] ?? name;
  const link = sys.rtnetlink.link(device);
  if (!link || link.name !== device) return undefined;
  const address = sys.rtnetlink
    .addresses()
    .find((item) => item.ifindex === link.ifindex && item.label === name);
  const isAlias = name.includes(":");
  return { name, link, address, addresses6: isAlias ? [] : ownAddresses6(sys, link), isAlias };
}

/** IFF_* of net/if.h, in the order in which ifconfig names them. */
const FLAGS: readonly (readonly [keyof LinkFlags, number, string])[] = [
  ["up", 0x1, "UP"],
  ["broadcast", 0x2, "BROADCAST"],
  ["loopback", 0x8, "LOOPBACK"],
  ["pointToPoint", 0x10, "POINTOPOINT"],
  ["running", 0x40, "RUNNING"],
  ["noArp", 0x80, "NOARP"],
  ["promiscuous", 0x100, "PROMISC"],
  ["allMulticast", 0x200, "ALLMULTI"],
  ["multicast", 0x1000, "MULTICAST"],
];

export function flagNumber(flags: LinkFlags): number {
  return FLAGS.reduce((sum, [key, bit]) => sum | (flags[key] ? bit : 0), 0);
}

export function flagNames(flags: LinkFlags): readonly string[] {
  return FLAGS.filter(([key]) => flags[key]).map(([, , name]) => name);
}

const LETTERS: readonly (readonly [keyof LinkFlags, string])[] = [
  ["allMulticast", "A"],
  ["broadcast", "B"],
  ["loopback", "L"],
  ["multicast", "M"],
  ["promiscuous", "P"],
  ["noArp", "O"],
  ["pointToPoint", "P"],
  ["running", "R"],
  ["up", "U"],
];

/** The last column of `netstat -i`. */
export function flagLetters(flags: LinkFlags): string {
  const letters = LETTERS.filter(([key]) => flags[key]).map(([, letter]) => letter);
  return letters.length === 0 ? "[NO FLAGS]" : letters.join("");
}

/** `238.0 B`, `24.5 MiB`: one decimal, cut off. */
export function humanBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
  let unit = 0;
  let scale = 1;
  while (bytes / scale >= 1024 && unit < units.length - 1) {
    scale *= 1024;
    unit += 1;
  }
  const tenths = Math.floor((bytes * 10) / scale);
  return `${Math.floor(tenths / 10)}.${tenths % 10} ${units[unit]}`;
}
