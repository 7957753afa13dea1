/** ICMP messages for this machine. Linux icmp_rcv() in net/ipv4/icmp.c. */
import { IPV4_ANY, IPV4_BROADCAST, isMulticast, type Ipv4 } from "../../net/address.ts";
import { networkLength } from "../../net/length.ts";
import {
  ICMP_DEST_UNREACHABLE,
  ICMP_FRAGMENTATION_NEEDED,
  ICMP_ECHO,
  ICMP_ECHO_REPLY,
  ICMP_PARAMETER_PROBLEM,
  ICMP_REDIRECT,
  ICMP_TIME_EXCEEDED,
  type IcmpHeader,
  type Ipv4Header,
  type Packet,
} from "../../net/packet.ts";
import { SECOND } from "../../sim/clock.ts";
import type { NetDevice } from "../device/net-device.ts";
import { KernelError } from "../errno.ts";
import type { NetNamespace } from "../netns.ts";
import { sendIcmpReply } from "./icmp-send.ts";
import { echoOptions } from "./ip-options.ts";
import { isValid } from "./neighbour.ts";
import { learnException, type Route } from "./route.ts";
import { outputFlow, routeOutput } from "./route-output.ts";
import { countIcmp } from "./snmp.ts";

/** How long a redirect is believed. net.ipv4.route.gc_timeout */
const REDIRECT_LIFETIME_NS = 300 * SECOND;

/** NR_ICMP_TYPES */
const MAX_TYPE = 18;

export function receiveIcmp(netns: NetNamespace, device: NetDevice, packet: Packet): void {
  const icmp = packet.transport;
  if (icmp?.kind !== "icmp" || icmp.type > MAX_TYPE) {
    netns.snmp.icmp.InMsgs += 1;
    netns.snmp.icmp.InErrors += 1;
    return;
  }
  if (icmp.checksum !== undefined) {
    netns.snmp.icmp.InMsgs += 1;
    netns.snmp.icmp.InCsumErrors += 1;
    netns.snmp.icmp.InErrors += 1;
    return;
  }
  countIcmp(netns.snmp, "In", icmp.type);
  if (isToGroup(netns, packet)) {
    const isQuery = icmp.type === ICMP_ECHO;
    if (!isQuery || netns.sysctl.number("ipv4/icmp_echo_ignore_broadcasts") !== 0) return;
  }
  switch (icmp.type) {
    case ICMP_ECHO:
      answerEcho(netns, device, packet, icmp);
      return;
    case ICMP_DEST_UNREACHABLE:
      if (icmp.code === ICMP_FRAGMENTATION_NEEDED && icmp.quoted?.ip) {
        if (!mtuLearnt(netns, icmp, icmp.quoted)) return;
      }
      netns.ip.reportError(packet);
      return;
    case ICMP_TIME_EXCEEDED:
    case ICMP_PARAMETER_PROBLEM:
      netns.ip.reportError(packet);
      return;
    case ICMP_REDIRECT:
      redirected(netns, device, packet, icmp);
      netns.ip.reportError(packet);
      return;
    default:
  }
}

function isToGroup(netns: NetNamespace, packet: Packet): boolean {
  const dst = packet.ip?.dst as Ipv4;
  if (isMulticast(dst) || dst === IPV4_BROADCAST) return true;
  return netns.fib.addressType(dst) === "broadcast";
}

function answerEcho(
  netns: NetNamespace,
  device: NetDevice,
  packet: Packet,
  icmp: IcmpHeader,
): void {
  if (netns.sysctl.number("ipv4/icmp_echo_ignore_all") !== 0) return;
  const { options } = packet.ip as Ipv4Header;
  const answer: IcmpHeader = { kind: "icmp", type: ICMP_ECHO_REPLY, code: 0, rest: icmp.rest };
  sendIcmpReply(netns, device, packet, answer, options && echoOptions(netns, packet));
}

