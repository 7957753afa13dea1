/** What a rule of arptables can ask of an ARP message. Linux include/uapi/linux/netfilter_arp/arp_tables.h, struct arpt_arp. */
import { formatMac, MAC_BROADCAST, type Mac } from "../../../net/address.ts";
import { ETHERTYPE_IPV4 } from "../../../net/packet.ts";
import { passesMac } from "../ebtables/frame-tables.ts";
import { parseMacTest } from "../ebtables/mac-test.ts";
import type { MacTest } from "../ebtables/rule.ts";
import { defineMatch, UsageError, type Names, type TypedOption } from "../xtables/extension.ts";
import { not, parseUnsigned } from "../xtables/options.ts";
import { ARP_OPERATIONS, operationByName } from "./operations.ts";

interface NumberTest {
  readonly value: number;
  readonly negated: boolean;
}

export interface ArpHeaderTest {
  readonly sourceMac: MacTest | undefined;
  readonly targetMac: MacTest | undefined;
  /** Undefined, here and below: it was not asked for. */
  readonly operation: NumberTest | undefined;
  readonly hardware: NumberTest | undefined;
  readonly protocol: NumberTest | undefined;
}

const ETHERNET = 1;
const ETHERNET_ADDRESS_BYTES = 6;

function requireNumber(
  { value: text, negated }: TypedOption,
  what: string,
  byName: (name: string) => number | undefined,
  base: (digits: string) => string = (digits) => digits,
): NumberTest {
  const [digits = "", mask = "0"] = text.split("/");
  const value = byName(text) ?? parseUnsigned(base(digits), 65535);
  if (value !== undefined && parseUnsigned(mask, 65535) !== undefined) return { value, negated };
  throw new UsageError(`Problem with specified ${what}`);
}

const hexadecimal = (digits: string): string => (/^0x/i.test(digits) ? digits : `0x${digits}`);

/** strtoul(3) with base 10. */
const decimal = (digits: string): string =>
  /^\s*\d+$/.test(digits) ? digits.trim().replace(/^0+(?=\d)/, "") : "";

function requireMac({ value, negated }: TypedOption, what: string): MacTest {
  const test = parseMacTest(value, negated);
  if (test) return test;
  throw new UsageError(`Problem with specified ${what} mac`);
}

function checkLength({ value }: TypedOption): void {
  const length = parseUnsigned(value.split("/")[0] ?? "", 255);
  if (length === undefined || length === ETHERNET_ADDRESS_BYTES) return;
  throw new UsageError("Only harware address length of 6 is supported currently.");
}

/** Zero is not asked for. */
const asked = (test: NumberTest | undefined): NumberTest | undefined =>
  test && test.value !== 0 ? test : undefined;

const OPTIONS = [
  "source-mac",
  "destination-mac",
  "h-length",
  "opcode",
  "h-type",
  "proto-type",
] as const;

/** As which the real one counts them: getopt's values of options without a letter. */
const OPTION_LETTERS: Readonly<Record<(typeof OPTIONS)[number], string>> = {
  "source-mac": "\x02",
  "destination-mac": "\x03",
  "h-length": "l",
  opcode: "\x04",
  "h-type": "\x05",
  "proto-type": "\x06",
};

/** The mask is of whole bytes from the first on: nf_tables compares fewer bytes, and arptables overlooks it. */
const isPrefix = ({ mask }: MacTest): boolean =>
  mask !== MAC_BROADCAST && /^(ff:)+(00:)*00$/.test(formatMac(mask));

function saveMac(test: MacTest | undefined, option: string): string {
  if (!test || isPrefix(test)) return "";
  const mask = test.mask === MAC_BROADCAST ? "" : `/${formatMac(test.mask)}`;
  return `${not(test.negated)} --${option} ${formatMac(test.address)}${mask}`;
}

/** `source`, `target`: the tests of the IP addresses, which stand among these. */
export function formatArpHeader(
  test: ArpHeaderTest,
  names: Names | undefined,
  source = "",
  target = "",
): string {
  const { operation, hardware, protocol } = test;
  let text = source + saveMac(test.sourceMac, "src-mac");
  text += target + saveMac(test.targetMac, "dst-mac");
  if (operation) {
    const name = names && ARP_OPERATIONS[operation.value - 1];
    text += `${not(operation.negated)} --opcode ${name ?? operation.value}`;
  }
  if (hardware && hardware.value !== ETHERNET) {
    const mask = hardware.value === 0 ? "/0" : "";
    text += `${not(hardware.negated)} --h-type ${hardware.value}${mask}`;
  }
  if (!protocol) return text;
  const isIpv4 = names && protocol.value === ETHERTYPE_IPV4;
  const type = isIpv4 ? "IPv4" : `0x${protocol.value.toString(16)}`;
  return `${text}${not(protocol.negated)} --proto-type ${type}`;
}

const passesNumber = (test: NumberTest | undefined, actual: number): boolean =>
  !test || (actual === test.value) !== test.negated;

const passesAddress = (test: MacTest | undefined, actual: Mac): boolean =>
  !test || passesMac(test, actual);

export const arpHeader = defineMatch<ArpHeaderTest>({
  name: "arp",
  docs: { summary: "fields of an ARP message", examples: ["--opcode 1"] },
  options: Object.fromEntries(OPTIONS.map((name) => [name, "argument" as const])),
  aliases: { "src-mac": "source-mac", "dst-mac": "destination-mac" },
  negatable: OPTIONS,
  repeatable: OPTIONS,
  parse(options) {
    const again = options.find(({ name }, at) => options.findIndex((o) => o.name === name) < at);
    if (again) {
      const letter = OPTION_LETTERS[again.name as (typeof OPTIONS)[number]];
      throw new UsageError(`multiple -${letter} flags not allowed`);
    }
    const find = <T>(name: string, read: (option: TypedOption) => T): T | undefined => {
      const option = options.find((one) => one.name === name);
      return option && read(option);
    };
    find("h-length", checkLength);
    return {
      sourceMac: find("source-mac", (option) => requireMac(option, "source")),
      targetMac: find("destination-mac", (option) => requireMac(option, "destination")),
      operation: asked(
        find("opcode", (option) => requireNumber(option, "opcode", operationByName, decimal)),
      ),
      hardware: find("h-type", (option) =>
        requireNumber(option, "hardware type", ethernetByName, hexadecimal),
      ),
      protocol: asked(
        find("proto-type", (option) => requireNumber(option, "protocol type", ipv4ByName)),
      ),
    };
  },
  save: (test) => formatArpHeader(test, undefined),
  list: (test, names) => formatArpHeader(test, names),
  evaluate({ sourceMac, targetMac, operation, hardware, protocol }, { packet: { arp } }) {
    if (!arp) return false;
    if (!passesNumber(operation, arp.operation)) return false;
    if (
      (hardware?.value !== 0 && !passesNumber(hardware, ETHERNET)) ||
      !passesNumber(protocol, ETHERTYPE_IPV4)
    )
      return false;
    return passesAddress(sourceMac, arp.senderMac) && passesAddress(targetMac, arp.targetMac);
  },
});

function ethernetByName(text: string): number | undefined {
  return text.toLowerCase() === "ethernet" ? ETHERNET : undefined;
}

function ipv4ByName(text: string): number | undefined {
  return text.toLowerCase() === "ipv4" ? ETHERTYPE_IPV4 : undefined;
}
