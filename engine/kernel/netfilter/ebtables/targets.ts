/** Targets for frames. Linux net/bridge/netfilter/ebt_{snat,dnat,redirect,arpreply,mark}.c. */
import { formatMac, parseMac, type Mac } from "../../../net/address.ts";
import { ARP_REPLY, ARP_REQUEST, ETHERTYPE_ARP, Packet } from "../../../net/packet.ts";
import { UsageError, type TypedOption } from "../xtables/extension.ts";
import { hex, parseUnsigned } from "../xtables/options.ts";
import { defineFrameTarget, type FrameContext, type FrameHook, type FrameTarget } from "./rule.ts";
import type { FrameCheck, FrameVerdict } from "./rule.ts";

const VERDICTS: readonly FrameVerdict[] = ["ACCEPT", "DROP", "CONTINUE", "RETURN"];

const find = (options: readonly TypedOption[], name: string): string | undefined =>
  options.find((option) => option.name === name)?.value;

/** `--snat-target ACCEPT` */
function parseVerdict(
  options: readonly TypedOption[],
  option: string,
  otherwise: FrameVerdict,
): FrameVerdict {
  const text = find(options, option);
  if (text === undefined) return otherwise;
  const verdict = VERDICTS.find((one) => one === text);
  if (!verdict) throw new UsageError(`Illegal --${option} target`);
  return verdict;
}

function requireMac(text: string, option: string): Mac {
  const mac = parseMac(text);
  if (mac === undefined) throw new UsageError(`Problem with specified --${option} mac`);
  return mac;
}

const isOnly = ({ table, hooks }: FrameCheck, wanted: "nat", allowed: readonly FrameHook[]) =>
  table === wanted && [...hooks].every((hook) => allowed.includes(hook));

interface SnatConfig {
  readonly mac: Mac;
  readonly arp: boolean;
  readonly verdict: FrameVerdict;
}

const snat = defineFrameTarget<SnatConfig>({
  name: "snat",
  docs: {
    summary: "changes the source address",
    example: "--to-src 02:00:00:00:00:01 --snat-target ACCEPT",
  },
  options: { "to-source": "argument", "snat-arp": "flag", "snat-target": "argument" },
  aliases: { "to-src": "to-source" },
  parse(options) {
    const text = find(options, "to-source");
    if (text === undefined) throw new UsageError("You must specify proper arguments");
    return {
      mac: requireMac(text, "to-source"),
      arp: find(options, "snat-arp") !== undefined,
      verdict: parseVerdict(options, "snat-target", "ACCEPT"),
    };
  },
  print: ({ mac, arp, verdict }) =>
    ` --to-src ${formatMac(mac)}${arp ? " --snat-arp" : ""} --snat-target ${verdict}`,
  check: (_, check) => isOnly(check, "nat", ["POSTROUTING"]),
  evaluate({ mac, arp, verdict }, { packet, ether }) {
    packet.ether = { ...ether, src: mac };
    if (arp && packet.arp) packet.arp = { ...packet.arp, senderMac: mac };
    return verdict;
  },
});

interface DnatConfig {
  readonly mac: Mac;
  readonly verdict: FrameVerdict;
}

const dnat = defineFrameTarget<DnatConfig>({
  name: "dnat",
  docs: {
    summary: "changes the destination address",
    example: "--to-dst 02:00:00:00:00:01 --dnat-target ACCEPT",
  },
  options: { "to-destination": "argument", "dnat-target": "argument" },
  aliases: { "to-dst": "to-destination" },
  parse(options) {
    const text = find(options, "to-destination");
    if (text === undefined) throw new UsageError("You must specify proper arguments");
    return {
      mac: requireMac(text, "to-destination"),
      verdict: parseVerdict(options, "dnat-target", "ACCEPT"),
    };
  },
  print: ({ mac, verdict }) => ` --to-dst ${formatMac(mac)} --dnat-target ${verdict}`,
  check: (_, check) => isOnly(check, "nat", ["PREROUTING", "OUTPUT"]),
  evaluate({ mac, verdict }, { packet, ether }) {
    packet.ether = { ...ether, dst: mac };
    return verdict;
  },
});

