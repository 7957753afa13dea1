/** A route as `ip route add` takes it: `10.1.0.0/16 via 10.0.0.1 dev eth0 metric 100`. */
import { formatIpv4, networkOf, type Ipv4 } from "../../net/address.ts";
import {
  TABLE_MAIN,
  type RouteMessage,
  type RouteMetrics,
  type RouteRequest,
  type RouteScope,
  type RouteType,
} from "../../kernel/rtnetlink/messages.ts";
import { readTable, tableName } from "./table-name.ts";
import { readLine, TextError, type TextResult, type Words } from "./words.ts";

type Draft = { -readonly [K in keyof RouteRequest]: RouteRequest[K] };
type Hop = NonNullable<RouteRequest["nextHops"]>[number];

const TYPES = [
  "unicast",
  "local",
  "broadcast",
  "multicast",
  "blackhole",
  "unreachable",
  "prohibit",
  "throw",
] as const satisfies readonly RouteType[];
const SCOPES = [
  "global",
  "site",
  "link",
  "host",
  "nowhere",
] as const satisfies readonly RouteScope[];

/** The words for what a route tells the transports, in the order in which they are written. */
const METRIC_WORDS: ReadonlyMap<string, keyof RouteMetrics> = new Map([
  ["window", "window"],
  ["rtt", "rttMs"],
  ["rttvar", "rttVarMs"],
  ["ssthresh", "slowStartThreshold"],
  ["cwnd", "congestionWindow"],
  ["advmss", "advertisedMss"],
  ["reordering", "reordering"],
  ["hoplimit", "hopLimit"],
  ["initcwnd", "initialCongestionWindow"],
  ["rto_min", "rtoMinMs"],
  ["initrwnd", "initialReceiveWindow"],
  ["quickack", "quickAck"],
]);

export function parseRouteText(text: string): TextResult<RouteRequest> {
  return readLine(text, routeGrammar);
}

function routeGrammar(words: Words): RouteRequest {
  const type = TYPES.find((name) => words.take(name));
  const prefix = words.prefix();
  if (networkOf(prefix.address, prefix.length) !== prefix.address) {
    throw new TextError(
      `the destination has host bits set: ${formatIpv4(prefix.address)}/${prefix.length}`,
    );
  }
  const route: Draft = { destination: prefix.address, prefixLength: prefix.length };
  if (type !== undefined && type !== "unicast") route.type = type;
  const hops: Hop[] = [];
  let only: { gateway?: Ipv4; device?: string; onlink?: boolean } | undefined;
  while (!words.done) {
    const key = words.next("a word");
    switch (key) {
      case "via":
        only = { ...only, gateway: words.ipv4() };
        break;
      case "dev":
        only = { ...only, device: words.device() };
        break;
      case "onlink":
        only = { ...only, onlink: true };
        break;
      case "nexthop":
        hops.push(hopGrammar(words));
        break;
      case "table":
        route.table = readTable(words);
        break;
      case "proto":
        route.protocol = words.next("a protocol");
        break;
      case "scope":
        route.scope = words.oneOf("a scope", SCOPES);
        break;
      case "src":
        route.preferredSource = words.ipv4();
        break;
      case "metric":
        route.metric = words.number("a metric", 0, 0xffffffff);
        break;
      case "tos":
        route.tos = words.number("a TOS", 0, 255);
        break;
      case "mtu":
        if (words.take("lock")) route.mtuLocked = true;
        route.mtu = words.number("an MTU", 68, 65535);
        break;
      default: {
        const metric = METRIC_WORDS.get(key);
        if (metric === undefined) throw new TextError(`did not expect "${key}" in a route`);
        route.metrics = { ...route.metrics, [metric]: words.number("a number", 0, 0xffffffff) };
      }
    }
  }
  if (only && hops.length > 0) throw new TextError("give either one gateway or several nexthops");
  if (only) hops.push(only);
  if (hops.length > 0) route.nextHops = hops;
  const needsHop = route.type === undefined || route.type === "multicast";
  if (needsHop && hops.length === 0) throw new TextError("expected via, dev or nexthop");
  return route;
}

