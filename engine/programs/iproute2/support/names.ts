/** Numbers and their names, as /etc/iproute2/rt_* on Debian 12 has them. */
import type { RouteScope } from "../../../kernel/rtnetlink/messages.ts";
import { parseUnsigned } from "./args.ts";

/** In the order of the lines of the file, as the other tables. */
export const TABLES: readonly (readonly [number, string])[] = [
  [255, "local"],
  [254, "main"],
  [253, "default"],
  [0, "unspec"],
];

export function tableName(table: number, numeric = false): string {
  const known = numeric ? undefined : TABLES.find(([number]) => number === table);
  return known?.[1] ?? String(table);
}

export function parseTable(word: string): number | undefined {
  return TABLES.find(([, name]) => name === word)?.[0] ?? parseUnsigned(word);
}

/** RTPROT_* */
export const PROTOCOLS: readonly (readonly [number, string])[] = [
  [0, "unspec"],
  [1, "redirect"],
  [2, "kernel"],
  [3, "boot"],
  [4, "static"],
  [8, "gated"],
  [9, "ra"],
  [10, "mrt"],
  [11, "zebra"],
  [12, "bird"],
  [13, "dnrouted"],
  [14, "xorp"],
  [15, "ntk"],
  [16, "dhcp"],
  [18, "keepalived"],
  [42, "babel"],
  [99, "openr"],
  [186, "bgp"],
  [187, "isis"],
  [188, "ospf"],
  [189, "rip"],
  [192, "eigrp"],
];

/** The name that the kernel model keeps: a known name, or the number. */
export function parseProtocol(word: string): string | undefined {
  if (PROTOCOLS.some(([, name]) => name === word)) return word;
  const number = parseUnsigned(word, 255);
  if (number === undefined) return undefined;
  return PROTOCOLS.find(([known]) => known === number)?.[1] ?? String(number);
}

export function protocolText(protocol: string, numeric: boolean): string {
  if (!numeric) return protocol;
  return String(PROTOCOLS.find(([, name]) => name === protocol)?.[0] ?? protocol);
}

export const SCOPES: readonly (readonly [number, RouteScope])[] = [
  [0, "global"],
  [255, "nowhere"],
  [254, "host"],
  [253, "link"],
  [200, "site"],
];

/** A scope's name; a number without one is not modelled and answers undefined as well. */
export function parseScope(word: string): RouteScope | undefined {
  const number = parseUnsigned(word, 255);
  return SCOPES.find(([value, name]) => name === word || value === number)?.[1];
}

export function scopeText(scope: RouteScope, numeric: boolean): string {
  if (!numeric) return scope;
  return String(SCOPES.find(([, name]) => name === scope)?.[0]);
}

/** /etc/iproute2/group has one line. */
export function groupName(group: number, numeric = false): string {
  return group === 0 && !numeric ? "default" : String(group);
}

export function parseGroup(word: string): number | undefined {
  return word === "default" ? 0 : parseUnsigned(word, 0x7fffffff);
}

/** /etc/iproute2/rt_dsfield */
const DSFIELD: Readonly<Record<string, number>> = {
  default: 0,
  AF11: 0x28,
  AF12: 0x30,
  AF13: 0x38,
  AF21: 0x48,
  AF22: 0x50,
  AF23: 0x58,
  AF31: 0x68,
  AF32: 0x70,
  AF33: 0x78,
  AF41: 0x88,
  AF42: 0x90,
  AF43: 0x98,
  CS1: 0x20,
  CS2: 0x40,
  CS3: 0x60,
  CS4: 0x80,
  CS5: 0xa0,
  CS6: 0xc0,
  CS7: 0xe0,
  EF: 0xb8,
};

/** A name, or one byte in hexadecimal with or without 0x. */
export function parseTos(word: string): number | undefined {
  if (Object.hasOwn(DSFIELD, word)) return DSFIELD[word];
  if (!/^(0[xX])?[0-9a-fA-F]+$/.test(word)) return undefined;
  const value = Number.parseInt(word.replace(/^0[xX]/, ""), 16);
  return value <= 255 ? value : undefined;
}

export function tosText(tos: number, numeric = false): string {
  const known = numeric ? undefined : Object.entries(DSFIELD).find(([, value]) => value === tos);
  return known?.[0] ?? `0x${tos.toString(16).padStart(2, "0")}`;
}
