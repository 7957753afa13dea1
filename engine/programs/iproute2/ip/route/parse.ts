/** The words of `ip route add`, `change`, `replace`, `append`, `prepend` and `del`. */
import type { Ipv4 } from "../../../../net/address.ts";
import type {
  RouteMetrics,
  RouteRequest,
  RouteScope,
  RouteType,
} from "../../../../kernel/rtnetlink/messages.ts";
import { TABLE_LOCAL, TABLE_MAIN } from "../../../../kernel/rtnetlink/messages.ts";
import {
  type Args,
  Exit,
  garbage,
  invalidArgument,
  matches,
  notModelled,
  parseUnsigned,
} from "../../support/args.ts";
import {
  type Family,
  parseAddress,
  type ParsedPrefix,
  parsePrefix,
} from "../../support/address.ts";
import type { Context } from "../../support/context.ts";
import { parseProtocol, parseScope, parseTable, parseTos } from "../../support/names.ts";
import { ROUTE_USAGE } from "./usage.ts";

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type RequestedHop = NonNullable<RouteRequest["nextHops"]>[number];

const TYPES: readonly RouteType[] = [
  "broadcast",
  "multicast",
  "prohibit",
  "unreachable",
  "blackhole",
  "unicast",
  "throw",
];

/** rtnl_rtntype_a2n; `nat`, `anycast` and `xresolve` are not modelled. */
export function parseRouteType(word: string): RouteType | undefined {
  if (word === "local") return "local";
  if (word === "brd") return "broadcast";
  if (word === "nat" || matches(word, "anycast", "xresolve")) {
    throw notModelled("ip", `routes of the type '${word}'`);
  }
  return TYPES.find((type) => matches(word, type));
}

const UNMODELLED = [
  "as",
  "expires",
  "features",
  "congctl",
  "cc",
  "realms",
  "vrf",
  "encap",
  "ttl-propagate",
  "fastopen_no_cookie",
];

interface MetricWord {
  readonly name: keyof RouteMetrics;
  readonly words: readonly string[];
  /** What the error calls it. */
  readonly called?: string;
  readonly parse?: (value: string) => number | undefined;
}

/** `20ms`, `1.5s`, or a bare number in the kernel's own fraction of a millisecond. */
function parseTime(value: string, perMs: number): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|msecs?|s|secs?)?$/.exec(value);
  if (!match) return undefined;
  const number = Number(match[1]);
  if (match[2] === undefined) return number / perMs;
  return match[2].startsWith("m") ? number : number * 1000;
}

const METRIC_WORDS: readonly MetricWord[] = [
  { name: "hopLimit", words: ["hoplimit"], parse: (value) => parseUnsigned(value, 255) },
  { name: "advertisedMss", words: ["advmss"], called: "mss" },
  { name: "reordering", words: ["reordering"] },
  { name: "rttMs", words: ["rtt"], parse: (value) => parseTime(value, 8) },
  { name: "rtoMinMs", words: ["rto_min"], parse: (value) => parseTime(value, 1) },
  { name: "window", words: ["window"] },
  { name: "congestionWindow", words: ["cwnd"] },
  { name: "initialCongestionWindow", words: ["initcwnd"] },
  { name: "initialReceiveWindow", words: ["initrwnd"] },
  { name: "rttVarMs", words: ["rttvar"], parse: (value) => parseTime(value, 4) },
  { name: "slowStartThreshold", words: ["ssthresh"] },
  { name: "quickAck", words: ["quickack"] },
];

function parseMetric(metric: MetricWord, args: Args): number {
  const value = args.value();
  if (value === "lock" && metric.name !== "rtoMinMs") {
    throw notModelled("ip", `a locked ${metric.words[0]}`);
  }
  const number = (metric.parse ?? parseUnsigned)(value);
  if (number === undefined) {
    throw invalidArgument(`"${metric.called ?? metric.words[0]}" value is invalid\n`, value);
  }
  if (metric.name === "quickAck" && number > 1) {
    throw invalidArgument('"quickack" value should be 0 or 1\n', value);
  }
  return number;
}

/** Takes the family word of `via inet 10.0.0.1`. */
function parseGateway(context: Context, args: Args, family: Family): Ipv4 {
  let word = args.value();
  if (["inet", "inet6", "mpls", "bridge", "link"].includes(word)) {
    if (word !== "inet") throw notModelled("ip", `a gateway of the family '${word}'`);
    family = "inet";
    word = args.value();
  }
  return parseAddress(context.program, word, family);
}

export interface RouteWords {
  readonly request: RouteRequest;
  /** Only what was written: `ip route del` matches on nothing else. */
  readonly given: Partial<RouteRequest> & Pick<RouteRequest, "destination" | "prefixLength">;
}

