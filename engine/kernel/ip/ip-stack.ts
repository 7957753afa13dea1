/** The IP layer of a namespace: what comes in, what goes out. Linux net/ipv4/ip_{input,output}.c. */
import { isGroupMac, IPV4_BROADCAST, isMulticast, type Ipv4 } from "../../net/address.ts";
import { networkLength } from "../../net/length.ts";
import { isFragment } from "../../net/ipv4.ts";
import {
  ICMP_DEST_UNREACHABLE,
  IPPROTO_ICMP,
  IPPROTO_IPIP,
  type Packet,
} from "../../net/packet.ts";
import type { NetDevice } from "../device/net-device.ts";
import { KernelError } from "../errno.ts";
import type { NetNamespace } from "../netns.ts";
import type { DropReason } from "../packet-tracer.ts";
import type {
  Flow,
  IpLayer,
  OutputRoute,
  RawReceiver,
  SendOptions,
  TransportProtocol,
} from "../transport/protocol.ts";
import type { RouteType } from "../rtnetlink/messages.ts";
import { receiveArp } from "./arp.ts";
import { forward } from "./forward.ts";
import { receiveIcmp } from "./icmp-receive.ts";
import {
  answerNoRoute,
  HOST_UNREACHABLE,
  PROTOCOL_UNREACHABLE,
  sendIcmpError,
} from "./icmp-send.ts";
import { receiveOptions } from "./ip-options.ts";
import { sendLocal } from "./output.ts";
import { Reassembly } from "./reassembly.ts";
import type { InputDecision } from "./route-input.ts";
import { routeInput } from "./route-input.ts";
import { outputFlow, routeOutput } from "./route-output.ts";

/** A tunnel that takes packets out of packets for this machine. */
export interface Tunnel {
  /** True if the packet was for it. */
  decapsulate(packet: Packet): boolean;
}

/** A tunnel over UDP has a port, which no socket can have besides. */
export interface UdpTunnel extends Tunnel {
  readonly port: number;
}

export class IpStack implements IpLayer {
  readonly reassembly: Reassembly;
  readonly ipipTunnels = new Set<Tunnel>();
  readonly udpTunnels = new Set<UdpTunnel>();
  private readonly protocols = new Map<number, TransportProtocol>();
  private raw: RawReceiver | undefined;

  constructor(private readonly netns: NetNamespace) {
    this.reassembly = new Reassembly(netns);
  }

  // ---------------------------------------------------------------- in

  /** A frame that no bridge, VLAN or the like has taken. */
  receiveFrame(device: NetDevice, packet: Packet): void {
    if (packet.arp) receiveArp(this.netns, device, packet);
    else if (packet.ip) this.receiveIp(device, packet);
  }

  /** ip_rcv() */
  private receiveIp(device: NetDevice, packet: Packet): void {
    const { netns } = this;
    const { ether } = packet;
    if (!packet.toThisHost && ether && !isGroupMac(ether.dst)) {
      netns.tracer?.(packet, { kind: "drop", reason: "other-host", device });
      return;
    }
    const { ip, ipExt } = netns.snmp;
    ip.InReceives += 1;
    ipExt.InOctets += networkLength(packet);
    ipExt.InNoECTPkts += 1;
    const { prerouting } = netns.hooks;
    const isDone = packet.preroutingDone;
    packet.preroutingDone = false;
    if (!isDone)
      netns.tracer?.(packet, {
        kind: "hook",
        hook: "PREROUTING",
        input: device,
        output: undefined,
      });
    if (prerouting && !isDone) {
      const verdict = prerouting(packet, device, undefined);
      if (verdict !== "accept") {
        if (verdict === "drop")
          netns.tracer?.(packet, { kind: "drop", reason: "netfilter", device });
        return;
      }
    }
    this.routeReceived(device, packet);
  }

  /** ip_rcv_finish(): the routing decision, after PREROUTING. */
  routeReceived(device: NetDevice, packet: Packet): void {
    const { netns } = this;
    const header = packet.ip;
    if (!header) return;
    const decision = routeInput(netns, device, header.src, header.dst, header.tos, packet);
    const { kind: to, device: output, gateway, tableId: table } = decision;
    if (to !== "drop" && to !== "error") {
      netns.tracer?.(packet, { kind: "route", to, device: output, gateway, table });
    }
    switch (decision.kind) {
      case "forward":
        forward(netns, device, packet, decision);
        return;
      case "broadcast":
      case "multicast":
        this.countGroup(packet, decision.kind);
        this.deliverLocally(device, packet);
        return;
      case "local":
        this.deliverLocally(device, packet);
        return;
      case "error":
        answerNoRoute(netns, device, packet, decision.error);
        netns.tracer?.(packet, { kind: "drop", reason: decision.reason, device });
        return;
      case "drop":
        this.dropReceived(device, packet, decision.reason);
        return;
    }
  }

  private countGroup(packet: Packet, kind: "broadcast" | "multicast"): void {
    const { ipExt } = this.netns.snmp;
    const bytes = networkLength(packet);
    if (kind === "broadcast") {
      ipExt.InBcastPkts += 1;
      ipExt.InBcastOctets += bytes;
    } else {
      ipExt.InMcastPkts += 1;
      ipExt.InMcastOctets += bytes;
    }
  }

  private dropReceived(device: NetDevice, packet: Packet, reason: DropReason): void {
    const { netns } = this;
    if (reason === "reverse-path") netns.snmp.tcpExt.add("IPReversePathFilter");
    if (reason === "martian-source" || reason === "martian-destination") {
      netns.martian(device, packet, reason);
    }
    netns.tracer?.(packet, { kind: "drop", reason, device });
  }

