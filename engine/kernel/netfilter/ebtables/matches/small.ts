/** Matches of a few lines. Linux net/bridge/netfilter/ebt_{mark_m,pkttype,limit,vlan}.c. */
import { isGroupMac, MAC_BROADCAST } from "../../../../net/address.ts";
import { ETHERTYPE_VLAN } from "../../../../net/packet.ts";
import { limit as packetLimit, parseRate, type Rate } from "../../matches/limit.ts";
import { UsageError } from "../../xtables/extension.ts";
import { hex, parseUnsigned } from "../../xtables/options.ts";
import { ETHER_TYPES } from "../ether-types.ts";
import { defineFrameMatch, type FrameContext } from "../rule.ts";
import { bang } from "./ip.ts";

interface MarkTest {
  readonly value: number;
  /** Undefined: the whole value has to be equal. `any`: one bit of the mask is enough. */
  readonly mask: number | undefined;
  readonly any: boolean;
  readonly negated: boolean;
}

export const mark = defineFrameMatch<MarkTest>({
  name: "mark_m",
  docs: { summary: "the frame's mark", example: "--mark 0x5" },
  options: { mark: "argument" },
  parse([option]) {
    const text = option?.value ?? "";
    const [low = "", high] = text.split("/");
    const any = low === "" && high !== undefined;
    const value = any ? 0 : parseUnsigned(low);
    const mask = high === undefined ? undefined : parseUnsigned(high);
    if (value === undefined || (high !== undefined && mask === undefined)) {
      throw new UsageError(`Bad mark value '${text}'`);
    }
    return { value, mask, any, negated: option?.negated ?? false };
  },
  print(test) {
    const { value, mask, any } = test;
    if (mask === undefined) return ` --mark${bang(test)} ${hex(value)}`;
    return ` --mark${bang(test)} ${any ? "" : hex(value)}/${hex(mask)}`;
  },
  evaluate({ value, mask = 0xffffffff, any, negated }, { packet }) {
    const bits = (packet.mark & mask) >>> 0;
    return (any ? bits !== 0 : bits === value) !== negated;
  },
});

const KINDS = ["host", "broadcast", "multicast", "otherhost", "outgoing", "loopback", "fastroute"];

function kindOf({ ether, input, bridge }: FrameContext): string {
  if (ether.dst === MAC_BROADCAST) return "broadcast";
  if (isGroupMac(ether.dst)) return "multicast";
  return !input || ether.dst === input.address || ether.dst === bridge.address
    ? "host"
    : "otherhost";
}

interface KindTest {
  readonly kind: string;
  readonly negated: boolean;
}

export const pkttype = defineFrameMatch<KindTest>({
  name: "pkttype",
  docs: { summary: "for whom the frame is", example: "--pkttype-type broadcast" },
  options: { "pkttype-type": "argument" },
  parse([option]) {
    const kind = KINDS.find((name) => name === option?.value.toLowerCase());
    if (!option || kind === undefined) {
      throw new UsageError(`Could not parse class '${option?.value ?? ""}'`);
    }
    return { kind, negated: option.negated };
  },
  print: (test) => ` --pkttype-type${bang(test)} ${test.kind}`,
  evaluate: ({ kind, negated }, context) => (kindOf(context) === kind) !== negated,
});

export const limit = defineFrameMatch<Rate>({
  name: "limit",
  docs: { summary: "at most so many frames", example: "--limit 5/sec --limit-burst 3" },
  options: { limit: "argument", "limit-burst": "argument" },
  parse(options) {
    const find = (name: string) => options.find((option) => option.name === name)?.value;
    const burst = parseUnsigned(find("limit-burst") ?? "5", 10_000);
    if (burst === undefined) throw new UsageError(`bad --limit-burst \`${find("limit-burst")}'`);
    const rate = find("limit") ?? "3/hour";
    try {
      return { average: parseRate(rate), burst };
    } catch {
      throw new UsageError(`bad rate \`${rate}'`);
    }
  },
  print: (rate) => {
    const text = packetLimit.save(rate);
    return text.includes("--limit-burst") ? text : `${text} --limit-burst ${rate.burst}`;
  },
  newState: (rate) => packetLimit.newState?.(rate),
  evaluate: (rate, context, state) => packetLimit.evaluate(rate, context as never, state),
});

interface VlanTest {
  readonly id: { readonly value: number; readonly negated: boolean } | undefined;
  readonly priority: { readonly value: number; readonly negated: boolean } | undefined;
  readonly encapsulated: { readonly value: number; readonly negated: boolean } | undefined;
}

export const vlan = defineFrameMatch<VlanTest>({
  name: "vlan",
  docs: { summary: "the VLAN tag", example: "-p 802_1Q --vlan-id 5" },
  options: { "vlan-id": "argument", "vlan-prio": "argument", "vlan-encap": "argument" },
  parse(options) {
    const number = (name: string, max: number) => {
      const option = options.find((one) => one.name === name);
      if (!option) return undefined;
      const value = parseUnsigned(option.value, max);
      if (value !== undefined) return { value, negated: option.negated };
      throw new UsageError(`Invalid --${name} range ('${option.value}')`);
    };
    const id = number("vlan-id", 4094);
    const priority = number("vlan-prio", 7);
    const typed = options.find(({ name }) => name === "vlan-encap");
    const value = typed && etherTypeOf(typed.value);
    if (typed && value === undefined) {
      throw new UsageError(`Unknown --vlan-encap value ('${typed.value}')`);
    }
    return {
      id,
      // The kernel looks at the priority of frames without a VLAN only.
      priority: id && id.value !== 0 ? undefined : priority,
      encapsulated: typed && value !== undefined ? { value, negated: typed.negated } : undefined,
    };
  },
  print({ id, priority, encapsulated }) {
    let text = id ? ` --vlan-id${bang(id)} ${id.value}` : "";
    if (priority) text += ` --vlan-prio${bang(priority)} ${priority.value}`;
    if (!encapsulated) return text;
    const type = encapsulated.value.toString(16).toUpperCase().padStart(4, "0");
    return `${text} --vlan-encap${bang(encapsulated)} ${type}`;
  },
  check: (_, { protocol }) => protocol?.etherType === ETHERTYPE_VLAN && !protocol.negated,
  evaluate({ id, priority, encapsulated }, { packet: { vlan: tag }, ether }) {
    if (!tag) return false;
    if (id && (tag.id === id.value) === id.negated) return false;
    if (priority && (tag.priority === priority.value) === priority.negated) return false;
    return !encapsulated || (ether.etherType === encapsulated.value) !== encapsulated.negated;
  },
});

function etherTypeOf(text: string): number | undefined {
  const named = ETHER_TYPES.find(([name]) => name.toLowerCase() === text.toLowerCase());
  return named?.[1] ?? parseUnsigned(/^0x/i.test(text) ? text : `0x${text}`, 65535);
}
