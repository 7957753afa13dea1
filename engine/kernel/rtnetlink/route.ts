/** RTM_NEWROUTE, RTM_DELROUTE, RTM_GETROUTE. Linux net/ipv4/fib_frontend.c, route.c. */
import type { Ipv4 } from "../../net/address.ts";
import { KernelError } from "../errno.ts";
import type { FibAlias, FibNextHop } from "../ip/fib-info.ts";
import { TOS_MASK } from "../ip/fib-table.ts";
import { deleteRoute, insertRoute, type NextHopSpec, type RouteSpec } from "../ip/fib-write.ts";
import { SCOPE_NOWHERE, SCOPE_UNIVERSE, SCOPE_HOST, SCOPE_LINK } from "../ip/in-device.ts";
import type { NetNamespace } from "../netns.ts";
import {
  TABLE_MAIN,
  type NextHop,
  type RouteMessage,
  type RouteRequest,
  type RouteWrite,
} from "./messages.ts";
import { scopeName, scopeNumber } from "./scopes.ts";

export function routeMessage(
  table: number,
  prefix: Ipv4,
  length: number,
  { tos, info }: FibAlias,
): RouteMessage {
  return {
    table,
    type: info.type,
    destination: prefix,
    prefixLength: length,
    tos,
    scope: scopeName(info.scope),
    protocol: info.protocol,
    metric: info.priority,
    ...(info.preferredSource !== 0 ? { preferredSource: info.preferredSource } : {}),
    ...(info.mtu !== 0 ? { mtu: info.mtu } : {}),
    ...(info.mtuLocked ? { mtuLocked: true } : {}),
    ...(info.metrics ? { metrics: info.metrics } : {}),
    ...(info.nextHopId !== undefined ? { nextHopId: info.nextHopId } : {}),
    nextHops: info.nextHops.map(nextHopMessage),
  };
}

function nextHopMessage(hop: FibNextHop): NextHop {
  const ignored = hop.linkDown && hop.device?.ipv4.conf.ignore_routes_with_linkdown;
  return {
    ...(hop.gateway !== 0 ? { gateway: hop.gateway } : {}),
    ifindex: hop.oif,
    weight: hop.weight,
    onlink: hop.onlink,
    dead: hop.dead || Boolean(ignored),
    linkDown: hop.linkDown,
  };
}

/** Table 0: all of them. ENOENT for a table that is not there. */
export function routes(netns: NetNamespace, tableId: number): RouteMessage[] {
  const { tables } = netns.fib;
  if (tableId !== 0 && !tables.has(tableId)) {
    throw new KernelError("ENOENT", "ipv4: FIB table does not exist");
  }
  // fib_table_hash has 256 buckets, which are dumped in turn; the newest table leads its bucket.
  const dumped = [...tables.values()].reverse().sort((a, b) => (a.id & 255) - (b.id & 255));
  const chosen = dumped.filter(({ id }) => tableId === 0 || id === tableId);
  return chosen.flatMap((table) =>
    Array.from(table.entries(), ({ prefix, length, alias }) =>
      routeMessage(table.id, prefix, length, alias),
    ),
  );
}

export function newRoute(netns: NetNamespace, request: RouteRequest, mode: RouteWrite): void {
  insertRoute(netns, toSpec(netns, request, defaultScope(request)), mode);
}

export function delRoute(
  netns: NetNamespace,
  request: Partial<RouteRequest> & Pick<RouteRequest, "destination" | "prefixLength">,
): void {
  deleteRoute(netns, toSpec(netns, request, SCOPE_NOWHERE));
}

/** What iproute2 asks for when the user names no scope. */
function defaultScope({ type, nextHops }: RouteRequest): number {
  switch (type) {
    case "local":
      return SCOPE_HOST;
    case "broadcast":
    case "multicast":
      return SCOPE_LINK;
    case undefined:
    case "unicast":
      return nextHops?.some(({ gateway }) => gateway !== undefined) || (nextHops?.length ?? 0) > 1
        ? SCOPE_UNIVERSE
        : SCOPE_LINK;
    default:
      return SCOPE_UNIVERSE;
  }
}

function toSpec(
  netns: NetNamespace,
  request: Partial<RouteRequest> & Pick<RouteRequest, "destination" | "prefixLength">,
  scope: number,
): RouteSpec {
  return {
    table: request.table || TABLE_MAIN,
    type: request.type,
    prefix: request.destination,
    length: request.prefixLength,
    tos: (request.tos ?? 0) & TOS_MASK,
    scope: request.scope ? scopeNumber(request.scope) : scope,
    protocol: request.protocol,
    priority: request.metric ?? 0,
    preferredSource: request.preferredSource ?? 0,
    mtu: request.mtu ?? 0,
    mtuLocked: request.mtuLocked ?? false,
    metrics: request.metrics,
    ...(request.nextHopId === undefined ? {} : { nextHopId: request.nextHopId }),
    nextHops: (request.nextHops ?? []).map((hop) => toHopSpec(netns, hop)),
  };
}

export function toHopSpec(
  netns: NetNamespace,
  hop: NonNullable<RouteRequest["nextHops"]>[number],
): NextHopSpec {
  const device = hop.device === undefined ? undefined : netns.deviceByName(hop.device);
  if (hop.device !== undefined && !device) throw new KernelError("ENODEV");
  return {
    gateway: hop.gateway ?? 0,
    oif: device?.ifindex ?? 0,
    weight: hop.weight ?? 1,
    onlink: hop.onlink ?? false,
  };
}
