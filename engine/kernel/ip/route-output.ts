/** The route of a packet made here. Linux ip_route_output_key_hash() in net/ipv4/route.c. */
import {
  IPV4_ANY,
  IPV4_BROADCAST,
  IPV4_LOOPBACK,
  isLoopback,
  isMulticast,
  type Ipv4,
} from "../../net/address.ts";
import type { NetDevice } from "../device/net-device.ts";
import { KernelError } from "../errno.ts";
import type { NetNamespace } from "../netns.ts";
import type { RouteType } from "../rtnetlink/messages.ts";
import type { FibFlow, FibResult } from "./fib-table.ts";
import { SCOPE_HOST, SCOPE_LINK, SCOPE_UNIVERSE } from "./in-device.ts";
import { findException, type Route } from "./route.ts";
import { selectPath } from "./select-path.ts";

/** 224.0.0.0/24: never leaves the link, RFC 5771 §4. */
function isLocalMulticast(address: Ipv4): boolean {
  return address >>> 8 === 0xe00000;
}

/**
 * Looks up `netns.fib.flow`, whose source and destination it may fill in. Throws what a socket
 * gets: ENETUNREACH, EHOSTUNREACH, EACCES, EINVAL, ENODEV. `anySource`: the source need not be an
 * address of this machine.
 */
export function routeOutput(netns: NetNamespace, flow: FibFlow, anySource = false): Route {
  const wantedOif = flow.oif;
  if (flow.src !== IPV4_ANY) {
    const onLink = checkSource(netns, flow, anySource);
    if (onLink) return makeRoute(netns, flow, onLink, typeOf(flow.dst), undefined);
  }
  if (flow.oif !== 0) {
    const device = outputDevice(netns, flow.oif);
    if (isLocalMulticast(flow.dst) || flow.dst === IPV4_BROADCAST) {
      flow.src ||= netns.addresses.select(device, 0, SCOPE_LINK);
      return makeRoute(netns, flow, device, typeOf(flow.dst), undefined);
    }
    if (isMulticast(flow.dst)) flow.src ||= netns.addresses.select(device, 0, flow.scope);
    else if (flow.dst === IPV4_ANY) flow.src ||= netns.addresses.select(device, 0, SCOPE_HOST);
  }
  if (flow.dst === IPV4_ANY) {
    // The unspecified address means this machine.
    flow.src ||= IPV4_LOOPBACK;
    flow.dst = flow.src;
    return makeRoute(netns, flow, netns.loopback, "local", undefined);
  }
  return lookupRoute(netns, flow, wantedOif);
}

/** Refuses a source that is not ours; for broadcast and multicast it names the device. */
function checkSource(
  netns: NetNamespace,
  flow: FibFlow,
  anySource: boolean,
): NetDevice | undefined {
  if (isMulticast(flow.src) || flow.src === IPV4_BROADCAST || flow.src === IPV4_ANY) {
    throw new KernelError("EINVAL");
  }
  if (anySource) return undefined;
  const isGroup = isMulticast(flow.dst) || flow.dst === IPV4_BROADCAST;
  if (flow.oif === 0 && isGroup) {
    const device = netns.addresses.deviceOf(flow.src);
    if (!device) throw new KernelError("ENETUNREACH");
    flow.oif = device.ifindex;
    return device;
  }
  if (!netns.addresses.isAssigned(flow.src) && !netns.fib.isLocal(flow.src)) {
    throw new KernelError("ENETUNREACH");
  }
  return undefined;
}

function outputDevice(netns: NetNamespace, oif: number): NetDevice {
  const device = netns.deviceByIndex(oif);
  if (!device) throw new KernelError("ENODEV");
  if (!device.up) throw new KernelError("ENETUNREACH");
  return device;
}

function typeOf(destination: Ipv4): RouteType {
  if (destination === IPV4_BROADCAST) return "broadcast";
  return isMulticast(destination) ? "multicast" : "unicast";
}

function lookupRoute(netns: NetNamespace, flow: FibFlow, wantedOif: number): Route {
  const { fib } = netns;
  const { result } = fib;
  const error = fib.lookup(flow);
  if (error) {
    // With a device but no route the destination is taken to be on its link.
    if (wantedOif === 0) throw new KernelError(error);
    const device = outputDevice(netns, wantedOif);
    flow.src ||= netns.addresses.select(device, 0, SCOPE_LINK);
    return makeRoute(netns, flow, device, typeOf(flow.dst), undefined);
  }
  if (result.type === "local") {
    flow.src ||= result.info.preferredSource || flow.dst;
    return makeRoute(netns, flow, netns.loopback, "local", result);
  }
  selectPath(netns, flow, result);
  const device = result.nextHop?.device as NetDevice;
  flow.src ||=
    result.info.preferredSource ||
    netns.addresses.select(device, (result.nextHop?.gateway ?? 0) as Ipv4, result.info.scope);
  const type = isMulticast(flow.dst) ? "multicast" : result.type;
  return makeRoute(netns, flow, device, type, result);
}

/** __mkroute_output() */
function makeRoute(
  netns: NetNamespace,
  flow: FibFlow,
  device: NetDevice,
  type: RouteType,
  result: FibResult | undefined,
): Route {
  const { route_localnet } = device.ipv4.conf;
  if (isLoopback(flow.src) && !device.isLoopback && !route_localnet) {
    if (!netns.confAll.route_localnet) throw new KernelError("EINVAL");
  }
  const hop = type === "unicast" || type === "multicast" ? result?.nextHop : undefined;
  const exception = findException(hop, flow.dst, netns.sim.nowNs);
  const info = result?.info;
  const learntMtu = exception?.mtu ? exception.mtu : 0;
  return {
    type,
    device,
    gateway: exception?.gateway || (hop?.gateway ?? 0),
    source: flow.src,
    mtu: learntMtu || info?.mtu || device.mtu,
    mtuLocked: (learntMtu > 0 && exception?.mtuLocked === true) || info?.mtuLocked === true,
    tableId: result?.table.id ?? 0,
    info,
    exception,
  };
}

/** A flow of a packet from here, in the namespace's own record. */
export function outputFlow(
  netns: NetNamespace,
  wanted: {
    readonly src: Ipv4;
    readonly dst: Ipv4;
    readonly protocol?: number | undefined;
    readonly srcPort?: number | undefined;
    readonly dstPort?: number | undefined;
    readonly tos?: number | undefined;
    readonly mark?: number | undefined;
    readonly uid?: number | undefined;
    readonly oif?: number | undefined;
    readonly onLink?: boolean | undefined;
  },
): FibFlow {
  const { flow } = netns.fib;
  flow.dst = wanted.dst;
  flow.src = wanted.src;
  flow.oif = wanted.oif ?? 0;
  flow.iif = netns.loopback.ifindex;
  flow.mark = wanted.mark ?? 0;
  flow.tos = wanted.tos ?? 0;
  flow.scope = wanted.onLink ? SCOPE_LINK : SCOPE_UNIVERSE;
  flow.protocol = wanted.protocol ?? 0;
  flow.srcPort = wanted.srcPort ?? 0;
  flow.dstPort = wanted.dstPort ?? 0;
  flow.uid = wanted.uid ?? 0;
  flow.ignoreLinkState = false;
  return flow;
}
