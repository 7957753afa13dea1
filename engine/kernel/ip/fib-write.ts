/** Adding and removing routes, with the kernel's checks. Linux fib_semantics.c, fib_trie.c. */
import { networkOf, type Ipv4 } from "../../net/address.ts";
import { KernelError } from "../errno.ts";
import type { NetNamespace } from "../netns.ts";
import {
  TABLE_LOCAL,
  TABLE_MAIN,
  type RouteMetrics,
  type RouteType,
  type RouteWrite,
} from "../rtnetlink/messages.ts";
import { ROUTE_TYPES, sameInfo, type FibAlias, type FibInfo, type FibNextHop } from "./fib-info.ts";
import { findPosition } from "./fib-table.ts";
import { SCOPE_HOST, SCOPE_LINK, SCOPE_NOWHERE, SCOPE_UNIVERSE } from "./in-device.ts";
import { rebalance } from "./multipath.ts";

export interface NextHopSpec {
  readonly gateway: Ipv4 | 0;
  /** 0: not given. */
  readonly oif: number;
  readonly weight: number;
  readonly onlink: boolean;
}

/** A route as it was asked for, Linux struct fib_config. */
export interface RouteSpec {
  readonly table: number;
  /** Undefined, to delete: any. */
  readonly type: RouteType | undefined;
  readonly prefix: Ipv4;
  readonly length: number;
  readonly tos: number;
  /** `SCOPE_NOWHERE`, to delete: any. */
  readonly scope: number;
  /** Undefined, to delete: any. */
  readonly protocol: string | undefined;
  readonly priority: number;
  readonly preferredSource: Ipv4 | 0;
  readonly mtu: number;
  readonly mtuLocked: boolean;
  readonly metrics: RouteMetrics | undefined;
  readonly nextHops: readonly NextHopSpec[];
  /** RTA_NH_ID, instead of `nextHops`. */
  readonly nextHopId?: number;
}

function invalid(message: string): KernelError {
  return new KernelError("EINVAL", message);
}

function checkPrefix(spec: RouteSpec): void {
  if (spec.length > 32) throw invalid("Invalid prefix length");
  if (networkOf(spec.prefix, spec.length) !== spec.prefix) {
    throw invalid("Invalid prefix for given prefix length");
  }
}

/** fib_create_info() */
function createInfo(netns: NetNamespace, spec: RouteSpec): FibInfo {
  const type = spec.type ?? "unicast";
  const { error, scope: widest } = ROUTE_TYPES[type];
  if (widest > spec.scope) throw invalid("Invalid scope");
  if (error && spec.nextHops.some(({ gateway, oif }) => gateway !== 0 || oif !== 0)) {
    throw invalid("Gateway, device and multipath can not be specified for this route type");
  }
  if (spec.scope > SCOPE_HOST) throw invalid("Invalid scope");
  const info: FibInfo = {
    type,
    scope: spec.scope,
    protocol: spec.protocol ?? "boot",
    priority: spec.priority,
    preferredSource: spec.preferredSource,
    mtu: spec.mtu,
    mtuLocked: spec.mtuLocked,
    metrics: spec.metrics,
    nextHops: error
      ? []
      : spec.nextHopId === undefined
        ? checkNextHops(netns, spec)
        : netns.nextHops.hopsOf(spec.nextHopId),
    ...(spec.nextHopId === undefined ? {} : { nextHopId: spec.nextHopId }),
    dead: false,
  };
  if (spec.preferredSource !== 0 && !isValidSource(netns, spec)) {
    throw invalid("Invalid prefsrc address");
  }
  rebalance(info);
  return netns.fib.sharedInfos.share(info);
}

function checkNextHops(netns: NetNamespace, spec: RouteSpec): FibNextHop[] {
  const specs = spec.nextHops.length > 0 ? spec.nextHops : [NO_HOP];
  if (spec.scope !== SCOPE_HOST) return specs.map((hop) => checkNextHop(netns, spec, hop));
  const [only] = specs as [NextHopSpec];
  if (specs.length > 1) throw invalid("Route with host scope can not have multiple nexthops");
  if (only.gateway !== 0) throw invalid("Route with host scope can not have a gateway");
  const device = netns.deviceByIndex(only.oif);
  if (!device) throw new KernelError("ENODEV");
  return [newHop(only, { scope: SCOPE_NOWHERE, device, oif: only.oif })];
}

/** The route that a hop is for. */
type HopContext = Pick<RouteSpec, "table" | "scope">;

