/** TCP, RFC 9293: which segment belongs to whom. Linux net/ipv4/tcp_ipv4.c. */
import { IPV4_ANY, type Ipv4 } from "../../../net/address.ts";
import {
  type IcmpHeader,
  IPPROTO_TCP,
  type Ipv4Header,
  Packet,
  TCP_ACK,
  TCP_FIN,
  TCP_RST,
  TCP_SYN,
  type TcpHeader,
  type TcpOptions,
} from "../../../net/packet.ts";
import { MILLISECOND } from "../../../sim/clock.ts";
import { KernelError } from "../../errno.ts";
import type { SocketAddress } from "../../process/sys.ts";
import type { TransportContext } from "../context.ts";
import type { TcpState } from "../diagnostics.ts";
import { PortTable } from "../ports.ts";
import type { SocketOwner, TransportProtocol } from "../protocol.ts";
import type { TcpEndpoint } from "./endpoint.ts";
import type { Listener } from "./listener.ts";
import { advance } from "./sequence.ts";

/** Header fields of a segment to be sent, apart from the ports. */
export interface SegmentFields {
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  readonly window: number;
  readonly options: TcpOptions;
}

/** Header fields of the IP packet that carries it. */
export interface CarrierFields {
  readonly id: number;
  readonly tos: number;
  readonly ttl: number;
  readonly dontFragment: boolean;
  readonly oif: number;
  readonly mark: number;
  readonly owner: SocketOwner | undefined;
}

const NO_OPTIONS: TcpOptions = {};

export class TcpProtocol implements TransportProtocol {
  readonly number = IPPROTO_TCP;
  readonly ports = new PortTable();
  /** By both ports; those with equal ports and other addresses share a list. */
  private readonly endpoints = new Map<number, TcpEndpoint[]>();
  private readonly listeners = new Map<number, Listener[]>();
  private readonly secret: number;

  constructor(readonly context: TransportContext) {
    this.secret = context.random.uint32();
  }

  /** Adds to a counter of the Tcp line of /proc/net/snmp. */
  count(name: string, amount = 1): void {
    this.context.snmp.tcp.add(name, amount);
  }

  // ---------------------------------------------------------------- tables

  *allEndpoints(): Iterable<TcpEndpoint> {
    for (const list of this.endpoints.values()) yield* list;
  }

  *allListeners(): Iterable<Listener> {
    for (const list of this.listeners.values()) yield* list;
  }

  addEndpoint(endpoint: TcpEndpoint): void {
    const key = portsKey(endpoint.local.port, endpoint.remote.port);
    const list = this.endpoints.get(key);
    if (list) list.push(endpoint);
    else this.endpoints.set(key, [endpoint]);
  }

  removeEndpoint(endpoint: TcpEndpoint): void {
    const key = portsKey(endpoint.local.port, endpoint.remote.port);
    const list = this.endpoints.get(key);
    const at = list?.indexOf(endpoint) ?? -1;
    if (!list || at < 0) return;
    if (list.length === 1) this.endpoints.delete(key);
    else list.splice(at, 1);
  }

  findEndpoint(local: SocketAddress, remote: SocketAddress): TcpEndpoint | undefined {
    return this.find(local.ip, local.port, remote.ip, remote.port);
  }

  private find(
    localIp: Ipv4,
    localPort: number,
    remoteIp: Ipv4,
    remotePort: number,
  ): TcpEndpoint | undefined {
    const list = this.endpoints.get(portsKey(localPort, remotePort));
    if (!list) return undefined;
    for (const endpoint of list) {
      if (endpoint.local.ip === localIp && endpoint.remote.ip === remoteIp) return endpoint;
    }
    return undefined;
  }

  addListener(listener: Listener): void {
    const { port } = listener.local;
    this.listeners.set(port, [...(this.listeners.get(port) ?? []), listener]);
  }

  removeListener(listener: Listener): void {
    const { port } = listener.local;
    const rest = (this.listeners.get(port) ?? []).filter((other) => other !== listener);
    if (rest.length > 0) this.listeners.set(port, rest);
    else this.listeners.delete(port);
  }

  /** The listener that fits best; among equals (SO_REUSEPORT) the peer's address decides. */
  private findListener(
    ip: Ipv4,
    port: number,
    iif: number,
    peer: SocketAddress,
  ): Listener | undefined {
    let best: Listener[] = [];
    let bestScore = -1;
    for (const listener of this.listeners.get(port) ?? []) {
      const { boundDevice } = listener.settings;
      if (listener.local.ip !== IPV4_ANY && listener.local.ip !== ip) continue;
      if (boundDevice !== 0 && boundDevice !== iif) continue;
      const score = (listener.local.ip === IPV4_ANY ? 0 : 2) + (boundDevice === 0 ? 0 : 1);
      if (score > bestScore) best = [];
      if (score >= bestScore) best.push(listener);
      bestScore = Math.max(score, bestScore);
    }
    return best[best.length > 1 ? this.hash(peer.ip, peer.port, ip, port) % best.length : 0];
  }

  /** Ends whatever is there. ENOENT */
  destroy(local: SocketAddress, remote: SocketAddress, state: TcpState): void {
    if (state === "LISTEN") {
      const listener = this.listeners.get(local.port)?.find((one) => one.local.ip === local.ip);
      if (!listener) throw new KernelError("ENOENT");
      listener.close();
      listener.changed.wakeAll();
      return;
    }
    const endpoint = this.findEndpoint(local, remote);
    if (!endpoint) throw new KernelError("ENOENT");
    endpoint.destroy();
  }

