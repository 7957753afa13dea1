/** Addresses with masks, and the groups of them that have names. */
import { formatMac, parseMac, type Mac } from "../../../net/address.ts";
import type { MacTest } from "./rule.ts";

const ALL = 0xffffffffffff as Mac;
const GROUP_BIT = 0x010000000000 as Mac;

const NAMED: readonly (readonly [name: string, address: Mac, mask: Mac])[] = [
  ["Unicast", 0 as Mac, GROUP_BIT],
  ["Multicast", GROUP_BIT, GROUP_BIT],
  ["Broadcast", ALL, ALL],
  ["BGA", 0x0180c2000000 as Mac, ALL],
];

/** `02:00:00:00:00:01/ff:ff:ff:00:00:00`, `Broadcast` */
export function parseMacTest(text: string, negated: boolean): MacTest | undefined {
  const named = NAMED.find(([name]) => name.toLowerCase() === text.toLowerCase());
  if (named) return { address: named[1], mask: named[2], negated };
  const [addressText = "", maskText] = text.split("/");
  const address = parseMac(addressText);
  const mask = maskText === undefined ? ALL : parseMac(maskText);
  if (address === undefined || mask === undefined) return undefined;
  return { address: Number(BigInt(address) & BigInt(mask)) as Mac, mask, negated };
}

export function formatMacTest({ address, mask }: MacTest): string {
  const named = NAMED.find(([, own, ownMask]) => own === address && ownMask === mask);
  if (named) return named[0];
  return mask === ALL ? formatMac(address) : `${formatMac(address)}/${formatMac(mask)}`;
}
