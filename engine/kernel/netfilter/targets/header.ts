/** Targets that change the IP header or the MSS. Linux xt_DSCP.c, xt_HL.c, xt_TCPMSS.c. */
import { TCP_SYN } from "../../../net/packet.ts";
import { DSCP_CLASSES } from "../matches/dscp.ts";
import { asksForSyn } from "../matches/tcp.ts";
import { parseTos, tosName, unknownTos } from "../matches/tos.ts";
import { onlyFrom } from "../xtables/check.ts";
import { defineTarget, UsageError } from "../xtables/extension.ts";
import type { HookContext } from "../xtables/hook-context.ts";
import { requireUnsigned } from "../xtables/options.ts";

const byte = (value: number): string => `0x${value.toString(16).padStart(2, "0")}`;

export const DSCP = defineTarget<number>({
  name: "DSCP",
  docs: { summary: "sets the code point", examples: ["-t mangle -j DSCP --set-dscp 0x04"] },
  options: { "set-dscp": "argument", "set-dscp-class": "argument" },
  exclusive: [["set-dscp", "set-dscp-class"]],
  parse(options) {
    const option = options.at(-1);
    if (!option) throw new UsageError("DSCP target: Parameter --set-dscp is required");
    if (option.name === "set-dscp") return requireUnsigned("DSCP", option, 63);
    const value = DSCP_CLASSES[option.value.toUpperCase()];
    if (value === undefined) throw new UsageError(`Invalid DSCP value \`${option.value}'`);
    return value;
  },
  save: (value) => ` --set-dscp ${byte(value)}`,
  list: (value) => ` DSCP set ${byte(value)}`,
  check: (_, { table }) => table === "mangle",
  evaluate(value, { packet, ip }) {
    packet.ip = { ...ip, tos: (ip.tos & 3) | (value << 2) };
    return "continue";
  },
});

interface TosChange {
  readonly value: number;
  readonly mask: number;
}

export const TOS = defineTarget<TosChange>({
  name: "TOS",
  docs: { summary: "sets the type of service", examples: ["-t mangle -j TOS --set-tos 0x10/0xff"] },
  options: {
    "set-tos": "argument",
    "and-tos": "argument",
    "or-tos": "argument",
    "xor-tos": "argument",
  },
  exclusive: [["set-tos", "and-tos", "or-tos", "xor-tos"]],
  parse(options) {
    const option = options.at(-1);
    if (!option) throw new UsageError("TOS: An action is required");
    if (option.name === "set-tos") {
      const parsed = parseTos(option.value, 0x3f);
      if (!parsed) throw new UsageError(unknownTos(option.value));
      return parsed;
    }
    const value = requireUnsigned("TOS", option, 255);
    if (option.name === "and-tos") return { value: 0, mask: ~value & 255 };
    return option.name === "or-tos" ? { value, mask: value } : { value, mask: 0 };
  },
  save: ({ value, mask }) => ` --set-tos ${byte(value)}/${byte(mask)}`,
  list(change, names) {
    const name = names && tosName(change);
    if (name !== undefined) return `  TOS set${name}`;
    const { value, mask } = change;
    if (names && value === 0 && mask !== 255) return ` TOS and ${byte(~mask & 255)}`;
    if (names && value === mask && mask !== 255) return ` TOS or ${byte(value)}`;
    if (names && mask === 0) return ` TOS xor ${byte(value)}`;
    return ` TOS set ${byte(change.value)}/${byte(change.mask)}`;
  },
  check: (_, { table }) => table === "mangle",
  evaluate({ value, mask }, { packet, ip }) {
    packet.ip = { ...ip, tos: ((ip.tos & ~mask) ^ value) & 255 };
    return "continue";
  },
});

interface TtlChange {
  readonly how: "set" | "inc" | "dec";
  readonly value: number;
}

const WORDS = { set: "set to", inc: "increment by", dec: "decrement by" } as const;

export const TTL = defineTarget<TtlChange>({
  name: "TTL",
  docs: { summary: "changes the time to live", examples: ["-t mangle -j TTL --ttl-set 64"] },
  options: { "ttl-set": "argument", "ttl-inc": "argument", "ttl-dec": "argument" },
  exclusive: [["ttl-set", "ttl-dec", "ttl-inc"]],
  parse(options) {
    const option = options.at(-1);
    if (!option) throw new UsageError("TTL: You must specify an action");
    const how = option.name.slice(4) as TtlChange["how"];
    const value = requireUnsigned("TTL", option, 255, how === "set" ? 0 : 1);
    return { how, value };
  },
  save: ({ how, value }) => ` --ttl-${how} ${value}`,
  list: ({ how, value }) => ` TTL ${WORDS[how]} ${value}`,
  check: (_, { table }) => table === "mangle",
  evaluate({ how, value }, { packet, ip }) {
    const next = how === "set" ? value : how === "inc" ? ip.ttl + value : ip.ttl - value;
    packet.ip = { ...ip, ttl: Math.min(255, Math.max(0, next)) };
    return "continue";
  },
});

function clampedMss({ netns, ip, output, packet }: HookContext): number | undefined {
  const { transport } = packet;
  if (transport?.kind !== "tcp" || !output) return undefined;
  const back = netns.fib.lookupAside((flow) => {
    flow.dst = ip.src;
  });
  const backMtu = typeof back === "string" ? undefined : back.nextHop?.device?.mtu;
  return Math.min(output.mtu, backMtu ?? output.mtu) - 40;
}

export const TCPMSS = defineTarget<number | "clamp">({
  name: "TCPMSS",
  docs: {
    summary: "sets the maximum segment size that a SYN announces",
    examples: ["-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu"],
  },
  options: { "set-mss": "argument", "clamp-mss-to-pmtu": "flag" },
  exclusive: [["set-mss", "clamp-mss-to-pmtu"]],
  parse(options) {
    const option = options.at(-1);
    if (!option) throw new UsageError("TCPMSS target: At least one parameter is required");
    return option.name === "set-mss" ? requireUnsigned("TCPMSS", option, 65515) : "clamp";
  },
  save: (mss) => (mss === "clamp" ? " --clamp-mss-to-pmtu" : ` --set-mss ${mss}`),
  list: (mss) => (mss === "clamp" ? " TCPMSS clamp to PMTU" : ` TCPMSS set ${mss}`),
  check: (mss, context) =>
    context.protocol === 6 &&
    // iptables-nft is spared it.
    (context.flavour === "nft" || context.matches.some(asksForSyn)) &&
    (mss !== "clamp" || onlyFrom(context, ["FORWARD", "OUTPUT", "POSTROUTING"])),
  evaluate(wanted, context) {
    const { transport } = context.packet;
    if (transport?.kind !== "tcp" || !(transport.flags & TCP_SYN)) return "continue";
    const mss = wanted === "clamp" ? clampedMss(context) : wanted;
    const announced = transport.options.mss;
    if (mss === undefined || (announced !== undefined && announced <= mss)) return "continue";
    context.packet.transport = { ...transport, options: { ...transport.options, mss } };
    return "continue";
  },
});
