/** The routing decision for a packet that came in. Linux ip_route_input() in net/ipv4/route.c. */
import { IPV4_ANY, IPV4_BROADCAST, isLoopback, isMulticast, type Ipv4 } from "../../net/address.ts";
import type { Packet } from "../../net/packet.ts";
import type { NetDevice } from "../device/net-device.ts";
import type { Errno } from "../errno.ts";
import type { NetNamespace } from "../netns.ts";
import type { DropReason } from "../packet-tracer.ts";
import { fillPorts } from "./flow-ports.ts";
import { resetFlow } from "./fib.ts";
import type { FibInfo, FibNextHop } from "./fib-info.ts";
import { SCOPE_HOST, SCOPE_UNIVERSE } from "./in-device.ts";
import { findException } from "./route.ts";
import { selectPath } from "./select-path.ts";

/** Reused from packet to packet: copy what must outlive the next decision. */
export class InputDecision {
  kind: "local" | "broadcast" | "multicast" | "forward" | "error" | "drop" = "drop";
  /** Where it leaves, when it is forwarded. */
  device: NetDevice | undefined;
  /** 0: the destination itself. */
  gateway: Ipv4 | 0 = 0;
  /** Of the route, or the device. */
  mtu = 0;
  /** The sender had better use another router of the same link. */
  redirects = false;
  /** Why there is no route, for the ICMP error. */
  error: Errno = "EHOSTUNREACH";
  reason: DropReason = "no-route";
  info: FibInfo | undefined;
  nextHop: FibNextHop | undefined;
  tableId = 0;
}

function drop(decision: InputDecision, reason: DropReason): InputDecision {
  decision.kind = "drop";
  decision.reason = reason;
  return decision;
}

function noRoute(decision: InputDecision, device: NetDevice, error: Errno): InputDecision {
  decision.kind = "error";
  // A machine that does not forward has no opinion.
  decision.error = device.ipv4.conf.forwarding ? error : "EHOSTUNREACH";
  decision.reason = device.ipv4.conf.forwarding ? "no-route" : "not-forwarding";
  return decision;
}

/**
 * Decides where a packet from `src` to `dst` that came in by `device` goes. `isArp`: it is the
 * question of an ARP request, which has no broadcast.
 */
export function routeInput(
  netns: NetNamespace,
  device: NetDevice,
  src: Ipv4,
  dst: Ipv4,
  tos: number,
  packet: Packet | undefined,
): InputDecision {
  const { decision, fib } = netns;
  decision.device = undefined;
  decision.redirects = false;
  decision.info = undefined;
  decision.nextHop = undefined;
  decision.tableId = 0;
  if (isMulticast(dst) && packet) return groupDecision(netns, decision, device, src, dst);
  if (isMulticast(src) || src === IPV4_BROADCAST) return drop(decision, "martian-source");
  const limited = dst === IPV4_BROADCAST || (src === IPV4_ANY && dst === IPV4_ANY);
  if (limited) return broadcastDecision(netns, decision, device, src);
  if (src === IPV4_ANY) return drop(decision, "martian-source");
  if (dst === IPV4_ANY) return drop(decision, "martian-destination");
  if (!device.isLoopback && !routesLocalnet(netns, device)) {
    if (isLoopback(dst)) return drop(decision, "martian-destination");
    if (isLoopback(src)) return drop(decision, "martian-source");
  }
  const { flow, result } = fib;
  flow.dst = dst;
  flow.src = src;
  flow.oif = 0;
  flow.iif = device.ifindex;
  flow.mark = packet?.mark ?? 0;
  flow.tos = tos;
  flow.scope = SCOPE_UNIVERSE;
  flow.ignoreLinkState = false;
  flow.protocol = packet?.ip?.protocol ?? 0;
  flow.srcPort = 0;
  flow.dstPort = 0;
  if (packet) fillPorts(flow, packet);
  const error = fib.lookup(flow);
  if (error) {
    noRoute(decision, device, error);
    if (error === "EINVAL" && decision.reason === "no-route") decision.reason = "blackhole";
    return decision;
  }
  switch (result.type) {
    case "broadcast":
      return broadcastDecision(netns, decision, device, src);
    case "local":
      return localDecision(netns, decision, device, src, dst, tos);
    case "unicast":
      break;
    default:
      return drop(decision, "martian-destination");
  }
  if (!device.ipv4.conf.forwarding) return noRoute(decision, device, "EHOSTUNREACH");
  selectPath(netns, flow, result);
  const hop = result.nextHop as FibNextHop;
  decision.info = result.info;
  decision.nextHop = hop;
  decision.tableId = result.table.id;
  decision.device = hop.device;
  decision.gateway = hop.gateway;
  decision.mtu = result.info.mtu;
  decision.kind = "forward";
  return forwardDecision(netns, decision, device, src, dst, tos);
}

function routesLocalnet(netns: NetNamespace, device: NetDevice): boolean {
  return device.ipv4.conf.route_localnet !== 0 || netns.confAll.route_localnet !== 0;
}