  /** ip_local_deliver() */
  deliverLocally(device: NetDevice, received: Packet): void {
    const { netns } = this;
    let packet: Packet | undefined = received;
    if (received.ip && isFragment(received.ip)) packet = this.reassembly.add(received);
    if (!packet) return;
    const { input } = netns.hooks;
    netns.tracer?.(packet, { kind: "hook", hook: "INPUT", input: device, output: undefined });
    if (input) {
      const verdict = input(packet, device, undefined);
      if (verdict !== "accept") {
        if (verdict === "drop")
          netns.tracer?.(packet, { kind: "drop", reason: "netfilter", device });
        return;
      }
    }
    this.deliver(device, packet);
  }

  /** ip_local_deliver_finish() */
  private deliver(device: NetDevice, packet: Packet): void {
    const { netns } = this;
    const { ip } = netns.snmp;
    if (packet.ip?.options) receiveOptions(netns, packet);
    const number = packet.ip?.protocol as number;
    const rawTook = this.raw?.receive(packet) ?? false;
    if (number === IPPROTO_ICMP) {
      ip.InDelivers += 1;
      netns.tracer?.(packet, { kind: "deliver", socket: undefined });
      receiveIcmp(netns, device, packet);
      return;
    }
    if (this.tunnelTakes(packet, number)) {
      ip.InDelivers += 1;
      return;
    }
    const protocol = this.protocols.get(number);
    if (protocol) {
      ip.InDelivers += 1;
      protocol.receive(packet);
      return;
    }
    if (rawTook) {
      ip.InDelivers += 1;
      netns.tracer?.(packet, { kind: "deliver", socket: undefined });
      return;
    }
    ip.InUnknownProtos += 1;
    netns.tracer?.(packet, { kind: "drop", reason: "no-protocol", device });
    sendIcmpError(netns, packet, ICMP_DEST_UNREACHABLE, PROTOCOL_UNREACHABLE, 0);
  }

  /** The UDP ports that tunnels have. */
  tunnelPorts(): Iterable<number> {
    return new Set(Array.from(this.udpTunnels, (tunnel) => tunnel.port));
  }

  private tunnelTakes(packet: Packet, protocol: number): boolean {
    if (!packet.encapsulated) return false;
    const { transport } = packet;
    if (protocol === IPPROTO_IPIP) {
      for (const tunnel of this.ipipTunnels) if (tunnel.decapsulate(packet)) return true;
    } else if (transport?.kind === "udp") {
      for (const tunnel of this.udpTunnels) {
        if (tunnel.port === transport.dstPort && tunnel.decapsulate(packet)) return true;
      }
    }
    return false;
  }

  /** Hands an ICMP error to whoever sent the packet it is about. */
  reportError(packet: Packet): void {
    const { transport, ip } = packet;
    if (transport?.kind !== "icmp" || !ip || !transport.quoted?.ip) return;
    this.raw?.error(transport, ip.src, ip.ttl);
    this.protocols.get(transport.quoted.ip.protocol)?.error(transport, ip.src, ip.ttl);
  }

  /** A packet waited for its neighbour in vain; ipv4_link_failure(). */
  linkFailure(packet: Packet, device: NetDevice): void {
    this.netns.tracer?.(packet, { kind: "drop", reason: "neighbour-failed", device });
    sendIcmpError(this.netns, packet, ICMP_DEST_UNREACHABLE, HOST_UNREACHABLE, 0);
  }

  /**
   * The routing decision about an ARP request's question, without side effects. Undefined: it
   * would not be accepted.
   */
  routeForArp(
    device: NetDevice,
    sender: Ipv4,
    target: Ipv4,
  ): { readonly type: RouteType; readonly device: NetDevice | undefined } | undefined {
    const decision: InputDecision = routeInput(this.netns, device, sender, target, 0, undefined);
    switch (decision.kind) {
      case "local":
        return { type: "local", device };
      case "forward":
        return { type: "unicast", device: decision.device };
      case "error":
        return { type: "unreachable", device: undefined };
      default:
        return undefined;
    }
  }

  // ---------------------------------------------------------------- groups

  isGroupMember(device: NetDevice, group: Ipv4): boolean {
    return device.up && device.ipv4.memberships.has(group);
  }

  // ---------------------------------------------------------------- what transports ask

  register(protocol: TransportProtocol): void {
    this.protocols.set(protocol.number, protocol);
  }

  registerRaw(receiver: RawReceiver): void {
    this.raw = receiver;
  }

  routeOutput(wanted: Flow): OutputRoute {
    const route = routeOutput(this.netns, outputFlow(this.netns, wanted));
    const isGroup = isMulticast(wanted.dst);
    return {
      src: route.source,
      ifindex: route.device.ifindex,
      mtu: route.mtu,
      deviceMtu: route.device.mtu,
      mtuLocked: route.mtuLocked,
      isLocal: route.type === "local",
      isBroadcast: route.type === "broadcast" || wanted.dst === IPV4_BROADCAST,
      isMulticast: isGroup,
    };
  }

  sendLocal(packet: Packet, options?: SendOptions): void {
    sendLocal(this.netns, packet, options);
  }

  isLocalAddress(address: Ipv4): boolean {
    return this.netns.fib.isLocal(address);
  }

  sendIcmpError(about: Packet, type: number, code: number, rest = 0): void {
    if (!about.ip) throw new KernelError("EINVAL");
    sendIcmpError(this.netns, about, type, code, rest);
  }
}
