/** The targets of the nat table. Linux net/netfilter/xt_nat.c, xt_MASQUERADE.c, xt_REDIRECT.c. */
import { formatIpv4, IPV4_LOOPBACK, parseIpv4, type Ipv4 } from "../../../net/address.ts";
import { IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP } from "../../../net/packet.ts";
import type { NatRange } from "../nat/range.ts";
import { manipOf } from "../nat/nat.ts";
import { onlyFrom } from "../xtables/check.ts";
import {
  defineTarget,
  UsageError,
  type ParseContext,
  type TargetVerdict,
  type TypedOption,
} from "../xtables/extension.ts";
import type { HookContext } from "../xtables/hook-context.ts";
import { parseUnsigned } from "../xtables/options.ts";

const NOTHING: NatRange = {
  first: undefined,
  last: undefined,
  firstPort: undefined,
  lastPort: undefined,
  random: false,
  randomFully: false,
  persistent: false,
};

const PORT_PROTOCOLS: ReadonlySet<number> = new Set([
  IPPROTO_TCP,
  IPPROTO_UDP,
  IPPROTO_ICMP,
  33,
  132,
]);

const NO_SHIFT = "Shifted portmap ranges not supported with this kernel";

type PortRange = Pick<NatRange, "firstPort" | "lastPort" | "basePort">;

/** `80`, `80-90` and, where a range may be shifted, `80-90/8080`. */
function parsePorts(text: string, context: ParseContext, mayShift = true): PortRange {
  if (context.protocolNegated || !PORT_PROTOCOLS.has(context.protocol)) {
    throw new UsageError("Need TCP, UDP, SCTP or DCCP with port specification");
  }
  if (text.includes(":")) throw new UsageError("Invalid port:port syntax - use dash");
  const [low = "", rest] = text.split("-");
  const [high, base] = rest?.split("/") ?? [];
  const port = (word: string, whole = text): number => {
    const number = parseUnsigned(word, 65535) ?? context.names.port(word, "tcp");
    if (number !== undefined) return number;
    const garbage = /^\d+(\D.*)$/.exec(word)?.[1];
    if (garbage !== undefined) throw new UsageError(`Garbage after port value: \`${garbage}'`);
    throw new UsageError(`Port \`${whole}' not valid`);
  };
  const firstPort = port(low);
  const lastPort = high === undefined ? firstPort : port(high);
  if (lastPort < firstPort) throw new UsageError(`Port range \`${high}' funky`);
  if (base === undefined) return { firstPort, lastPort };
  if (!mayShift) throw new UsageError(NO_SHIFT);
  return { firstPort, lastPort, basePort: port(base, base) };
}

/** `10.0.0.1-10.0.0.9:80-90` */
function parseTarget(text: string, context: ParseContext): NatRange {
  const colon = text.indexOf(":");
  const ports = colon < 0 ? {} : parsePorts(text.slice(colon + 1), context);
  const addresses = colon < 0 ? text : text.slice(0, colon);
  if (addresses === "") return { ...NOTHING, ...ports };
  const [low = "", high] = addresses.split("-");
  const first = parseIpv4(low);
  if (first === undefined) throw new UsageError(`Bad IP address "${low}"`);
  const last = high === undefined ? first : parseIpv4(high);
  if (last === undefined) throw new UsageError(`Bad IP address "${high}"`);
  return { ...NOTHING, first, last, ...ports };
}

function formatPorts({ firstPort, lastPort, basePort }: NatRange, separator: string): string {
  if (firstPort === undefined) return "";
  const text = lastPort === firstPort ? String(firstPort) : `${firstPort}${separator}${lastPort}`;
  return basePort === undefined ? text : `${text}/${basePort}`;
}

function formatTarget(range: NatRange): string {
  let text = "";
  if (range.first !== undefined) text += formatIpv4(range.first);
  if (range.last !== range.first && range.last !== undefined) text += `-${formatIpv4(range.last)}`;
  const ports = formatPorts(range, "-");
  return ports === "" ? text : `${text}:${ports}`;
}

function flagsOf(range: NatRange, prefix: string): string {
  let text = "";
  if (range.random) text += ` ${prefix}random`;
  if (range.randomFully) text += ` ${prefix}random-fully`;
  if (range.persistent) text += ` ${prefix}persistent`;
  return text;
}

function withFlags(range: NatRange, options: readonly TypedOption[]): NatRange {
  const given = options.map(({ name }) => name);
  return {
    ...range,
    random: given.includes("random"),
    randomFully: given.includes("random-fully"),
    persistent: given.includes("persistent"),
  };
}

