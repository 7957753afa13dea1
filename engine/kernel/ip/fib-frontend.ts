/**
 * The routes that the kernel makes and removes by itself when addresses and devices change.
 * Linux net/ipv4/fib_frontend.c.
 */
import { broadcastOf, IPV4_BROADCAST, networkOf, type Ipv4 } from "../../net/address.ts";
import type { NetDevice } from "../device/net-device.ts";
import { KernelError } from "../errno.ts";
import type { NetNamespace } from "../netns.ts";
import { TABLE_LOCAL, TABLE_MAIN, type RouteType } from "../rtnetlink/messages.ts";
import { deleteRoute, insertRoute, type RouteSpec } from "./fib-write.ts";
import { SCOPE_HOST, SCOPE_LINK, type IfAddress } from "./in-device.ts";

/** 0.0.0.0/8 */
function isZeroNet(address: Ipv4): boolean {
  return address >>> 24 === 0;
}

/** fib_magic() */
function kernelRoute(
  netns: NetNamespace,
  action: "add" | "delete",
  type: RouteType,
  prefix: Ipv4,
  length: number,
  primary: IfAddress,
  metric = 0,
): void {
  const spec: RouteSpec = {
    table: type === "unicast" ? TABLE_MAIN : TABLE_LOCAL,
    type,
    prefix,
    length,
    tos: 0,
    scope: type === "local" ? SCOPE_HOST : SCOPE_LINK,
    protocol: "kernel",
    priority: metric,
    preferredSource: primary.address,
    mtu: 0,
    mtuLocked: false,
    metrics: undefined,
    nextHops: [{ gateway: 0, oif: primary.device.ifindex, weight: 1, onlink: false }],
  };
  try {
    if (action === "add") insertRoute(netns, spec, "append");
    else deleteRoute(netns, spec);
  } catch (error) {
    // It was there already, or is gone already: so be it.
    if (!(error instanceof KernelError)) throw error;
  }
}

/** fib_inetaddr_event(NETDEV_UP) */
export function addressAdded(netns: NetNamespace, address: IfAddress): void {
  addRoutes(netns, address);
  netns.fib.flushExceptions();
}

/** fib_add_ifaddr() */
function addRoutes(netns: NetNamespace, one: IfAddress): void {
  const { device, address, prefixLength, broadcast } = one;
  const prefix = networkOf(one.peer, prefixLength);
  const primary = one.secondary ? device.ipv4.primaryOf(prefix, prefixLength) : one;
  if (!primary) return;
  kernelRoute(netns, "add", "local", address, 32, primary);
  if (!device.up) return;
  if (broadcast !== undefined && broadcast !== IPV4_BROADCAST) {
    kernelRoute(netns, "add", "broadcast", broadcast, 32, primary);
    forgetNeighbour(netns, device, broadcast);
  }
  if (isZeroNet(prefix) || one.secondary || (prefix === address && prefixLength === 32)) return;
  if (!one.noPrefixRoute) {
    const type = device.isLoopback ? "local" : "unicast";
    kernelRoute(netns, "add", type, prefix, prefixLength, one, one.metric);
  }
  if (prefixLength < 31) {
    const networkBroadcast = broadcastOf(prefix, prefixLength);
    kernelRoute(netns, "add", "broadcast", networkBroadcast, 32, primary);
    forgetNeighbour(netns, device, networkBroadcast);
  }
}

/** fib_modify_prefix_metric() */
export function changeMetric(netns: NetNamespace, one: IfAddress, metric: number): void {
  const { device, address, prefixLength } = one;
  const prefix = networkOf(one.peer, prefixLength);
  const old = one.metric;
  one.metric = metric;
  const isHost = prefix === address && prefixLength === 32;
  if (!device.up || one.secondary || one.noPrefixRoute || isZeroNet(prefix) || isHost) return;
  const type = device.isLoopback ? "local" : "unicast";
  kernelRoute(netns, "add", type, prefix, prefixLength, one, metric);
  kernelRoute(netns, "delete", type, prefix, prefixLength, one, old);
}

function forgetNeighbour(netns: NetNamespace, device: NetDevice, address: Ipv4): void {
  const neighbour = netns.neighbours.find(device, address);
  if (neighbour) netns.neighbours.remove(neighbour);
}

