/** Handing a packet to the server it was given to. Linux net/netfilter/ipvs/ip_vs_xmit.c. */
import type { Ipv4 } from "../../../net/address.ts";
import { networkLength } from "../../../net/length.ts";
import {
  ICMP_DEST_UNREACHABLE,
  ICMP_FRAGMENTATION_NEEDED,
  ICMP_TIME_EXCEEDED,
  IPPROTO_IPIP,
  Packet,
  type Ipv4Header,
} from "../../../net/packet.ts";
import { KernelError } from "../../errno.ts";
import { outputRouted } from "../../ip/output.ts";
import type { Route } from "../../ip/route.ts";
import { outputFlow, routeOutput } from "../../ip/route-output.ts";
import type { ConntrackEntry, Track } from "../conntrack/entry.ts";
import { invertTuple } from "../conntrack/tuple.ts";
import type { Verdict } from "../hooks.ts";
import type { IpvsConnection } from "./connection.ts";
import type { Ipvs } from "./ipvs.ts";
import { untrack } from "./packet-path.ts";

const HOST_UNREACHABLE = 1;
const TUNNEL_TTL = 64;

export function rewriteSource(packet: Packet, src: Ipv4, port: number): void {
  packet.ip = { ...(packet.ip as Ipv4Header), src };
  const { transport } = packet;
  if (transport && transport.kind !== "icmp") packet.transport = { ...transport, srcPort: port };
}

export function rewriteDestination(packet: Packet, dst: Ipv4, port: number): void {
  packet.ip = { ...(packet.ip as Ipv4Header), dst };
  const { transport } = packet;
  if (transport && transport.kind !== "icmp") packet.transport = { ...transport, dstPort: port };
}

/** `isFromHere`: the client is this machine. */
export function transmit(
  ipvs: Ipvs,
  connection: IpvsConnection,
  packet: Packet,
  isFromHere: boolean,
): Verdict {
  const route = routeTo(ipvs, connection.server);
  if (!route) {
    ipvs.netns.ip.sendIcmpError(packet, ICMP_DEST_UNREACHABLE, HOST_UNREACHABLE);
    return "drop";
  }
  const isLocal = route.type === "local";
  if (!isLocal && !isFromHere && !decrementTtl(ipvs, packet)) return "drop";
  if (!isLocal && isTooBig(ipvs, packet, route)) return "drop";
  packet.ipvsDone = true;
  if (connection.method === "masquerade") {
    const { ip, transport } = packet;
    rewriteDestination(packet, connection.server, connection.serverPort);
    ipvs.netns.tracer?.(packet, { kind: "rewrite", by: "IPVS", before: { ip, transport } });
    if (connection.isTracked) updateConntrack(connection, packet);
  }
  if (!connection.isTracked) untrack(ipvs, packet);
  if (isLocal) return "accept";
  if (connection.method === "tunnel") {
    encapsulate(ipvs, packet, connection.server, route);
    return "stolen";
  }
  send(ipvs, packet, { ...route, gateway: route.gateway || connection.server });
  return "stolen";
}

function routeTo({ netns }: Ipvs, dst: Ipv4): Route | undefined {
  try {
    return routeOutput(netns, outputFlow(netns, { src: 0 as Ipv4, dst }));
  } catch (error) {
    if (error instanceof KernelError) return undefined;
    throw error;
  }
}

function decrementTtl({ netns }: Ipvs, packet: Packet): boolean {
  const header = packet.ip as Ipv4Header;
  if (header.ttl <= 1) {
    netns.ip.sendIcmpError(packet, ICMP_TIME_EXCEEDED, 0);
    return false;
  }
  packet.ip = { ...header, ttl: header.ttl - 1 };
  return true;
}

function isTooBig({ netns }: Ipvs, packet: Packet, { mtu }: Route): boolean {
  if (!packet.ip?.dontFragment || networkLength(packet) <= mtu) return false;
  netns.ip.sendIcmpError(packet, ICMP_DEST_UNREACHABLE, ICMP_FRAGMENTATION_NEEDED, mtu);
  return true;
}

/** The answers will come from the server; ip_vs_update_conntrack(). */
function updateConntrack({ server, serverPort }: IpvsConnection, packet: Packet): void {
  const track = packet.conntrack as Track | undefined;
  const entry: ConntrackEntry | undefined = track?.entry;
  if (!entry || track?.direction !== "original" || entry.confirmed) return;
  const current = invertTuple(entry.reply);
  if (!current) return;
  entry.reply = { ...entry.reply, src: server, srcPort: serverPort };
}

function encapsulate(ipvs: Ipvs, inner: Packet, dst: Ipv4, route: Route): void {
  const header = inner.ip as Ipv4Header;
  const outer = new Packet();
  outer.mark = inner.mark;
  outer.encapsulated = inner;
  outer.journey = inner.journey;
  outer.ipvsDone = true;
  outer.conntrack = inner.conntrack;
  outer.ip = {
    tos: header.tos,
    id: ipvs.netns.nextIpId(),
    dontFragment: header.dontFragment,
    moreFragments: false,
    fragmentOffset: 0,
    ttl: header.ttl || TUNNEL_TTL,
    protocol: IPPROTO_IPIP,
    src: route.source,
    dst,
  };
  send(ipvs, outer, route);
}

function send({ netns }: Ipvs, packet: Packet, route: Route): void {
  try {
    outputRouted(netns, packet, route);
  } catch (error) {
    // A rule refused it: nobody is there to be told.
    if (!(error instanceof KernelError)) throw error;
  }
}