const NO_HOP: NextHopSpec = { gateway: 0, oif: 0, weight: 1, onlink: false };

function newHop(
  spec: NextHopSpec,
  found: Pick<FibNextHop, "scope" | "device" | "oif">,
): FibNextHop {
  return {
    gateway: spec.gateway,
    weight: spec.weight,
    onlink: spec.onlink,
    ...found,
    dead: false,
    linkDown: found.device?.carrier === false && found.scope !== SCOPE_NOWHERE,
    upperBound: 0,
    exceptions: undefined,
  };
}

/** What a next hop object holds: checked as a route's hop in the main table. */
export function resolveHop(netns: NetNamespace, hop: NextHopSpec): FibNextHop {
  return checkNextHop(netns, { table: TABLE_MAIN, scope: SCOPE_UNIVERSE }, hop);
}

/** A route's own copy of a next hop object's hop, with what it learns by itself. */
export function copyHop(hop: FibNextHop, weight: number): FibNextHop {
  return { ...hop, weight, upperBound: 0, exceptions: undefined };
}

/** fib_check_nh() */
function checkNextHop(netns: NetNamespace, spec: HopContext, hop: NextHopSpec): FibNextHop {
  if (hop.gateway === 0) return checkDirectHop(netns, hop);
  if (hop.onlink) return checkOnlinkHop(netns, spec, hop, hop.gateway);
  return checkGatewayHop(netns, spec, hop, hop.gateway);
}

/** fib_check_nh_nongw() */
function checkDirectHop(netns: NetNamespace, hop: NextHopSpec): FibNextHop {
  if (hop.onlink) {
    throw invalid("Invalid flags for nexthop - PERVASIVE and ONLINK can not be set");
  }
  const device = netns.deviceByIndex(hop.oif);
  if (!device) throw new KernelError("ENODEV");
  if (!device.up) throw new KernelError("ENETDOWN", "Device for nexthop is not up");
  return newHop(hop, { scope: SCOPE_HOST, device, oif: hop.oif });
}

function checkOnlinkHop(
  netns: NetNamespace,
  spec: HopContext,
  hop: NextHopSpec,
  gateway: Ipv4,
): FibNextHop {
  if (spec.scope >= SCOPE_LINK) throw invalid("Nexthop has invalid scope");
  const device = netns.deviceByIndex(hop.oif);
  if (!device) throw new KernelError("ENODEV", "Nexthop device required for onlink");
  if (!device.up) throw new KernelError("ENETDOWN", "Nexthop device is not up");
  if (netns.fib.addressType(gateway, device) !== "unicast") {
    throw invalid("Nexthop has invalid gateway");
  }
  return newHop(hop, { scope: SCOPE_LINK, device, oif: hop.oif });
}

/** The gateway must be reachable without another gateway; fib_check_nh_gw(). */
function checkGatewayHop(
  netns: NetNamespace,
  spec: HopContext,
  hop: NextHopSpec,
  gateway: Ipv4,
): FibNextHop {
  const find = (tableId: number | undefined) =>
    netns.fib.lookupAside(
      (flow) => {
        flow.dst = gateway;
        flow.oif = hop.oif;
        flow.iif = netns.loopback.ifindex;
        flow.scope = Math.max(spec.scope + 1, SCOPE_LINK);
        flow.ignoreLinkState = true;
      },
      tableId === undefined ? undefined : netns.fib.tables.get(tableId),
    );
  let found = spec.table === TABLE_MAIN ? find(undefined) : find(spec.table);
  if (typeof found === "string" && spec.table !== TABLE_MAIN) found = find(undefined);
  if (typeof found === "string") throw new KernelError(found, "Nexthop has invalid gateway");
  if (found.type !== "unicast" && found.type !== "local") {
    throw invalid("Nexthop has invalid gateway");
  }
  const device = found.nextHop?.device;
  if (!device) throw invalid("No egress device for nexthop gateway");
  if (!device.up) throw new KernelError("ENETDOWN");
  return newHop(hop, { scope: found.scope, device, oif: device.ifindex });
}

/** fib_valid_prefsrc() */
function isValidSource(netns: NetNamespace, spec: RouteSpec): boolean {
  const source = spec.preferredSource as Ipv4;
  if (spec.type === "local" && source === spec.prefix) return true;
  const table = spec.table === TABLE_MAIN ? TABLE_LOCAL : spec.table;
  return netns.fib.addressType(source, undefined, table) === "local" || netns.fib.isLocal(source);
}

