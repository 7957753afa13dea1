/** Names and addresses that a lab file need not write because they follow from the rest. */
import { formatMac, parseMac, type Mac } from "../../net/address.ts";
import { encodeUtf8 } from "../../sim/utf8.ts";
import type { NodeKind } from "../../session.ts";
import type { LinkFile } from "./schema.ts";

export { DEFAULT_IMAGE } from "../../images/index.ts";
export const DEFAULT_SEED = 1;
export const DEFAULT_MTU = 1500;

/** The bridge that makes a switch a switch. */
export const SWITCH_BRIDGE = "br0";

/** The network cards that a node has when nothing else is said. */
function usualInterfaces(kind: NodeKind): readonly string[] {
  switch (kind) {
    case "host":
      return ["eth0"];
    case "router":
      return ["eth0", "eth1"];
    case "switch":
      return [];
  }
}

/** Whether a kind of device uses ARP and takes multicast when nothing else is said. */
export function usualFlags(kind: LinkFile["kind"] | undefined): {
  readonly arp: boolean;
  readonly multicast: boolean;
} {
  const speaks = kind !== "dummy" && kind !== "ipip";
  return { arp: speaks, multicast: speaks };
}

/** Settings that a kind of node has when nothing else is said: routers forward. */
export function usualSysctls(kind: NodeKind): Readonly<Record<string, number>> {
  return { "net.ipv4.ip_forward": kind === "router" ? 1 : 0 };
}

/** `eth2` of a host or router, `p3` of a switch: its number, or undefined for another name. */
export function cardNumber(kind: NodeKind, name: string): number | undefined {
  const match = (kind === "switch" ? /^p([1-9]\d{0,3})$/ : /^eth(0|[1-9]\d{0,3})$/).exec(name);
  return match ? Number(match[1]) : undefined;
}

/** The first card name in the kind's own style that is not taken. */
export function nextCardName(kind: NodeKind, taken: (name: string) => boolean): string {
  const prefix = kind === "switch" ? "p" : "eth";
  for (let number = kind === "switch" ? 1 : 0; ; number++) {
    if (!taken(`${prefix}${number}`)) return `${prefix}${number}`;
  }
}

/** The cards of a node whose file lists none: the usual ones and those that cables name. */
export function impliedInterfaces(kind: NodeKind, cabled: Iterable<string>): readonly string[] {
  const names = new Set(usualInterfaces(kind));
  for (const name of cabled) {
    if (cardNumber(kind, name) !== undefined) names.add(name);
  }
  return [...names].sort((a, b) => (cardNumber(kind, a) ?? 0) - (cardNumber(kind, b) ?? 0));
}

/**
 * The MAC of a node's card, or of a switch's bridge, which is number 0: `02:00:`, the low 24
 * bits of FNV-1a-32 of the node's name, the number. The oracle's machines have the same.
 */
export function defaultMac(node: string, number: number): Mac {
  let hash = 0x811c9dc5;
  for (const byte of encodeUtf8(node)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (0x0200 * 2 ** 32 + (hash & 0xffffff) * 256 + (number & 255)) as Mac;
}

/** The number that goes into a card's MAC, from its place among the node's cards. */
export function cardMacNumber(kind: NodeKind, position: number): number {
  return kind === "switch" ? position + 1 : position;
}

/** The same address written in one way; undefined when it is not one. */
export function canonicalMac(text: string): string | undefined {
  const mac = parseMac(text);
  return mac === undefined ? undefined : formatMac(mac);
}
