/** Packets made here, and the last steps of every packet that leaves. Linux net/ipv4/ip_output.c. */
import type { Ipv4 } from "../../net/address.ts";
import { networkLength } from "../../net/length.ts";
import type { Ipv4Header, Packet } from "../../net/packet.ts";
import { MICROSECOND } from "../../sim/clock.ts";
import type { NetDevice } from "../device/net-device.ts";
import { KernelError } from "../errno.ts";
import type { NetNamespace } from "../netns.ts";
import type { SendOptions } from "../transport/protocol.ts";
import { fragment } from "./fragment.ts";
import { buildOptions } from "./ip-options.ts";
import type { Route } from "./route.ts";
import { outputFlow, routeOutput } from "./route-output.ts";
import { countIcmp } from "./snmp.ts";

/** Routes and sends a packet made here; see IpLayer.sendLocal. */
export function sendLocal(netns: NetNamespace, packet: Packet, options?: SendOptions): void {
  if (options?.mark !== undefined) packet.mark = options.mark;
  packet.ownerUid = options?.owner?.uid;
  packet.ownerGid = options?.owner?.gid;
  const route = routePacket(netns, packet, options);
  const header = packet.ip as Ipv4Header;
  if (header.dontFragment && networkLength(packet) > mtuOf(route, options)) {
    throw new KernelError("EMSGSIZE");
  }
  if (header.id === 0 && !options?.keepId && !header.dontFragment) {
    packet.ip = { ...header, id: netns.nextIpId() };
  }
  if (packet.transport?.kind === "icmp") countIcmp(netns.snmp, "Out", packet.transport.type);
  if (header.options) buildOptions(netns, packet);
  outputRouted(netns, packet, route, options);
}

/** ip_skb_dst_mtu() */
function mtuOf(route: Route, options: SendOptions | undefined): number {
  return options?.ignorePathMtu ? route.device.mtu : route.mtu;
}

function routePacket(netns: NetNamespace, packet: Packet, options?: SendOptions): Route {
  const header = packet.ip as Ipv4Header;
  const { transport } = packet;
  const hasPorts = transport && transport.kind !== "icmp";
  const flow = outputFlow(netns, {
    src: header.src,
    dst: header.dst,
    protocol: header.protocol,
    srcPort: hasPorts ? transport.srcPort : 0,
    dstPort: hasPorts ? transport.dstPort : 0,
    tos: header.tos,
    mark: packet.mark,
    uid: options?.owner?.uid,
    oif: options?.oif,
    onLink: options?.onLink,
  });
  // A raw socket may send from any address; the others have checked theirs.
  const route = routeOutput(netns, flow, true);
  const { device, gateway, tableId: table } = route;
  netns.tracer?.(packet, { kind: "route", to: "output", device, gateway, table });
  return route;
}

/** OUTPUT and what follows, for a packet with a route; ip_local_out(). */
export function outputRouted(
  netns: NetNamespace,
  packet: Packet,
  route: Route,
  options?: SendOptions,
): void {
  netns.snmp.ip.OutRequests += 1;
  const { output: hook } = netns.hooks;
  netns.tracer?.(packet, { kind: "hook", hook: "OUTPUT", input: undefined, output: route.device });
  let taken = route;
  if (hook) {
    const before = packet.ip as Ipv4Header;
    const { mark } = packet;
    const verdict = hook(packet, undefined, route.device);
    if (verdict === "drop") {
      netns.tracer?.(packet, { kind: "drop", reason: "netfilter", device: route.device });
      throw new KernelError("EPERM");
    }
    if (verdict === "stolen") return;
    const after = packet.ip as Ipv4Header;
    const changed =
      packet.mark !== mark ||
      after.dst !== before.dst ||
      after.src !== before.src ||
      after.tos !== before.tos;
    if (changed) taken = routePacket(netns, packet, options);
  }
  const header = packet.ip as Ipv4Header;
  netns.snmp.ipExt.OutOctets += networkLength(packet);
  const { device } = taken;
  if (!device.isLoopback && (taken.type === "broadcast" || taken.type === "multicast")) {
    loopBack(netns, packet, device, taken.type);
  }
  if (device.isLoopback && taken.type === "unicast") {
    // It would come back by the loopback, where nobody takes what was not sent to this machine.
    netns.tracer?.(packet, { kind: "drop", reason: "no-route", device });
    return;
  }
  const nextHop = taken.gateway || header.dst;
  postrouting(netns, packet, undefined, device, nextHop, mtuOf(taken, options));
}

/** The sender is among the receivers of a group; ip_mc_output(). */
function loopBack(
  netns: NetNamespace,
  packet: Packet,
  device: NetDevice,
  type: "broadcast" | "multicast",
): void {
  const { ipExt } = netns.snmp;
  const dst = packet.ip?.dst as Ipv4;
  const bytes = networkLength(packet);
  if (type === "broadcast") {
    ipExt.OutBcastPkts += 1;
    ipExt.OutBcastOctets += bytes;
  } else {
    ipExt.OutMcastPkts += 1;
    ipExt.OutMcastOctets += bytes;
  }
  if (type === "multicast" && !netns.ip.isGroupMember(device, dst)) return;
  const copy = packet.clone();
  copy.iif = device.ifindex;
  netns.sim.schedule(MICROSECOND, () => netns.ip.deliverLocally(device, copy));
}

/**
 * POSTROUTING, fragmentation, neighbour and device; ip_output(). `nextHop`: the neighbour that
 * gets the packet.
 */
export function postrouting(
  netns: NetNamespace,
  packet: Packet,
  input: NetDevice | undefined,
  output: NetDevice,
  nextHop: Ipv4,
  mtu: number,
): void {
  const { postrouting: hook } = netns.hooks;
  netns.tracer?.(packet, { kind: "hook", hook: "POSTROUTING", input, output });
  if (hook) {
    const verdict = hook(packet, input, output);
    if (verdict === "drop") {
      netns.tracer?.(packet, { kind: "drop", reason: "netfilter", device: output });
      if (!input) throw new KernelError("EPERM");
      return;
    }
    if (verdict === "stolen") return;
  }
  if (networkLength(packet) > mtu) {
    for (const piece of fragment(netns, packet, mtu)) toNeighbour(netns, piece, output, nextHop);
    return;
  }
  toNeighbour(netns, packet, output, nextHop);
}

/** ip_finish_output2() */
function toNeighbour(netns: NetNamespace, packet: Packet, output: NetDevice, nextHop: Ipv4): void {
  netns.snmp.ip.OutTransmits += 1;
  if (output.type === "ipip") {
    packet.ether = undefined;
    output.transmit(packet);
    return;
  }
  const neighbour = netns.neighbours.findOrCreate(output, nextHop);
  if (!neighbour) {
    netns.snmp.ip.OutDiscards += 1;
    netns.tracer?.(packet, { kind: "drop", reason: "neighbour-queue", device: output });
    return;
  }
  netns.tracer?.(packet, { kind: "neighbour", neighbour });
  neighbour.output(packet);
}