const redirect = defineFrameTarget<FrameVerdict>({
  name: "redirect",
  docs: { summary: "sends the frame to the bridge itself", example: "" },
  options: { "redirect-target": "argument" },
  parse: (options) => parseVerdict(options, "redirect-target", "ACCEPT"),
  print: (verdict) => (verdict === "ACCEPT" ? " " : `  --redirect-target ${verdict}`),
  check: (_, check) => isOnly(check, "nat", ["PREROUTING"]),
  evaluate(verdict, { packet, ether, bridge }) {
    packet.ether = { ...ether, dst: bridge.address };
    return verdict;
  },
});

/** Answers by the port that the question came in by. */
function answer({ packet, input }: FrameContext, mac: Mac): void {
  const { arp } = packet;
  if (!arp || !input || arp.operation !== ARP_REQUEST) return;
  const reply = new Packet();
  reply.ether = { dst: arp.senderMac, src: mac, etherType: ETHERTYPE_ARP };
  reply.vlan = packet.vlan;
  reply.arp = {
    operation: ARP_REPLY,
    senderMac: mac,
    senderIp: arp.targetIp,
    targetMac: arp.senderMac,
    targetIp: arp.senderIp,
  };
  input.transmit(reply);
}

const arpreply = defineFrameTarget<DnatConfig>({
  name: "arpreply",
  docs: {
    summary: "answers an ARP request",
    example: "--arpreply-mac 02:00:00:00:00:01",
  },
  options: { "arpreply-mac": "argument", "arpreply-target": "argument" },
  parse(options) {
    const text = find(options, "arpreply-mac");
    return {
      mac: text === undefined ? (0 as Mac) : requireMac(text, "arpreply-mac"),
      verdict: parseVerdict(options, "arpreply-target", "DROP"),
    };
  },
  print: ({ mac, verdict }) =>
    ` --arpreply-mac ${formatMac(mac)}${verdict === "DROP" ? "" : ` --arpreply-target ${verdict}`}`,
  check: (_, check) =>
    isOnly(check, "nat", ["PREROUTING"]) &&
    check.protocol?.etherType === ETHERTYPE_ARP &&
    !check.protocol.negated,
  evaluate({ mac, verdict }, context) {
    answer(context, mac);
    return verdict;
  },
});

interface MarkConfig {
  readonly how: "set" | "or" | "and" | "xor";
  readonly value: number;
  readonly verdict: FrameVerdict;
}

const mark = defineFrameTarget<MarkConfig>({
  name: "mark",
  docs: { summary: "changes the frame's mark", example: "--mark-set 0x5 --mark-target ACCEPT" },
  options: {
    "mark-set": "argument",
    "mark-or": "argument",
    "mark-and": "argument",
    "mark-xor": "argument",
    "mark-target": "argument",
  },
  parse(options) {
    const option = options.find(({ name }) => name !== "mark-target");
    if (!option) throw new UsageError("You must specify some option");
    const value = parseUnsigned(option.value);
    if (value === undefined) throw new UsageError(`Bad MARK value '${option.value}'`);
    const verdict = parseVerdict(options, "mark-target", "ACCEPT");
    return { how: option.name.slice(5) as MarkConfig["how"], value, verdict };
  },
  print: ({ how, value, verdict }) => ` --mark-${how} ${hex(value)} --mark-target ${verdict}`,
  evaluate({ how, value, verdict }, { packet }) {
    const { mark: before } = packet;
    const changes = { set: value, or: before | value, and: before & value, xor: before ^ value };
    packet.mark = changes[how] >>> 0;
    return verdict;
  },
});

export const FRAME_TARGETS: readonly FrameTarget<unknown>[] = [
  snat,
  dnat,
  redirect,
  arpreply,
  mark,
];
