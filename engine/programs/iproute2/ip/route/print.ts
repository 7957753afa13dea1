/** A route as `ip route` and `ip monitor` print it. */
import { formatIpv4, formatIpv4Prefix } from "../../../../net/address.ts";
import type {
  NextHop,
  RouteAnswer,
  RouteMessage,
  RouteMetrics,
  RouteQuery,
  RouteType,
} from "../../../../kernel/rtnetlink/messages.ts";
import { TABLE_MAIN } from "../../../../kernel/rtnetlink/messages.ts";
import type { Context } from "../../support/context.ts";
import { protocolText, scopeText, tableName, tosText } from "../../support/names.ts";
import type { Printer } from "../../support/printer.ts";

const TYPE_NUMBERS: Readonly<Record<RouteType, number>> = {
  unicast: 1,
  local: 2,
  broadcast: 3,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
  throw: 9,
};

const NS_PER_SECOND = 1e9;

/** What a filter fixed is not repeated in each line. */
export interface Fixed {
  readonly gateway?: boolean;
  readonly device?: boolean;
  readonly table?: boolean;
  readonly protocol?: boolean;
  readonly scope?: boolean;
  readonly source?: boolean;
  readonly metric?: boolean;
  readonly tos?: boolean;
}

function printType(context: Context, printer: Printer, type: RouteType): void {
  if (type === "unicast" && !context.options.details) return;
  const text = context.options.numeric ? String(TYPE_NUMBERS[type]) : type;
  printer.field("type", text, `${text} `);
}

function printDevice(context: Context, printer: Printer, ifindex: number): void {
  const name = context.deviceName(ifindex);
  printer.field("dev", name, `dev ${printer.paint("device", `${name} `)}`);
}

function printHopFlags(printer: Printer, hop: NextHop | undefined): void {
  const flags: string[] = [];
  if (hop?.dead) flags.push("dead");
  if (hop?.onlink) flags.push("onlink");
  if (hop?.linkDown) flags.push("linkdown");
  printer.field("flags", flags, flags.map((flag) => `${flag} `).join(""));
}

const METRICS: readonly (readonly [keyof RouteMetrics, key: string, unit: string])[] = [
  ["window", "window", ""],
  ["rttMs", "rtt", "ms"],
  ["rttVarMs", "rttvar", "ms"],
  ["slowStartThreshold", "ssthresh", ""],
  ["congestionWindow", "cwnd", ""],
  ["advertisedMss", "advmss", ""],
  ["reordering", "reordering", ""],
  ["hopLimit", "hoplimit", ""],
  ["initialCongestionWindow", "initcwnd", ""],
  ["rtoMinMs", "rto_min", "ms"],
  ["initialReceiveWindow", "initrwnd", ""],
  ["quickAck", "quickack", ""],
];

/** RTA_METRICS, in the order of their numbers. */
function printMetrics(
  printer: Printer,
  mtu: number | undefined,
  locked: boolean,
  metrics: RouteMetrics = {},
): void {
  if (mtu === undefined && Object.keys(metrics).length === 0) return;
  printer.openArray("metrics");
  printer.open();
  if (mtu !== undefined) printer.field("mtu", mtu, `mtu ${locked ? "lock " : ""}${mtu} `);
  for (const [name, key, unit] of METRICS) {
    const value = metrics[name];
    if (value === undefined) continue;
    // rto_min is meaningful to the kernel only when it is locked.
    const lock = name === "rtoMinMs" ? "lock " : "";
    printer.field(key, value, `${key} ${lock}${value}${unit} `);
  }
  printer.close();
  printer.close();
}

/** An entry of a table. */
export function printRoute(
  context: Context,
  printer: Printer,
  route: RouteMessage,
  fixed: Fixed = {},
): void {
  const { details, numeric } = context.options;
  const single = route.nextHops.length === 1 ? route.nextHops[0] : undefined;
  printType(context, printer, route.type);
  const destination =
    route.prefixLength === 0
      ? "default"
      : route.prefixLength === 32
        ? formatIpv4(route.destination)
        : formatIpv4Prefix({ address: route.destination, length: route.prefixLength });
  printer.field("dst", destination, paintDestination(printer, destination));
  if (route.tos !== 0 && !fixed.tos) {
    const tos = tosText(route.tos, numeric);
    printer.field("tos", tos, `tos ${tos} `);
  }
  if (route.nextHopId !== undefined) {
    printer.field("nhid", route.nextHopId, `nhid ${route.nextHopId} `);
  }
  if (single?.gateway !== undefined && !fixed.gateway) {
    printer.field(
      "gateway",
      formatIpv4(single.gateway),
      `via ${printer.paint("inet", `${formatIpv4(single.gateway)} `)}`,
    );
  }
  if (single && single.ifindex !== 0 && !fixed.device)
    printDevice(context, printer, single.ifindex);
  if ((route.table !== TABLE_MAIN || details) && !fixed.table) {
    const table = tableName(route.table, numeric);
    printer.field("table", table, `table ${table} `);
  }
  if ((route.protocol !== "boot" || details) && !fixed.protocol) {
    const protocol = protocolText(route.protocol, numeric);
    printer.field("protocol", protocol, `proto ${protocol} `);
  }
  if ((route.scope !== "global" || details) && !fixed.scope) {
    const scope = scopeText(route.scope, numeric);
    printer.field("scope", scope, `scope ${scope} `);
  }
  if (route.preferredSource !== undefined && !fixed.source) {
    const source = formatIpv4(route.preferredSource);
    printer.field("prefsrc", source, `src ${printer.paint("inet", `${source} `)}`);
  }
  if (route.metric !== 0 && !fixed.metric) {
    printer.field("metric", route.metric, `metric ${route.metric} `);
  }
  printHopFlags(printer, single);
  printMetrics(printer, route.mtu, route.mtuLocked === true, route.metrics);
  if (route.nextHops.length > 1) printNextHops(context, printer, route.nextHops);
  printer.plain("\n");
}