/** fib_inetaddr_event(NETDEV_DOWN) */
export function addressRemoved(netns: NetNamespace, address: IfAddress): void {
  removeRoutes(netns, address, undefined);
  if (address.device.ipv4.addresses.length === 0) {
    disableIp(netns, address.device, "down", true);
  } else {
    netns.fib.flushExceptions();
  }
  netns.netfilter.nat.forgetMasqueraded(address.device.ifindex, address.address);
}

/** Which of an address's routes another address still needs. */
interface Needed {
  local: boolean;
  broadcast: boolean;
  networkBroadcast: boolean;
}

/** fib_del_ifaddr(); `promotedFrom`: the primary that goes, while a secondary takes its place. */
export function removeRoutes(
  netns: NetNamespace,
  one: IfAddress,
  promotedFrom: IfAddress | undefined,
): void {
  const { device, address, prefixLength, broadcast } = one;
  const prefix = networkOf(one.peer, prefixLength);
  const networkBroadcast = broadcastOf(prefix, prefixLength);
  const primary = one.secondary ? device.ipv4.primaryOf(prefix, prefixLength) : one;
  let hasSubnet = false;
  if (!primary) return;
  if (!one.secondary && !isZeroNet(prefix) && !(prefix === address && prefixLength === 32)) {
    if (!one.noPrefixRoute) {
      const type = device.isLoopback ? "local" : "unicast";
      kernelRoute(netns, "delete", type, prefix, prefixLength, primary);
    }
    hasSubnet = true;
  }
  const needed = stillNeeded(one, primary, promotedFrom);
  if (!needed.broadcast && broadcast !== undefined) {
    kernelRoute(netns, "delete", "broadcast", broadcast, 32, primary);
  }
  if (hasSubnet && prefixLength < 31) {
    if (!needed.networkBroadcast) {
      kernelRoute(netns, "delete", "broadcast", networkBroadcast, 32, primary);
    }
    kernelRoute(netns, "delete", "broadcast", prefix, 32, primary);
  }
  if (needed.local) return;
  kernelRoute(netns, "delete", "local", address, 32, primary);
  if (netns.fib.isLocal(address)) return;
  if (netns.fib.syncDownAddress(address)) netns.fib.flush();
}

function stillNeeded(
  gone: IfAddress,
  primary: IfAddress,
  promotedFrom: IfAddress | undefined,
): Needed {
  const needed: Needed = { local: false, broadcast: false, networkBroadcast: false };
  const { device, prefixLength } = gone;
  const goneBroadcast = broadcastOf(gone.peer, prefixLength);
  for (const other of device.ipv4.addresses) {
    if (other === gone) continue;
    const otherNetwork = networkOf(other.peer, other.prefixLength);
    const sameSubnet =
      other.prefixLength === prefixLength && otherNetwork === networkOf(gone.peer, prefixLength);
    if (promotedFrom && sameSubnet) continue;
    const source = other.secondary
      ? device.ipv4.primaryOf(otherNetwork, other.prefixLength)
      : other;
    // Routes of another primary address have another preferred source.
    if (source?.address !== primary.address) continue;
    if (other.address === gone.address) needed.local = true;
    const broadcasts: (Ipv4 | undefined)[] = [other.broadcast];
    if (!other.secondary && other.prefixLength < 31) {
      broadcasts.push(broadcastOf(other.peer, other.prefixLength));
    }
    if (broadcasts.includes(gone.broadcast)) needed.broadcast = true;
    if (broadcasts.includes(goneBroadcast)) needed.networkBroadcast = true;
  }
  return needed;
}

/** fib_disable_ip() */
export function disableIp(
  netns: NetNamespace,
  device: NetDevice,
  reason: "down" | "unregister",
  force: boolean,
): void {
  if (netns.fib.syncDown(device, reason, force)) netns.fib.flush();
  netns.fib.flushExceptions();
  netns.neighbours.flush(device, false);
}

/** fib_netdev_event(NETDEV_UP) */
export function deviceUp(netns: NetNamespace, device: NetDevice): void {
  for (const address of device.ipv4.addresses) addRoutes(netns, address);
  netns.fib.syncUp(device, "dead");
  netns.fib.flushExceptions();
}

/** fib_netdev_event(NETDEV_CHANGE) */
export function carrierChanged(netns: NetNamespace, device: NetDevice): void {
  if (device.carrier) netns.fib.syncUp(device, "linkdown");
  else netns.fib.syncDown(device, "carrier", false);
  netns.fib.flushExceptions();
}
