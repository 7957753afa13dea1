/** ICMP messages that this machine sends. Linux net/ipv4/icmp.c. */
import { IPV4_ANY, isMulticast, type Ipv4 } from "../../net/address.ts";
import { isIcmpError } from "../../net/icmp.ts";
import {
  ICMP_DEST_UNREACHABLE,
  IPPROTO_ICMP,
  Packet,
  type IcmpHeader,
  type Ipv4Header,
} from "../../net/packet.ts";
import type { NetDevice } from "../device/net-device.ts";
import { KernelError, type Errno } from "../errno.ts";
import type { NetNamespace } from "../netns.ts";
import { SCOPE_LINK } from "./in-device.ts";
import { outputRouted } from "./output.ts";
import type { Route } from "./route.ts";
import { outputFlow, routeOutput } from "./route-output.ts";
import { countIcmp } from "./snmp.ts";

/** Codes of destination unreachable, RFC 792 and RFC 1812 §5.2.7.1. */
const NET_UNREACHABLE = 0;
export const HOST_UNREACHABLE = 1;
export const PROTOCOL_UNREACHABLE = 2;
const COMMUNICATION_PROHIBITED = 13;

/** A redirect for one host. */
export const REDIRECT_HOST = 1;

/** Precedence "internetwork control", RFC 1812 §4.3.2.5. */
const ERROR_TOS = 0xc0;
const TOS_BITS = 0x1e;

/** icmp_send() */
export function sendIcmpError(
  netns: NetNamespace,
  about: Packet,
  type: number,
  code: number,
  rest: number,
): void {
  const header = about.ip as Ipv4Header;
  if (!deservesError(netns, about, header)) return;
  const source = errorSource(netns, about, header);
  const tos = (header.tos & TOS_BITS) | ERROR_TOS;
  const route = quietRoute(netns, source, header.src, tos);
  if (!route) return;
  if (!netns.rateLimits.allowsIcmp({ type, code }, header.src, route.device)) return;
  const quoted = about.clone();
  quoted.ether = undefined;
  quoted.vlan = undefined;
  const track = netns.netfilter.attach(about);
  push(netns, route, header.src, tos, { kind: "icmp", type, code, rest, quoted }, { track });
}

/** Some packets are never complained about, RFC 1122 §3.2.2. */
function deservesError(netns: NetNamespace, about: Packet, header: Ipv4Header): boolean {
  if (!about.toThisHost || header.fragmentOffset > 0) return false;
  if (header.src === IPV4_ANY || isMulticast(header.src)) return false;
  if (netns.fib.addressType(header.dst) === "broadcast" || isMulticast(header.dst)) return false;
  return !(about.transport?.kind === "icmp" && isIcmpError(about.transport.type));
}

/** The address the packet was sent to, if it is ours; else the route chooses. */
function errorSource(netns: NetNamespace, about: Packet, header: Ipv4Header): Ipv4 {
  if (netns.fib.isLocal(header.dst)) return header.dst;
  if (netns.sysctl.number("ipv4/icmp_errors_use_inbound_ifaddr") === 0) return IPV4_ANY;
  const device = netns.deviceByIndex(about.iif);
  return device ? netns.addresses.select(device, header.src, SCOPE_LINK) : IPV4_ANY;
}

function quietRoute(netns: NetNamespace, src: Ipv4, dst: Ipv4, tos: number): Route | undefined {
  try {
    return routeOutput(netns, outputFlow(netns, { src, dst, tos, protocol: IPPROTO_ICMP }));
  } catch (error) {
    if (error instanceof KernelError) return undefined;
    throw error;
  }
}

function push(
  netns: NetNamespace,
  route: Route,
  dst: Ipv4,
  tos: number,
  icmp: IcmpHeader,
  more: {
    readonly payload?: Uint8Array;
    readonly options?: Uint8Array | undefined;
    /** The connection it belongs to. */
    readonly track?: unknown;
  },
): void {
  const { payload, options, track } = more;
  const packet = new Packet();
  packet.conntrack = track;
  packet.ip = {
    tos,
    id: netns.nextIpId(),
    dontFragment: false,
    moreFragments: false,
    fragmentOffset: 0,
    ttl: netns.sysctl.number("ipv4/ip_default_ttl"),
    protocol: IPPROTO_ICMP,
    src: route.source,
    dst,
    ...(options ? { options } : {}),
  };
  packet.transport = icmp;
  if (payload) packet.payload = payload;
  countIcmp(netns.snmp, "Out", icmp.type);
  try {
    outputRouted(netns, packet, route);
  } catch (error) {
    // A firewall rule refused it, and nobody is there to be told.
    if (!(error instanceof KernelError)) throw error;
  }
}

/** Answers a query with the same data; icmp_reply(). */
export function sendIcmpReply(
  netns: NetNamespace,
  device: NetDevice,
  query: Packet,
  icmp: IcmpHeader,
  options: Uint8Array | undefined,
): void {
  const header = query.ip as Ipv4Header;
  const source = netns.fib.isLocal(header.dst)
    ? header.dst
    : netns.addresses.select(device, header.src, SCOPE_LINK);
  const route = quietRoute(netns, source, header.src, header.tos);
  if (!route) return;
  if (!netns.rateLimits.allowsIcmp(icmp, header.src, route.device)) return;
  push(netns, route, header.src, header.tos, icmp, { payload: query.payload, options });
}

/** Tells the sender why its packet goes nowhere; ip_error(). */
export function answerNoRoute(
  netns: NetNamespace,
  device: NetDevice,
  packet: Packet,
  error: Errno,
): void {
  const { snmp } = netns;
  const header = packet.ip as Ipv4Header;
  if (!device.ipv4.conf.forwarding) {
    snmp.ip.InAddrErrors += 1;
    return;
  }
  let code: number;
  switch (error) {
    case "EHOSTUNREACH":
      code = HOST_UNREACHABLE;
      break;
    case "ENETUNREACH":
      code = NET_UNREACHABLE;
      snmp.ipExt.InNoRoutes += 1;
      break;
    case "EACCES":
      code = COMMUNICATION_PROHIBITED;
      break;
    default:
      // A blackhole.
      return;
  }
  if (!netns.rateLimits.allowsNoRoute(header.src)) return;
  sendIcmpError(netns, packet, ICMP_DEST_UNREACHABLE, code, 0);
}