function printNextHops(context: Context, printer: Printer, hops: readonly NextHop[]): void {
  printer.openArray("nexthops");
  for (const hop of hops) {
    printer.open();
    printer.plain(`${printer.newline}\tnexthop `);
    if (hop.gateway !== undefined) {
      printer.field(
        "gateway",
        formatIpv4(hop.gateway),
        `via ${printer.paint("inet", `${formatIpv4(hop.gateway)} `)}`,
      );
    }
    if (hop.ifindex !== 0) printDevice(context, printer, hop.ifindex);
    printer.field("weight", hop.weight, `weight ${hop.weight} `);
    printHopFlags(printer, hop);
    printer.close();
  }
  printer.close();
}

/** The answer to `ip route get`, or a learned route: RTM_F_CLONED. */
export function printAnswer(
  context: Context,
  printer: Printer,
  answer: RouteAnswer,
  query?: RouteQuery,
): void {
  const { details, numeric, statistics } = context.options;
  const isInput = query?.inputDevice !== undefined;
  printType(context, printer, answer.type);
  printer.field(
    "dst",
    formatIpv4(answer.destination),
    printer.paint("inet", `${formatIpv4(answer.destination)} `),
  );
  if (query?.source !== undefined) {
    printer.field("from", formatIpv4(query.source), `from ${formatIpv4(query.source)} `);
  }
  if (answer.tos !== 0) {
    const tos = tosText(answer.tos, numeric);
    printer.field("tos", tos, `tos ${tos} `);
  }
  if (answer.gateway !== undefined) {
    printer.field(
      "gateway",
      formatIpv4(answer.gateway),
      `via ${printer.paint("inet", `${formatIpv4(answer.gateway)} `)}`,
    );
  }
  printDevice(context, printer, answer.ifindex);
  if (answer.table !== TABLE_MAIN || details) {
    const table = tableName(answer.table, numeric);
    printer.field("table", table, `table ${table} `);
  }
  if (query && !isInput && answer.source !== undefined && answer.source !== query.source) {
    printer.field(
      "prefsrc",
      formatIpv4(answer.source),
      `src ${printer.paint("inet", `${formatIpv4(answer.source)} `)}`,
    );
  }
  // RTCF_MULTICAST has the bit that iproute2 knows as RTM_F_OFFLOAD_FAILED.
  const isMulticast = answer.type === "multicast";
  printer.field(
    "flags",
    isMulticast ? ["rt_offload_failed"] : [],
    isMulticast ? "rt_offload_failed " : "",
  );
  if (query?.mark) {
    const mark = query.mark;
    const text = mark >= 16 ? `0x${mark.toString(16)}` : String(mark);
    printer.field("mark", mark, `mark ${text} `);
  }
  if (query && !isInput) printer.field("uid", query.uid ?? 0, `uid ${query.uid ?? 0} `);
  const flags = [...answer.cacheFlags];
  printer.plain(`${printer.newline}    cache ${flags.length > 0 ? `<${flags.join(",")}> ` : ""}`);
  printer.member("cache", flags);
  if (answer.mtuExpiresNs !== undefined) {
    const seconds = Math.floor(answer.mtuExpiresNs / NS_PER_SECOND);
    printer.field("expires", seconds, `expires ${seconds}sec `);
  }
  if (statistics > 0) {
    printer.field("users", 2, "users 2 ");
    printer.field("age", 0, "age 0sec ");
  }
  const learned = answer.mtuExpiresNs !== undefined;
  printMetrics(
    printer,
    answer.mtu,
    !learned && answer.route.mtuLocked === true,
    answer.type === "unicast" ? answer.route.metrics : {},
  );
  if (query?.inputDevice !== undefined) {
    printer.field("iif", query.inputDevice, `iif ${query.inputDevice} `);
  }
  printer.plain("\n");
}

/** `default` has no colour. */
function paintDestination(printer: Printer, destination: string): string {
  const isAddress = /^\d/.test(destination);
  return isAddress ? printer.paint("inet", `${destination} `) : `${destination} `;
}