  // ---------------------------------------------------------------- in

  receive(packet: Packet): void {
    const header = packet.transport;
    const ip = packet.ip as Ipv4Header;
    this.count("InSegs");
    if (header?.kind !== "tcp" || header.checksum !== undefined) {
      this.count("InErrs");
      if (header) this.count("InCsumErrors");
      return;
    }
    const endpoint = this.find(ip.dst, header.dstPort, ip.src, header.srcPort);
    if (endpoint) {
      this.context.tracer?.(packet, { kind: "deliver", socket: endpoint });
      endpoint.receive(packet, header);
    } else this.receiveUnclaimed(packet, header);
  }

  /** A segment that belongs to no connection: a listener's, or nobody's. */
  receiveUnclaimed(packet: Packet, header: TcpHeader): void {
    const ip = packet.ip as Ipv4Header;
    if (!this.context.ip.isLocalAddress(ip.dst)) return;
    const peer = { ip: ip.src, port: header.srcPort };
    const listener = this.findListener(ip.dst, header.dstPort, packet.iif, peer);
    if (listener) {
      this.context.tracer?.(packet, { kind: "deliver", socket: listener });
      listener.receive(packet, header);
      return;
    }
    this.context.tracer?.(packet, { kind: "drop", reason: "no-socket", device: undefined });
    this.refuse(packet, header);
  }

  error(icmp: IcmpHeader, offender: Ipv4): void {
    const ip = icmp.quoted?.ip;
    const header = icmp.quoted?.transport;
    if (!ip || header?.kind !== "tcp") return;
    this.find(ip.src, header.srcPort, ip.dst, header.dstPort)?.icmpError(icmp, offender, header);
  }

  // ---------------------------------------------------------------- out

  send(
    local: SocketAddress,
    remote: SocketAddress,
    fields: SegmentFields,
    payload: Uint8Array,
    carrier: CarrierFields,
  ): void {
    const packet = new Packet();
    packet.ip = {
      tos: carrier.tos,
      id: carrier.id,
      dontFragment: carrier.dontFragment,
      moreFragments: false,
      fragmentOffset: 0,
      ttl: carrier.ttl,
      protocol: IPPROTO_TCP,
      src: local.ip,
      dst: remote.ip,
    };
    packet.transport = {
      kind: "tcp",
      srcPort: local.port,
      dstPort: remote.port,
      seq: fields.seq,
      ack: fields.ack,
      flags: fields.flags,
      window: fields.window,
      urgentPointer: 0,
      options: fields.options,
    };
    packet.payload = payload;
    this.count("OutSegs");
    if (fields.flags & TCP_RST) this.count("OutRsts");
    try {
      this.context.ip.sendLocal(packet, {
        oif: carrier.oif,
        mark: carrier.mark,
        owner: carrier.owner,
        keepId: true,
      });
    } catch (error) {
      // A segment that cannot be sent now is a lost segment: the timers see to it.
      if (!(error instanceof KernelError)) throw error;
    }
  }

  /** Answers a segment that nobody expects with a reset; RFC 9293 §3.5.2, tcp_v4_send_reset(). */
  refuse(packet: Packet, header: TcpHeader): void {
    if (header.flags & TCP_RST) return;
    const ip = packet.ip as Ipv4Header;
    const local = { ip: ip.dst, port: header.dstPort };
    const remote = { ip: ip.src, port: header.srcPort };
    const acknowledged = advance(header.seq, segmentLength(packet, header));
    const fields =
      header.flags & TCP_ACK
        ? { seq: header.ack, ack: 0, flags: TCP_RST }
        : { seq: 0, ack: acknowledged, flags: TCP_RST | TCP_ACK };
    this.send(
      local,
      remote,
      { ...fields, window: 0, options: NO_OPTIONS },
      packet.payload.subarray(0, 0),
      {
        ...this.bareCarrier(),
        mark: 0,
      },
    );
  }

  /** How segments travel that no connection stands behind: id 0, DF set. */
  bareCarrier(): CarrierFields {
    return {
      id: 0,
      tos: 0,
      ttl: this.context.defaultTtl(),
      dontFragment: true,
      oif: 0,
      mark: 0,
      owner: undefined,
    };
  }

  // ---------------------------------------------------------------- secrets

  /** RFC 6528: a keyed hash of the addresses, and a clock of 64 ns. */
  initialSequence(local: SocketAddress, remote: SocketAddress): number {
    const clock = Math.floor(this.context.sim.nowNs / 64);
    return (this.hash(local.ip, local.port, remote.ip, remote.port) + clock) >>> 0;
  }

  /** RFC 7323 §5.4: milliseconds from an origin of their own for each pair of machines. */
  timestamp(local: SocketAddress, remote: SocketAddress): number {
    const clock = Math.floor(this.context.sim.nowNs / MILLISECOND);
    return (this.hash(local.ip, 0, remote.ip, 0) + clock) >>> 0;
  }

  private hash(...words: readonly number[]): number {
    let hash = this.secret | 0;
    for (const word of words) {
      hash = Math.imul(hash ^ word, 0x9e3779b1);
      hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca77);
      hash ^= hash >>> 13;
    }
    return hash >>> 0;
  }
}

function portsKey(local: number, remote: number): number {
  return local * 65536 + remote;
}

/** The sequence numbers a segment takes: its bytes, SYN and FIN. */
export function segmentLength(packet: Packet, header: TcpHeader): number {
  return (
    packet.payload.length + (header.flags & TCP_SYN ? 1 : 0) + (header.flags & TCP_FIN ? 1 : 0)
  );
}