/** __mkroute_input() */
function forwardDecision(
  netns: NetNamespace,
  decision: InputDecision,
  device: NetDevice,
  src: Ipv4,
  dst: Ipv4,
  tos: number,
): InputDecision {
  const output = decision.device;
  if (!output) return drop(decision, "no-route");
  if (decision.nextHop?.exceptions) {
    const exception = findException(decision.nextHop, dst, netns.sim.nowNs);
    if (exception?.gateway) decision.gateway = exception.gateway;
  }
  const source = validateSource(netns, device, src, dst, tos, output);
  if (source === "martian-source" || source === "reverse-path") return drop(decision, source);
  if (source === "on-link" && output === device && sendsRedirects(netns, output)) {
    const gateway = decision.gateway || dst;
    const shared =
      output.ipv4.conf.shared_media !== 0 || netns.confAll.shared_media !== 0
        ? true
        : output.ipv4.isOnLink(src, gateway);
    decision.redirects = shared;
  }
  return decision;
}

function sendsRedirects(netns: NetNamespace, device: NetDevice): boolean {
  return device.ipv4.conf.send_redirects !== 0 || netns.confAll.send_redirects !== 0;
}

function localDecision(
  netns: NetNamespace,
  decision: InputDecision,
  device: NetDevice,
  src: Ipv4,
  dst: Ipv4,
  tos: number,
): InputDecision {
  // What comes back over the loopback was found to be ours when it was sent.
  if (!device.isLoopback) {
    const source = validateSource(netns, device, src, dst, tos, undefined);
    if (source === "martian-source" || source === "reverse-path") return drop(decision, source);
  }
  decision.kind = "local";
  return decision;
}

function broadcastDecision(
  netns: NetNamespace,
  decision: InputDecision,
  device: NetDevice,
  src: Ipv4,
): InputDecision {
  if (src !== IPV4_ANY && !device.isLoopback) {
    const source = validateSource(netns, device, src, IPV4_ANY, 0, undefined);
    if (source === "martian-source" || source === "reverse-path") return drop(decision, source);
  }
  decision.kind = "broadcast";
  return decision;
}

/** ip_route_input_mc(): a group that the device has joined. */
function groupDecision(
  netns: NetNamespace,
  decision: InputDecision,
  device: NetDevice,
  src: Ipv4,
  dst: Ipv4,
): InputDecision {
  if (!netns.ip.isGroupMember(device, dst)) return drop(decision, "no-route");
  if (isMulticast(src) || src === IPV4_BROADCAST) return drop(decision, "martian-source");
  if (src === IPV4_ANY && dst >>> 8 !== 0xe00000) return drop(decision, "martian-source");
  decision.kind = "multicast";
  return decision;
}

/** What the way back to a source says; fib_validate_source(). */
type SourceVerdict = "fine" | "on-link" | "martian-source" | "reverse-path";

function validateSource(
  netns: NetNamespace,
  device: NetDevice,
  src: Ipv4,
  dst: Ipv4,
  tos: number,
  output: NetDevice | undefined,
): SourceVerdict {
  const { conf } = device.ipv4;
  const filter = Math.max(conf.rp_filter, netns.confAll.rp_filter);
  const mayRedirect = output === device && sendsRedirects(netns, device);
  const acceptsLocal = conf.accept_local !== 0 || netns.confAll.accept_local !== 0;
  if (filter === 0 && !mayRedirect) {
    if (acceptsLocal) return "fine";
    if (!netns.fib.hasCustomLocalRoutes && !netns.fib.rules.areCustom) {
      return netns.addresses.isAssigned(src) ? "martian-source" : "fine";
    }
  }
  return lookupSource(netns, device, src, dst, tos, filter, acceptsLocal);
}

/** __fib_validate_source() */
function lookupSource(
  netns: NetNamespace,
  device: NetDevice,
  src: Ipv4,
  dst: Ipv4,
  tos: number,
  filter: number,
  acceptsLocal: boolean,
): SourceVerdict {
  const { flow, result } = netns.fib;
  const mark = flow.mark;
  resetFlow(flow);
  flow.dst = src;
  flow.src = dst;
  flow.iif = netns.loopback.ifindex;
  flow.tos = tos;
  const marks = device.ipv4.conf.src_valid_mark !== 0 || netns.confAll.src_valid_mark !== 0;
  if (marks) flow.mark = mark;
  const lastResort: SourceVerdict = filter > 0 ? "reverse-path" : "fine";
  if (netns.fib.lookup(flow) !== undefined) return lastResort;
  if (result.type !== "unicast" && !(result.type === "local" && acceptsLocal)) {
    return "martian-source";
  }
  if (result.info.nextHops.some((hop) => hop.device === device)) {
    return (result.nextHop?.scope ?? 0) >= SCOPE_HOST ? "on-link" : "fine";
  }
  if (device.ipv4.addresses.length === 0) return lastResort;
  if (filter === 1) return "reverse-path";
  flow.oif = device.ifindex;
  flow.ignoreLinkState = true;
  if (netns.fib.lookup(flow) === undefined && result.type === "unicast") {
    if ((result.nextHop?.scope ?? 0) >= SCOPE_HOST) return "on-link";
  }
  return "fine";
}