/** The route that a packet which this machine sent had taken. */
function routeOfQuoted(netns: NetNamespace, quoted: Packet): Route | undefined {
  const header = quoted.ip as Ipv4Header;
  const { transport } = quoted;
  const ports = transport && transport.kind !== "icmp" ? transport : undefined;
  const flow = outputFlow(netns, {
    src: header.src,
    dst: header.dst,
    protocol: header.protocol,
    tos: header.tos,
    srcPort: ports?.srcPort,
    dstPort: ports?.dstPort,
  });
  try {
    return routeOutput(netns, flow);
  } catch (error) {
    if (error instanceof KernelError) return undefined;
    throw error;
  }
}

/** Fragmentation needed; ipv4_update_pmtu(). False: the message is ignored. */
function mtuLearnt(netns: NetNamespace, icmp: IcmpHeader, quoted: Packet): boolean {
  const policy = netns.sysctl.number("ipv4/ip_no_pmtu_disc");
  if (policy === 2) return false;
  if (policy === 1) return true;
  const route = routeOfQuoted(netns, quoted);
  const nextHop = route && netns.fib.result.nextHop;
  if (!route || !nextHop || route.mtuLocked || route.type !== "unicast") return true;
  const smallest = netns.sysctl.number("ipv4/route/min_pmtu");
  let mtu = icmp.rest & 0xffff || networkLength(quoted);
  if (route.mtu < mtu) return true;
  const isLocked = mtu < smallest;
  if (isLocked) mtu = Math.min(route.mtu, smallest);
  const lifetimeNs = netns.sysctl.number("ipv4/route/mtu_expires") * SECOND;
  learnException(netns.fib, nextHop, (quoted.ip as Ipv4Header).dst, {
    mtu,
    mtuLocked: isLocked,
    expiresNs: netns.sim.nowNs + lifetimeNs,
  });
  return true;
}

/** ip_do_redirect() */
function redirected(
  netns: NetNamespace,
  device: NetDevice,
  packet: Packet,
  icmp: IcmpHeader,
): void {
  const { quoted } = icmp;
  if (!quoted?.ip || icmp.code > 3) return;
  const oldGateway = (packet.ip as Ipv4Header).src;
  const newGateway = (icmp.rest >>> 0) as Ipv4;
  const route = routeOfQuoted(netns, quoted);
  const nextHop = route && netns.fib.result.nextHop;
  if (!route || !nextHop || route.gateway !== oldGateway) return;
  if (newGateway === oldGateway || !acceptsRedirects(netns, device)) return;
  if (!isGoodGateway(netns, device, oldGateway, newGateway)) return;
  const neighbour = netns.neighbours.findOrCreate(route.device, newGateway);
  if (!neighbour) return;
  // Only a gateway that is known to be there is believed in.
  if (!isValid(neighbour.state)) {
    neighbour.prepare(undefined);
    return;
  }
  learnException(netns.fib, nextHop, quoted.ip.dst, {
    gateway: newGateway,
    expiresNs: netns.sim.nowNs + REDIRECT_LIFETIME_NS,
  });
}

/** IN_DEV_RX_REDIRECTS: a router wants both switches on, a host is content with one. */
function acceptsRedirects(netns: NetNamespace, device: NetDevice): boolean {
  const own = device.ipv4.conf.accept_redirects !== 0;
  const all = netns.confAll.accept_redirects !== 0;
  return device.ipv4.conf.forwarding ? own && all : own || all;
}

function isGoodGateway(
  netns: NetNamespace,
  device: NetDevice,
  oldGateway: Ipv4,
  newGateway: Ipv4,
): boolean {
  const { conf } = device.ipv4;
  if (isMulticast(newGateway) || newGateway === IPV4_BROADCAST || newGateway === IPV4_ANY) {
    return false;
  }
  const shared = conf.shared_media !== 0 || netns.confAll.shared_media !== 0;
  if (shared) return netns.fib.addressType(newGateway) === "unicast";
  return device.ipv4.isOnLink(newGateway, oldGateway);
}