export function parseRouteWords(context: Context, args: Args): RouteWords {
  const given: Partial<Mutable<RouteRequest>> = {};
  const metrics: Partial<Mutable<RouteMetrics>> = {};
  const hop: Partial<Mutable<RequestedHop>> = {};
  let destination: ParsedPrefix | undefined;
  let hops: RequestedHop[] = [];
  let family: Family = context.options.family;
  let source: ParsedPrefix | undefined;

  while (!args.done) {
    const word = args.take();
    const metric = METRIC_WORDS.find(({ words }) => words.includes(word));
    if (metric) metrics[metric.name] = parseMetric(metric, args);
    else if (word === "src") {
      given.preferredSource = parseAddress(context.program, args.value(), family);
      family = "inet";
    } else if (word === "via") {
      hop.gateway = parseGateway(context, args, family);
      family = "inet";
    } else if (word === "from") source = parsePrefix(context.program, args.value(), family);
    else if (word === "tos" || matches(word, "dsfield")) {
      const value = args.value();
      given.tos = parseTos(value);
      if (given.tos === undefined) throw invalidArgument('"tos" value is invalid\n', value);
    } else if (matches(word, "metric", "priority", "preference")) {
      const value = args.value();
      given.metric = parseUnsigned(value);
      if (given.metric === undefined) throw invalidArgument('"metric" value is invalid\n', value);
    } else if (word === "scope") {
      const value = args.value();
      const scope = parseScope(value);
      if (scope === undefined && parseUnsigned(value, 255) !== undefined) {
        throw notModelled("ip", `the scope ${value}`);
      }
      if (scope === undefined) throw invalidArgument('invalid "scope" value\n', value);
      given.scope = scope;
    } else if (word === "mtu") {
      let value = args.value();
      if (value === "lock") {
        given.mtuLocked = true;
        value = args.value();
      }
      given.mtu = parseUnsigned(value);
      if (given.mtu === undefined) throw invalidArgument('"mtu" value is invalid\n', value);
    } else if (word === "onlink") hop.onlink = true;
    else if (word === "nexthop") hops = parseNextHops(context, args);
    else if (matches(word, "protocol")) {
      const value = args.value();
      given.protocol = parseProtocol(value);
      if (given.protocol === undefined) {
        throw invalidArgument('"protocol" value is invalid\n', value);
      }
    } else if (matches(word, "table")) {
      const value = args.value();
      given.table = parseTable(value);
      if (given.table === undefined) throw invalidArgument('"table" value is invalid\n', value);
    } else if (word === "dev" || word === "oif") hop.device = args.value();
    else if (word === "pref") args.value();
    else if (word === "nhid") {
      const value = args.value();
      given.nextHopId = parseUnsigned(value);
      if (given.nextHopId === undefined) throw invalidArgument('"id" value is invalid\n', value);
    } else if (UNMODELLED.includes(word)) throw notModelled("ip", `the route option '${word}'`);
    else {
      let value = word === "to" ? args.value() : word;
      const type = /^\d/.test(value) ? undefined : parseRouteType(value);
      if (type !== undefined) {
        given.type = type;
        value = args.value();
      }
      if (matches(value, "help")) throw new Exit(255, ROUTE_USAGE);
      if (destination) throw garbage("to", value);
      destination = parsePrefix(context.program, value, family);
      if (!destination.any) family = "inet";
    }
  }
  if (!destination) throw new Exit(255, ROUTE_USAGE);
  if (source && source.length > 0) throw notModelled("ip", "routes with a source prefix");
  if (hop.device !== undefined) context.device(hop.device);
  const multipath = hops.length > 0;
  if (multipath && (hop.gateway !== undefined || hop.device !== undefined)) {
    throw new Exit(2, "Error: Nexthop gateway does not match RTA_GATEWAY or RTA_VIA.\n");
  }
  if (!multipath && (hop.gateway !== undefined || hop.device !== undefined)) hops = [hop];
  const written = {
    ...given,
    ...(Object.keys(metrics).length > 0 && { metrics }),
    ...(hops.length > 0 && { nextHops: hops }),
    destination: destination.address,
    prefixLength: destination.length,
  };
  return { given: withDefaultTable(written), request: withDefaults(written, multipath) };
}

function parseNextHops(context: Context, args: Args): RequestedHop[] {
  const hops: RequestedHop[] = [];
  do {
    if (args.done) throw new Exit(255, 'Error: unexpected end of line after "nexthop"\n');
    const hop: Partial<Mutable<RequestedHop>> = {};
    while (!args.done && args.peek !== "nexthop") {
      const word = args.take();
      if (word === "via") hop.gateway = parseGateway(context, args, "inet");
      else if (word === "dev") hop.device = context.device(args.value()).name;
      else if (word === "weight") {
        const value = args.value();
        hop.weight = parseUnsigned(value, 256);
        if (!hop.weight) throw invalidArgument('"weight" is invalid\n', value);
      } else if (word === "onlink") hop.onlink = true;
      else if (word === "realms" || word === "encap" || word === "as") {
        throw notModelled("ip", `the nexthop option '${word}'`);
      } else {
        throw new Exit(255, `Error: "nexthop" or end of line is expected instead of "${word}"\n`);
      }
    }
    hops.push(hop);
  } while (args.accept("nexthop"));
  return hops;
}

type Written = Partial<RouteRequest> & Pick<RouteRequest, "destination" | "prefixLength">;

/** Local and broadcast routes belong to the local table unless another is named. */
function withDefaultTable(written: Written): Written {
  const isLocal = written.type === "local" || written.type === "broadcast";
  // RT_TABLE_UNSPEC is as good as no table.
  const table = written.table || (isLocal ? TABLE_LOCAL : TABLE_MAIN);
  return { ...written, table };
}

function withDefaults(written: Written, multipath: boolean): RouteRequest {
  return {
    ...withDefaultTable(written),
    scope: written.scope ?? defaultScope(written, multipath),
    protocol: written.protocol ?? "boot",
  };
}

function defaultScope(written: Written, multipath: boolean): RouteScope {
  switch (written.type) {
    case "local":
      return "host";
    case "broadcast":
    case "multicast":
      return "link";
    case undefined:
    case "unicast": {
      const direct =
        !multipath &&
        written.nextHopId === undefined &&
        written.nextHops?.[0]?.gateway === undefined;
      return direct ? "link" : "global";
    }
    default:
      return "global";
  }
}
