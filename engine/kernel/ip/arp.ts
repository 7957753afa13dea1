/** The Address Resolution Protocol, RFC 826. Linux net/ipv4/arp.c. */
import {
  IPV4_ANY,
  isGroupMac,
  isLoopback,
  isMulticast,
  MAC_BROADCAST,
  MAC_ZERO,
  type Ipv4,
  type Mac,
} from "../../net/address.ts";
import { ARP_REPLY, ARP_REQUEST, ETHERTYPE_ARP, Packet, type ArpHeader } from "../../net/packet.ts";
import { MILLISECOND } from "../../sim/clock.ts";
import type { NetDevice } from "../device/net-device.ts";
import type { ArpHook } from "../netfilter/arptables/arp-tables.ts";
import type { NetNamespace } from "../netns.ts";
import { SCOPE_HOST, SCOPE_LINK } from "./in-device.ts";
import type { Neighbour } from "./neighbour.ts";

/** A hundredth of a second: the unit of `locktime` and `proxy_delay`. */
const USER_HZ_NS = 10 * MILLISECOND;

/** The hook of arptables, NF_ARP_IN or NF_ARP_OUT. */
function passesArptables(hook: ArpHook, packet: Packet, device: NetDevice): boolean {
  const { arp } = device.netns.netfilter;
  return !arp.isUsed || arp.passes(hook, packet, device);
}

/** arp_send() */
export function sendArp(
  device: NetDevice,
  arp: ArpHeader,
  destination: Mac = arp.operation === ARP_REPLY ? arp.targetMac : MAC_BROADCAST,
): void {
  if (device.noArp) return;
  const packet = new Packet();
  packet.ether = { dst: destination, src: device.address, etherType: ETHERTYPE_ARP };
  packet.arp = arp;
  if (passesArptables("OUTPUT", packet, device)) device.transmit(packet);
}

function reply(device: NetDevice, to: ArpHeader): void {
  sendArp(device, {
    operation: ARP_REPLY,
    senderMac: device.address,
    senderIp: to.targetIp,
    targetMac: to.senderMac,
    targetIp: to.senderIp,
  });
}

/** Asks for a neighbour's address; arp_solicit(). */
export function solicit(
  netns: NetNamespace,
  neighbour: Neighbour,
  to: Mac | undefined,
  about: Packet | undefined,
): void {
  const { device, address } = neighbour;
  sendArp(
    device,
    {
      operation: ARP_REQUEST,
      senderMac: device.address,
      senderIp: requestSource(netns, device, address, about?.ip?.src ?? IPV4_ANY),
      targetMac: to ?? MAC_ZERO,
      targetIp: address,
    },
    to ?? MAC_BROADCAST,
  );
}

/** Which of our addresses asks, net.ipv4.conf.*.arp_announce. */
function requestSource(
  netns: NetNamespace,
  device: NetDevice,
  target: Ipv4,
  packetSource: Ipv4,
): Ipv4 {
  const announce = Math.max(device.ipv4.conf.arp_announce, netns.confAll.arp_announce);
  if (announce < 2 && packetSource !== IPV4_ANY && netns.fib.isLocal(packetSource)) {
    if (announce === 0 || device.ipv4.isOnLink(packetSource, target)) return packetSource;
  }
  return netns.addresses.select(device, target, SCOPE_LINK);
}

/** True if a request for one of our addresses is not to be answered; arp_ignore(). */
function isIgnored(netns: NetNamespace, device: NetDevice, sender: Ipv4, target: Ipv4): boolean {
  const { addresses } = netns;
  switch (Math.max(device.ipv4.conf.arp_ignore, netns.confAll.arp_ignore)) {
    case 0:
      return false;
    case 1:
      return !addresses.confirm(device, IPV4_ANY, target, SCOPE_HOST);
    case 2:
      return !addresses.confirm(device, sender, target, SCOPE_HOST);
    case 3:
      return !addresses.confirm(undefined, IPV4_ANY, target, SCOPE_LINK);
    case 8:
      return true;
    default:
      return false;
  }
}

/** Answer only if we would reach the asker through this device; arp_filter(). */
function isFiltered(netns: NetNamespace, device: NetDevice, sender: Ipv4, target: Ipv4): boolean {
  const route = netns.fib.lookupAside((flow) => {
    flow.dst = sender;
    flow.src = target;
  });
  if (typeof route === "string") return true;
  if (route.nextHop?.device === device) return false;
  netns.snmp.tcpExt.add("ArpFilter");
  return true;
}

/** A frame with an ARP message came in; arp_process(). */
export function receiveArp(netns: NetNamespace, device: NetDevice, packet: Packet): void {
  const { conf } = device.ipv4;
  if (device.noArp || device.isLoopback || !isForUs(packet)) return;
  if (!passesArptables("INPUT", packet, device)) return;
  const arp = packet.arp as ArpHeader;
  const { senderIp, targetIp } = arp;
  if (isMulticast(targetIp) || (isLoopback(targetIp) && !conf.route_localnet)) return;
  if (senderIp === targetIp && (conf.drop_gratuitous_arp || netns.confAll.drop_gratuitous_arp)) {
    return;
  }
  // Duplicate address detection, RFC 5227.
  if (senderIp === IPV4_ANY) {
    if (
      arp.operation === ARP_REQUEST &&
      netns.fib.isLocal(targetIp) &&
      !isIgnored(netns, device, senderIp, targetIp)
    ) {
      reply(device, arp);
    }
    return;
  }
  if (arp.operation === ARP_REQUEST && answerRequest(netns, device, packet, arp)) return;
  learn(netns, device, packet, arp);
}