function hopGrammar(words: Words): Hop {
  let hop: Hop = {};
  for (;;) {
    if (words.take("via")) hop = { ...hop, gateway: words.ipv4() };
    else if (words.take("dev")) hop = { ...hop, device: words.device() };
    else if (words.take("weight")) hop = { ...hop, weight: words.number("a weight", 1, 256) };
    else if (words.take("onlink")) hop = { ...hop, onlink: true };
    else break;
  }
  if (hop.gateway === undefined && hop.device === undefined) {
    throw new TextError("expected via or dev after nexthop");
  }
  return hop;
}

/** The words that make this route again. */
export function formatRouteText(route: RouteRequest): string {
  const words: string[] = [];
  if (route.type !== undefined && route.type !== "unicast") words.push(route.type);
  words.push(formatDestination(route.destination, route.prefixLength));
  const hops = route.nextHops ?? [];
  const single = hops.length === 1 ? hops[0] : undefined;
  if (single) words.push(...hopWords(single, false));
  if (route.table !== undefined && route.table !== TABLE_MAIN) {
    words.push("table", tableName(route.table));
  }
  if (route.protocol !== undefined && route.protocol !== "boot") {
    words.push("proto", route.protocol);
  }
  if (route.scope !== undefined && route.scope !== naturalScope(route)) {
    words.push("scope", route.scope);
  }
  if (route.preferredSource !== undefined) words.push("src", formatIpv4(route.preferredSource));
  if (route.tos) words.push("tos", String(route.tos));
  if (route.metric) words.push("metric", String(route.metric));
  if (route.mtu !== undefined)
    words.push("mtu", ...(route.mtuLocked ? ["lock"] : []), String(route.mtu));
  for (const [word, metric] of METRIC_WORDS) {
    const value = route.metrics?.[metric];
    if (value !== undefined) words.push(word, String(value));
  }
  if (hops.length > 1) {
    for (const hop of hops) words.push("nexthop", ...hopWords(hop, true));
  }
  return words.join(" ");
}

/** The scope that `ip route add` gives a route when none is said. iproute2 iproute.c. */
function naturalScope(route: RouteRequest): RouteScope {
  switch (route.type) {
    case "local":
      return "host";
    case "broadcast":
    case "multicast":
      return "link";
    case undefined:
    case "unicast":
      return route.nextHops?.some((hop) => hop.gateway !== undefined) ? "global" : "link";
    default:
      return "global";
  }
}

function hopWords(hop: Hop, weighted: boolean): string[] {
  const words: string[] = [];
  if (hop.gateway !== undefined) words.push("via", formatIpv4(hop.gateway));
  if (hop.device !== undefined) words.push("dev", hop.device);
  if (weighted && hop.weight !== undefined && hop.weight !== 1) {
    words.push("weight", String(hop.weight));
  }
  if (hop.onlink) words.push("onlink");
  return words;
}

function formatDestination(address: Ipv4, length: number): string {
  if (length === 0) return "default";
  return length === 32 ? formatIpv4(address) : `${formatIpv4(address)}/${length}`;
}

/** The request that would make an existing route. `nameOf` gives a device's name by its index. */
export function routeRequest(
  route: RouteMessage,
  nameOf: (ifindex: number) => string | undefined,
): RouteRequest {
  const request: Draft = { destination: route.destination, prefixLength: route.prefixLength };
  if (route.type !== "unicast") request.type = route.type;
  if (route.table !== TABLE_MAIN) request.table = route.table;
  if (route.protocol !== "boot") request.protocol = route.protocol;
  if (route.metric !== 0) request.metric = route.metric;
  if (route.tos !== 0) request.tos = route.tos;
  if (route.preferredSource !== undefined) request.preferredSource = route.preferredSource;
  if (route.mtu !== undefined) request.mtu = route.mtu;
  if (route.mtuLocked) request.mtuLocked = true;
  if (route.metrics) request.metrics = route.metrics;
  const hops: Hop[] = [];
  for (const hop of route.nextHops) {
    const device = nameOf(hop.ifindex);
    hops.push({
      ...(hop.gateway === undefined ? {} : { gateway: hop.gateway }),
      ...(device === undefined ? {} : { device }),
      ...(route.nextHops.length > 1 && hop.weight !== 1 ? { weight: hop.weight } : {}),
      ...(hop.onlink ? { onlink: true } : {}),
    });
  }
  if (hops.length > 0) request.nextHops = hops;
  if (route.scope !== naturalScope(request)) request.scope = route.scope;
  return request;
}