/** fib_table_insert() */
export function insertRoute(netns: NetNamespace, spec: RouteSpec, mode: RouteWrite): void {
  checkPrefix(spec);
  const info = createInfo(netns, spec);
  const table = netns.fib.table(spec.table);
  const { prefix, length, tos } = spec;
  const alias: FibAlias = { tos, info, sequence: netns.fib.nextSequence++, defaultOrder: -1 };
  const aliases = table.aliasesOf(prefix, length) ?? [];
  let position = findPosition(aliases, tos, info.priority);
  const first = aliases[position];
  if (first && first.tos === tos && first.info.priority === info.priority) {
    if (mode === "add") throw new KernelError("EEXIST");
    const end = endOfGroup(aliases, position);
    const same = aliases.slice(position, end).find((other) => sameInfo(other.info, info));
    if (mode === "replace" || mode === "change") {
      if (same === first) return;
      if (same) throw new KernelError("EEXIST");
      aliases[position] = alias;
      netns.fib.flushExceptions();
      netns.monitor.route(spec.table, prefix, length, alias, false);
      return;
    }
    if (same) throw new KernelError("EEXIST");
    if (mode === "append") position = end;
  } else if (mode === "change") {
    throw new KernelError("ENOENT");
  }
  if (spec.table === TABLE_LOCAL && info.type === "local" && info.protocol !== "kernel") {
    netns.fib.hasCustomLocalRoutes = true;
  }
  table.insertAt(prefix, length, alias, position);
  netns.fib.flushExceptions();
  netns.monitor.route(spec.table, prefix, length, alias, false);
}

/** After the last of the routes with the same type of service and priority. */
function endOfGroup(aliases: readonly FibAlias[], from: number): number {
  const { tos, info } = aliases[from] as FibAlias;
  let end = from;
  while (aliases[end]?.tos === tos && aliases[end]?.info.priority === info.priority) end += 1;
  return end;
}

/** fib_table_delete(); ESRCH */
export function deleteRoute(netns: NetNamespace, spec: RouteSpec): void {
  checkPrefix(spec);
  const table = netns.fib.tables.get(spec.table);
  if (!table) throw new KernelError("ESRCH", "FIB table does not exist");
  const { prefix, length } = spec;
  const aliases = table.aliasesOf(prefix, length) ?? [];
  const alias = aliases.find((one) => one.tos === spec.tos && isMeant(one.info, spec));
  if (!alias) throw new KernelError("ESRCH");
  table.remove(prefix, length, alias);
  netns.fib.flushExceptions();
  netns.monitor.route(spec.table, prefix, length, alias, true);
}

/** Routes whose next hop object is gone. */
export function deleteRoutesOf(netns: NetNamespace, nextHopId: number): void {
  for (const table of netns.fib.tables.values()) {
    for (const { prefix, length, alias } of [...table.entries()]) {
      if (alias.info.nextHopId !== nextHopId) continue;
      table.remove(prefix, length, alias);
      netns.monitor.route(table.id, prefix, length, alias, true);
    }
  }
}

function isMeant(info: FibInfo, spec: RouteSpec): boolean {
  if (spec.type && info.type !== spec.type) return false;
  if (spec.scope !== SCOPE_NOWHERE && info.scope !== spec.scope) return false;
  if (spec.preferredSource !== 0 && info.preferredSource !== spec.preferredSource) return false;
  if (spec.protocol && info.protocol !== spec.protocol) return false;
  if (spec.priority !== 0 && info.priority !== spec.priority) return false;
  if (spec.mtu !== 0 && info.mtu !== spec.mtu) return false;
  if (spec.nextHopId !== undefined && info.nextHopId !== spec.nextHopId) return false;
  return hopsMatch(info.nextHops, spec.nextHops);
}

/** fib_nh_match() */
function hopsMatch(hops: readonly FibNextHop[], specs: readonly NextHopSpec[]): boolean {
  if (specs.length === 0) return true;
  if (specs.length > 1 && specs.length !== hops.length) return false;
  return specs.every(({ gateway, oif, weight }, i) => {
    const hop = hops[i];
    if (gateway === 0 && oif === 0) return true;
    if (!hop || (oif !== 0 && hop.oif !== oif)) return false;
    if (specs.length > 1 && hop.weight !== weight) return false;
    return gateway === 0 || hop.gateway === gateway;
  });
}
