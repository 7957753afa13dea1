/** The table that `route` and `netstat -r` print, from the same data as /proc/net/route. */
import type { Sys } from "../../../kernel/process/sys.ts";
import { type RouteMessage, TABLE_MAIN } from "../../../kernel/rtnetlink/messages.ts";
import { formatIpv4, type Ipv4, netmask } from "../../../net/address.ts";
import { hostName, networkName } from "./hosts.ts";

/** Which columns: as `route` has them, as `route -e`, as `route -ee`. */
export type RouteColumns = "metric" | "window" | "both";

const HEADINGS: Readonly<Record<RouteColumns, string>> = {
  metric: "Destination     Gateway         Genmask         Flags Metric Ref    Use Iface",
  window: "Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface",
  both: "Destination     Gateway         Genmask         Flags Metric Ref    Use Iface    MSS   Window irtt",
};

const cell = (text: string | number, width: number): string => String(text).padEnd(width);
const number = (value: number, width: number): string => String(value).padStart(width);

export function routeTable(sys: Sys, numeric: boolean, columns: RouteColumns): string {
  const routes = sys.rtnetlink
    .routes(TABLE_MAIN)
    .filter(({ type }) => type !== "broadcast" && type !== "multicast");
  const lines = routes.map((route) => line(sys, route, numeric, columns));
  return `Kernel IP routing table\n${HEADINGS[columns]}\n${lines.join("")}`;
}

function destinationText(sys: Sys, route: RouteMessage, numeric: boolean): string {
  const text = formatIpv4(route.destination);
  if (numeric) return text;
  if (route.destination === 0) return "default";
  const name =
    route.prefixLength === 32
      ? hostName(sys, route.destination)
      : networkName(sys, route.destination);
  return (name ?? text).slice(0, 15);
}

function gatewayText(sys: Sys, gateway: Ipv4, numeric: boolean): string {
  const name = numeric || gateway === 0 ? undefined : hostName(sys, gateway);
  return (name ?? formatIpv4(gateway)).slice(0, 15);
}

function line(sys: Sys, route: RouteMessage, numeric: boolean, columns: RouteColumns): string {
  const hop = route.nextHops[0];
  const refused = route.type === "unreachable" || route.type === "prohibit";
  const gateway = hop?.gateway ?? (0 as Ipv4);
  const flags =
    (refused ? "!" : "U") + (gateway === 0 ? "" : "G") + (route.prefixLength === 32 ? "H" : "");
  const destination = cell(destinationText(sys, route, numeric), 15);
  const mask = cell(formatIpv4(netmask(route.prefixLength)), 15);
  const metric = cell(route.metric, 6);
  if (refused) {
    const start = `${destination} -               ${mask} ${cell(flags, 5)} `;
    if (columns === "window") return `${start}    - -          - -\n`;
    const end = columns === "both" ? " -        -     -      -\n" : " -\n";
    return `${start}${metric} -  ${number(0, 7)}${end}`;
  }
  const device = hop && hop.ifindex !== 0 ? sys.rtnetlink.link(hop.ifindex)?.name : undefined;
  const name = device ?? "*";
  const start = `${destination} ${cell(gatewayText(sys, gateway, numeric), 15)} ${mask} ${cell(flags, 5)} `;
  const advertised = route.metrics?.advertisedMss;
  const mss = advertised === undefined ? 0 : advertised + 40;
  const window = route.metrics?.window ?? 0;
  const irtt = route.metrics?.rttMs ?? 0;
  switch (columns) {
    case "metric":
      return `${start}${metric} ${cell(0, 2)} ${number(0, 7)} ${name}\n`;
    case "window":
      return `${start}${number(mss, 5)} ${cell(window, 5)} ${number(irtt, 6)} ${name}\n`;
    case "both":
      return (
        `${start}${metric} ${cell(0, 3)} ${number(0, 6)} ${cell(name.slice(0, 6), 6)}   ` +
        `${cell(mss, 5)} ${cell(window, 6)} ${irtt}\n`
      );
  }
}