function map(context: HookContext, range: NatRange): TargetVerdict {
  const entry = context.track?.entry;
  if (entry) context.netns.netfilter.nat.setUp(entry, range, manipOf(context.hook));
  return "accept";
}

function addressTarget(name: "SNAT" | "DNAT", option: "to-source" | "to-destination") {
  return defineTarget<NatRange>({
    name,
    docs: {
      summary: name === "SNAT" ? "changes the source" : "changes the destination",
      examples: [`-t nat -p tcp -j ${name} --${option} 10.0.0.2:80`],
    },
    options: {
      [option]: "argument",
      random: "flag",
      persistent: "flag",
      ...(name === "SNAT" ? { "random-fully": "flag" } : {}),
    },
    tracksConnections: true,
    parse(options, context) {
      const to = options.find((one) => one.name === option);
      if (!to) throw new UsageError(`${name}: option "--${option}" must be specified\n`);
      const range = withFlags(parseTarget(to.value, context), options);
      // The real program reads a shift for a source, and forgets it.
      return name === "SNAT" && range.basePort !== undefined ? { ...range, basePort: 0 } : range;
    },
    save: (range) => ` --${option} ${formatTarget(range)}${flagsOf(range, "--")}`,
    list: (range) => ` to:${formatTarget(range)}${flagsOf(range, "")}`,
    check: (_, context) =>
      context.table === "nat" &&
      onlyFrom(context, name === "SNAT" ? ["POSTROUTING", "INPUT"] : ["PREROUTING", "OUTPUT"]),
    evaluate: (range, context) => map(context, range),
  });
}

export const SNAT = addressTarget("SNAT", "to-source");
export const DNAT = addressTarget("DNAT", "to-destination");

function portOptions(options: readonly TypedOption[], context: ParseContext): NatRange {
  const ports = options.find(({ name }) => name === "to-ports");
  const range = ports ? { ...NOTHING, ...parsePorts(ports.value, context, false) } : NOTHING;
  return withFlags(range, options);
}

export const MASQUERADE = defineTarget<NatRange>({
  name: "MASQUERADE",
  docs: {
    summary: "the source becomes the address of the interface it leaves by",
    examples: ["-t nat -j MASQUERADE"],
  },
  options: { "to-ports": "argument", random: "flag", "random-fully": "flag" },
  tracksConnections: true,
  parse: portOptions,
  save(range) {
    const ports = formatPorts(range, "-");
    return `${ports === "" ? "" : ` --to-ports ${ports}`}${flagsOf(range, "--")}`;
  },
  list(range) {
    const ports = formatPorts(range, "-");
    return `${ports === "" ? "" : ` masq ports: ${ports}`}${flagsOf(range, "")}`;
  },
  check: (_, context) => context.table === "nat" && onlyFrom(context, ["POSTROUTING"]),
  evaluate(range, context) {
    const { output, ip, netns, track } = context;
    if (!output || !track?.entry || ip.src === 0) return "accept";
    const address: Ipv4 = netns.addresses.select(output, ip.dst, 0);
    if (address === 0) return "drop";
    track.entry.masqueradeIfindex = output.ifindex;
    return map(context, { ...range, first: address, last: address });
  },
});

export const REDIRECT = defineTarget<NatRange>({
  name: "REDIRECT",
  docs: {
    summary: "the destination becomes this machine",
    examples: ["-t nat -p tcp -j REDIRECT --to-ports 8080"],
  },
  options: { "to-ports": "argument", random: "flag" },
  tracksConnections: true,
  parse: portOptions,
  save(range) {
    const ports = formatPorts(range, "-");
    return `${ports === "" ? "" : ` --to-ports ${ports}`}${flagsOf(range, "--")}`;
  },
  list(range) {
    const ports = formatPorts(range, "-");
    return `${ports === "" ? "" : ` redir ports ${ports}`}${flagsOf(range, "")}`;
  },
  check: (_, context) => context.table === "nat" && onlyFrom(context, ["PREROUTING", "OUTPUT"]),
  evaluate(range, context) {
    const { hook, input } = context;
    const own = input?.ipv4.addresses.find((one) => !one.secondary)?.address;
    const address = hook === "OUTPUT" ? IPV4_LOOPBACK : own;
    if (address === undefined) return "drop";
    return map(context, { ...range, first: address, last: address });
  },
});
