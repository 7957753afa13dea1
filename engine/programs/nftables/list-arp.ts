/** Rules of arptables, as `nft list` prints them. */
import { formatMac, MAC_BROADCAST, type Mac } from "../../net/address.ts";
import type { ArpHeaderTest } from "../../kernel/netfilter/arptables/header-match.ts";
import type { MacTest } from "../../kernel/netfilter/ebtables/rule.ts";
import type { Rule } from "../../kernel/netfilter/xtables/rule.ts";
import { formatAddress } from "./address.ts";

interface NumberTest {
  readonly value: number;
  readonly negated: boolean;
}

const ETHERNET: NumberTest = { value: 1, negated: false };
const OPERATIONS: Readonly<Record<number, string>> = {
  1: "request",
  2: "reply",
  3: "rrequest",
  4: "rreply",
  8: "inrequest",
  9: "inreply",
  10: "nak",
};
const PROTOCOLS: Readonly<Record<number, string>> = {
  0x0800: "ip",
  0x0806: "arp",
  0x86dd: "ip6",
  0x8100: "8021q",
  0x88a8: "8021ad",
};

const not = ({ negated }: { readonly negated: boolean }): string => (negated ? "!= " : "");

function number(
  key: string,
  test: NumberTest | undefined,
  name: (value: number) => string,
): string[] {
  return test ? [`arp ${key} ${not(test)}${name(test.value)}`] : [];
}

const hexadecimal = (value: number): string => `0x${value.toString(16).padStart(4, "0")}`;

const operationName = (value: number): string => OPERATIONS[value] ?? String(value);

/** Undefined: the ones of the mask do not come first. */
function prefixLength(mask: Mac): number | undefined {
  const bits = mask.toString(2).padStart(48, "0");
  const length = bits.indexOf("0");
  return bits.includes("1", length) ? undefined : length;
}

function hardwareAddress(key: string, test: MacTest | undefined): string[] {
  if (!test) return [];
  const { address, mask, negated } = test;
  const text = formatMac(address);
  if (mask === MAC_BROADCAST) return [`arp ${key} ether ${not(test)}${text}`];
  const length = prefixLength(mask);
  if (length !== undefined) return [`arp ${key} ether ${not(test)}${text}/${length}`];
  return [`arp ${key} ether & ${formatMac(mask)} ${negated ? "!=" : "=="} ${text}`];
}

/** What the rule asks of the message. */
export function arpParts({ ip, matches }: Rule): string[] {
  const [use] = matches;
  const test = use?.config as ArpHeaderTest | undefined;
  const hardware = test?.hardware?.value === 0 ? undefined : (test?.hardware ?? ETHERNET);
  return [
    ...number("htype", hardware, String),
    ...number("ptype", test?.protocol, (value) => PROTOCOLS[value] ?? hexadecimal(value)),
    "arp hlen 6 arp plen 4",
    ...number("operation", test?.operation, operationName),
    ...hardwareAddress("saddr", test?.sourceMac),
    ...formatAddress("arp saddr ip", ip.source),
    ...hardwareAddress("daddr", test?.targetMac),
    ...formatAddress("arp daddr ip", ip.destination),
  ];
}

/** What it does with it: of the extensions, nft has words for one. */
export function arpTarget({ target }: Rule): string | undefined {
  if (target.kind !== "extension") return undefined;
  const { definition, config } = target;
  if (definition.name !== "CLASSIFY") return `xt target ${definition.name}`;
  return definition.list(config, undefined).replace(" --set-class", "meta priority set");
}
