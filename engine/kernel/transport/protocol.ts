/** The border between the IP layer and the transports above it; Linux struct net_protocol. */
import type { Ipv4 } from "../../net/address.ts";
import type { IcmpHeader, Packet } from "../../net/packet.ts";

export interface TransportProtocol {
  /** IP protocol number. */
  readonly number: number;
  /** A whole (reassembled) packet for this machine, after the INPUT hook. */
  receive(packet: Packet): void;
  /**
   * An ICMP error about a packet this machine sent: `icmp.quoted` is that packet. `ttl` is what
   * was left of the time to live of the one that brought it.
   */
  error(icmp: IcmpHeader, offender: Ipv4, ttl: number): void;
}

/** Raw sockets: they see packets of every protocol, besides the protocol itself. */
export interface RawReceiver {
  /** Before the protocol gets it. True when a socket took it: no "protocol unreachable" then. */
  receive(packet: Packet): boolean;
  error(icmp: IcmpHeader, offender: Ipv4, ttl: number): void;
}

/** What decides where a packet made here goes; Linux struct flowi4. */
export interface Flow {
  readonly src: Ipv4;
  readonly dst: Ipv4;
  readonly protocol: number;
  readonly srcPort?: number;
  readonly dstPort?: number;
  readonly tos?: number;
  readonly mark?: number;
  readonly uid?: number;
  /** SO_BINDTODEVICE or IP_PKTINFO: index of the device it must leave by; 0 or undefined: any. */
  readonly oif?: number;
  /** SO_DONTROUTE: only what is on a link. */
  readonly onLink?: boolean;
}

/** The answer of an output route lookup. */
export interface OutputRoute {
  /** The flow's source, or the one the kernel chose. */
  readonly src: Ipv4;
  readonly ifindex: number;
  /** Path MTU to the destination. */
  readonly mtu: number;
  /** MTU of the device that it leaves by. */
  readonly deviceMtu?: number;
  /** The route says that its MTU is not to be discovered. */
  readonly mtuLocked?: boolean;
  readonly isLocal: boolean;
  readonly isBroadcast: boolean;
  readonly isMulticast: boolean;
}

/** Whose a socket is: the user and the group of the process that made it. */
export interface SocketOwner {
  readonly uid: number;
  readonly gid: number;
}

/** How a packet made here is sent. */
export interface SendOptions {
  /** SO_DONTROUTE: only to what is on a link. */
  readonly onLink?: boolean;
  /** Index of the device it must leave by; 0 or undefined: any. */
  readonly oif?: number;
  /** Undefined: no program's socket sends it. */
  readonly owner?: SocketOwner | undefined;
  readonly mark?: number;
  /** The header's id is final, even when it is 0. */
  readonly keepId?: boolean;
  /** IP_PMTUDISC_PROBE: what was learnt of the path does not count, only the device's MTU. */
  readonly ignorePathMtu?: boolean;
}

/** What the transports ask of the IP layer of their namespace. */
export interface IpLayer {
  register(protocol: TransportProtocol): void;
  registerRaw(receiver: RawReceiver): void;
  /** Throws ENETUNREACH, EHOSTUNREACH, EACCES (prohibit), EINVAL (blackhole), ENETDOWN. */
  routeOutput(flow: Flow): OutputRoute;
  /**
   * Sends a packet made here: its `ip` and `transport` headers are complete (id 0 asks
   * for one, unless `keepId`). OUTPUT hook, route, fragmentation, POSTROUTING, neighbour, device.
   * Throws what `routeOutput` throws, EMSGSIZE (DF is set and the path MTU is smaller), EPERM
   * (a firewall rule dropped it). Loss further down is silent.
   */
  sendLocal(packet: Packet, options?: SendOptions): void;
  /** The UDP ports that tunnel devices have. */
  tunnelPorts(): Iterable<number>;
  /** True if packets to the address are delivered to this machine. */
  isLocalAddress(address: Ipv4): boolean;
  /** Sends an ICMP error about a received packet, subject to the rate limit and RFC 1122 §3.2.2. */
  sendIcmpError(about: Packet, type: number, code: number, rest?: number): void;
}
