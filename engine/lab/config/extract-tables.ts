/** Routes, rules, static neighbours and forwarding entries that someone configured. */
import { formatMac, isMulticast, MAC_ZERO } from "../../net/address.ts";
import {
  TABLE_DEFAULT,
  TABLE_LOCAL,
  TABLE_MAIN,
  type RouteMessage,
  type Rtnetlink,
  type RuleMessage,
} from "../../kernel/rtnetlink/messages.ts";
import type { NetworkFile } from "../file/schema.ts";
import { formatFdbText } from "../text/fdb-text.ts";
import { formatNeighbourText } from "../text/neighbour-text.ts";
import { formatRouteText, routeRequest } from "../text/route-text.ts";
import { formatRuleText } from "../text/rule-text.ts";

/** Priority → table of the rules that every namespace starts with. */
const FIRST_RULES: ReadonlyMap<number, number> = new Map([
  [0, TABLE_LOCAL],
  [32766, TABLE_MAIN],
  [32767, TABLE_DEFAULT],
]);

type Tables = Pick<NetworkFile, "routes" | "rules" | "neighbours" | "fdb">;

export function extractTables(rtnetlink: Rtnetlink): Tables {
  return {
    routes: extractRoutes(rtnetlink),
    rules: extractRules(rtnetlink.rules()),
    neighbours: extractNeighbours(rtnetlink),
    fdb: extractFdb(rtnetlink),
  };
}

function extractRoutes(rtnetlink: Rtnetlink): string[] {
  const nameOf = (ifindex: number): string | undefined => rtnetlink.link(ifindex)?.name;
  return rtnetlink
    .routes(0)
    .filter((route) => route.protocol !== "kernel" && route.protocol !== "redirect")
    .map((route) => formatRouteText(routeRequest(withReachableGateways(rtnetlink, route), nameOf)));
}

/**
 * A gateway that no network of the machine holds any more (its address was changed since) would
 * be refused when the route is made again, unless it is said to be on the link.
 */
function withReachableGateways(rtnetlink: Rtnetlink, route: RouteMessage): RouteMessage {
  if (route.nextHops.every((hop) => hop.gateway === undefined || hop.onlink)) return route;
  return {
    ...route,
    nextHops: route.nextHops.map((hop) => {
      if (hop.gateway === undefined || hop.onlink) return hop;
      const device = rtnetlink.link(hop.ifindex)?.name;
      try {
        const way = rtnetlink.getRoute({
          destination: hop.gateway,
          ...(device === undefined ? {} : { outputDevice: device }),
        });
        return { ...hop, onlink: way.gateway !== undefined };
      } catch {
        return { ...hop, onlink: true };
      }
    }),
  };
}

function extractRules(rules: readonly RuleMessage[]): string[] {
  const isFirst = (rule: RuleMessage): boolean =>
    rule.action.kind === "lookup" &&
    FIRST_RULES.get(rule.priority) === rule.action.table &&
    Object.entries(rule).filter(
      ([key, value]) => key !== "origin" && value !== undefined && value !== false,
    ).length === 2;
  const texts = rules.filter((rule) => !isFirst(rule)).map(formatRuleText);
  for (const priority of FIRST_RULES.keys()) {
    if (!rules.some((rule) => rule.priority === priority && isFirst(rule))) {
      texts.push(formatRuleText({ priority, deleted: true }));
    }
  }
  return texts;
}

function extractNeighbours(rtnetlink: Rtnetlink): string[] {
  const texts: string[] = [];
  for (const { ifindex, address, mac, state, proxy } of rtnetlink.neighbours()) {
    const device = rtnetlink.link(ifindex);
    if (!device || device.data.kind === "loopback") continue;
    // Where groups are sent to follows from their addresses.
    if (state === "NOARP" && isMulticast(address)) continue;
    const lasts = proxy || state === "PERMANENT" || (state === "NOARP" && mac !== undefined);
    if (!lasts || (!proxy && mac === undefined)) continue;
    texts.push(
      formatNeighbourText(
        proxy
          ? { device: device.name, address, proxy }
          : {
              device: device.name,
              address,
              ...(state && { state }),
              ...(mac === undefined ? {} : { mac }),
            },
      ),
    );
  }
  return texts;
}

function extractFdb(rtnetlink: Rtnetlink): string[] {
  const texts: string[] = [];
  for (const entry of rtnetlink.fdb()) {
    const device = rtnetlink.link(entry.ifindex);
    if (!device || entry.state === "learned") continue;
    const isOwn = entry.state === "permanent" && entry.mac === device.address;
    const isFlood =
      device.data.kind === "vxlan" &&
      entry.mac === MAC_ZERO &&
      entry.destination === device.data.remote;
    const isGroup = entry.self && Number.parseInt(formatMac(entry.mac).slice(0, 2), 16) % 2 === 1;
    if (isOwn || isFlood || isGroup) continue;
    texts.push(
      formatFdbText({
        mac: entry.mac,
        device: device.name,
        target: entry.self ? "self" : "master",
        state: entry.state,
        ...(entry.vlan === undefined ? {} : { vlan: entry.vlan }),
        ...(entry.destination === undefined ? {} : { destination: entry.destination }),
      }),
    );
  }
  return texts;
}
