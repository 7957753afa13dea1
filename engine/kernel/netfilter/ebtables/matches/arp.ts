/** What is in an ARP packet. Linux net/bridge/netfilter/ebt_arp.c. */
import { ETHERTYPE_ARP, ETHERTYPE_IPV4 } from "../../../../net/packet.ts";
import { ARP_OPERATIONS, operationByName } from "../../arptables/operations.ts";
import { UsageError } from "../../xtables/extension.ts";
import { parseUnsigned } from "../../xtables/options.ts";
import { passesMac } from "../frame-tables.ts";
import { formatMacTest, parseMacTest } from "../mac-test.ts";
import { defineFrameMatch, type MacTest } from "../rule.ts";
import { bang, formatFrameAddress, parseFrameAddress, passesAddress } from "./ip.ts";
import type { FrameAddressTest } from "./ip.ts";

interface NumberTest {
  readonly value: number;
  readonly negated: boolean;
}

interface ArpTest {
  readonly operation: NumberTest | undefined;
  readonly hardware: NumberTest | undefined;
  readonly protocol: NumberTest | undefined;
  readonly senderIp: FrameAddressTest | undefined;
  readonly senderMac: MacTest | undefined;
  readonly targetIp: FrameAddressTest | undefined;
  readonly targetMac: MacTest | undefined;
  readonly gratuitous: { readonly negated: boolean } | undefined;
}

const ETHERNET = 1;

function parseOperation(text: string): number {
  const value = operationByName(text) ?? parseUnsigned(text, 65535);
  if (value === undefined) throw new UsageError("Problem with specified ARP opcode");
  return value;
}

function parseHardware(text: string): number {
  const value = text.toLowerCase() === "ethernet" ? ETHERNET : parseUnsigned(text, 65535);
  if (value === undefined) throw new UsageError("Problem with specified ARP hardware type");
  return value;
}

function parseProtocol(text: string): number {
  const value = parseUnsigned(/^0x/i.test(text) ? text : `0x${text}`, 65535);
  if (text.toLowerCase() === "ipv4") return ETHERTYPE_IPV4;
  if (value === undefined) throw new UsageError("Problem with specified ARP protocol type");
  return value;
}

const passes = (test: NumberTest | undefined, actual: number): boolean =>
  !test || (actual === test.value) !== test.negated;

export const arp = defineFrameMatch<ArpTest>({
  name: "arp",
  docs: { summary: "ARP addresses and operation", example: "-p ARP --arp-op Request" },
  options: {
    "arp-opcode": "argument",
    "arp-htype": "argument",
    "arp-ptype": "argument",
    "arp-ip-src": "argument",
    "arp-ip-dst": "argument",
    "arp-mac-src": "argument",
    "arp-mac-dst": "argument",
    "arp-gratuitous": "flag",
  },
  aliases: { "arp-op": "arp-opcode" },
  parse(options) {
    const find = (name: string) => options.find((option) => option.name === name);
    const number = (name: string, read: (text: string) => number): NumberTest | undefined => {
      const option = find(name);
      return option && { value: read(option.value), negated: option.negated };
    };
    const address = (name: string): FrameAddressTest | undefined => {
      const option = find(name);
      return option && parseFrameAddress(option);
    };
    const mac = (name: string, whose: string): MacTest | undefined => {
      const option = find(name);
      if (!option) return undefined;
      const test = parseMacTest(option.value, option.negated);
      if (!test) throw new UsageError(`Problem with specified ARP MAC ${whose}`);
      return test;
    };
    return {
      operation: number("arp-opcode", parseOperation),
      hardware: number("arp-htype", parseHardware),
      protocol: number("arp-ptype", parseProtocol),
      senderIp: address("arp-ip-src"),
      senderMac: mac("arp-mac-src", "source"),
      targetIp: address("arp-ip-dst"),
      targetMac: mac("arp-mac-dst", "destination"),
      gratuitous: find("arp-gratuitous"),
    };
  },
  print(test) {
    const { operation, hardware, protocol, senderIp, senderMac, targetIp, targetMac } = test;
    let text = "";
    if (operation) {
      const name = ARP_OPERATIONS[operation.value - 1] ?? String(operation.value);
      text += ` --arp-op${bang(operation)} ${name}`;
    }
    if (hardware) text += ` --arp-htype${bang(hardware)} ${hardware.value}`;
    if (protocol) text += ` --arp-ptype${bang(protocol)} 0x${protocol.value.toString(16)}`;
    if (senderIp) text += ` --arp-ip-src${bang(senderIp)} ${formatFrameAddress(senderIp)}`;
    if (senderMac) text += ` --arp-mac-src${bang(senderMac)} ${formatMacTest(senderMac)}`;
    if (targetIp) text += ` --arp-ip-dst${bang(targetIp)} ${formatFrameAddress(targetIp)}`;
    if (targetMac) text += ` --arp-mac-dst${bang(targetMac)} ${formatMacTest(targetMac)}`;
    if (test.gratuitous) text += `${bang(test.gratuitous)} --arp-gratuitous`;
    return text;
  },
  check: (_, { protocol }) => protocol?.etherType === ETHERTYPE_ARP && !protocol.negated,
  evaluate(test, { packet }) {
    const header = packet.arp;
    if (!header) return false;
    if (!passes(test.operation, header.operation)) return false;
    if (!passes(test.hardware, ETHERNET) || !passes(test.protocol, ETHERTYPE_IPV4)) return false;
    if (!passesAddress(test.senderIp, header.senderIp)) return false;
    if (!passesAddress(test.targetIp, header.targetIp)) return false;
    if (test.senderMac && !passesMac(test.senderMac, header.senderMac)) return false;
    if (test.targetMac && !passesMac(test.targetMac, header.targetMac)) return false;
    if (!test.gratuitous) return true;
    return (header.senderIp === header.targetIp) !== test.gratuitous.negated;
  },
});