function isForUs(packet: Packet): boolean {
  return packet.toThisHost || (packet.ether !== undefined && isGroupMac(packet.ether.dst));
}

/** True if the request was for an address that we answer for, and is done with. */
function answerRequest(
  netns: NetNamespace,
  device: NetDevice,
  packet: Packet,
  arp: ArpHeader,
): boolean {
  const { senderIp, targetIp } = arp;
  const route = netns.ip.routeForArp(device, senderIp, targetIp);
  if (!route) return false;
  if (route.type === "local") {
    const filters = device.ipv4.conf.arp_filter || netns.confAll.arp_filter;
    if (isIgnored(netns, device, senderIp, targetIp)) return true;
    if (filters && isFiltered(netns, device, senderIp, targetIp)) return true;
    noteAsker(netns, device, arp);
    reply(device, arp);
    return true;
  }
  if (!device.ipv4.conf.forwarding || route.type !== "unicast") return false;
  if (!isProxied(netns, device, targetIp, route.device)) return false;
  noteAsker(netns, device, arp);
  answerLater(netns, device, packet, arp);
  return true;
}

/** The asker will soon be spoken to; neigh_event_ns(). */
function noteAsker(netns: NetNamespace, device: NetDevice, arp: ArpHeader): void {
  netns.neighbours
    .findOrCreate(device, arp.senderIp)
    ?.update(arp.senderMac, "STALE", { override: true });
}

/** arp_fwd_proxy(), arp_fwd_pvlan(), pneigh_lookup() */
function isProxied(
  netns: NetNamespace,
  device: NetDevice,
  target: Ipv4,
  output: NetDevice | undefined,
): boolean {
  const { conf } = device.ipv4;
  if (output === device) return conf.proxy_arp_pvlan !== 0;
  if (conf.proxy_arp || netns.confAll.proxy_arp) {
    // Both sides of the same medium hear each other.
    const medium = conf.medium_id;
    if (medium === 0) return true;
    if (medium !== -1 && output?.ipv4.conf.medium_id !== medium) return true;
  }
  return netns.neighbours.proxies.some(
    (proxy) => proxy.address === target && proxy.device === device,
  );
}

/** A proxy lets the owner answer first; pneigh_enqueue(). */
function answerLater(netns: NetNamespace, device: NetDevice, packet: Packet, arp: ArpHeader): void {
  const delayNs = device.ipv4.neighbourParameters.proxy_delay * USER_HZ_NS;
  if (packet.toThisHost || delayNs === 0) {
    reply(device, arp);
    return;
  }
  if (device.ipv4.proxyQueue >= device.ipv4.neighbourParameters.proxy_qlen) return;
  device.ipv4.proxyQueue += 1;
  netns.sim.schedule(netns.random.below(delayNs), () => {
    device.ipv4.proxyQueue -= 1;
    if (device.up) reply(device, arp);
  });
}

/** Takes what the message says about its sender into the table. */
function learn(netns: NetNamespace, device: NetDevice, packet: Packet, arp: ArpHeader): void {
  const { senderIp, senderMac, targetIp, targetMac, operation } = arp;
  const accept = Math.max(device.ipv4.conf.arp_accept, netns.confAll.arp_accept);
  const accepts = accept === 1 || (accept === 2 && device.ipv4.isOnLink(senderIp, senderIp));
  let neighbour = netns.neighbours.find(device, senderIp);
  if (!neighbour && !accepts) return;
  // A gratuitous reply also repeats the sender's hardware address.
  let isGratuitous = senderIp === targetIp && (operation !== ARP_REPLY || targetMac === senderMac);
  isGratuitous &&= netns.fib.addressType(senderIp) === "unicast";
  if (!neighbour) {
    const isReply = operation === ARP_REPLY && netns.fib.addressType(senderIp) === "unicast";
    if (!isGratuitous && !isReply) return;
    neighbour = netns.neighbours.findOrCreate(device, senderIp);
    if (!neighbour) return;
  }
  // Of several answers the first one counts, unless it is old enough.
  const lockNs = device.ipv4.neighbourParameters.locktime * USER_HZ_NS;
  const override = netns.sim.nowNs > neighbour.updatedNs + lockNs || isGratuitous;
  const confirms = operation === ARP_REPLY && packet.toThisHost;
  neighbour.update(senderMac, confirms ? "REACHABLE" : "STALE", { override });
}

/** Tells everyone our address, `arp_notify`; inetdev_send_gratuitous_arp(). */
export function announceAddress(device: NetDevice, address: Ipv4): void {
  sendArp(device, {
    operation: ARP_REQUEST,
    senderMac: device.address,
    senderIp: address,
    targetMac: MAC_ZERO,
    targetIp: address,
  });
}
