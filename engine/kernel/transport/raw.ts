/** Raw sockets (raw(7)) and the ICMP echo sockets of unprivileged ping (icmp(7)). */
import { IPV4_ANY, type Ipv4 } from "../../net/address.ts";
import { serialiseIpPayload } from "../../net/codec.ts";
import {
  ICMP_ECHO,
  ICMP_ECHO_REPLY,
  type IcmpHeader,
  IPPROTO_ICMP,
  type Ipv4Header,
  type Packet,
  type TransportHeader,
} from "../../net/packet.ts";
import { KernelError } from "../errno.ts";
import type { RawMessage, SocketAddress } from "../process/sys.ts";
import type { Blocking } from "../process/wait-queue.ts";
import type { TransportContext } from "./context.ts";
import { toDatagram } from "./datagram-queue.ts";
import { DatagramSocket } from "./datagram-socket.ts";
import type { SocketRecord } from "./diagnostics.ts";
import { socketFault } from "./icmp-errno.ts";
import type { RawReceiver, SocketOwner } from "./protocol.ts";
import { UNSPECIFIED } from "./socket.ts";

/** IPPROTO_RAW: sends packets with their own IP header, receives nothing. */
const IPPROTO_RAW = 255;

export class RawSockets implements RawReceiver {
  private readonly all = new Set<EchoSocket | RawSocket>();

  constructor(readonly context: TransportContext) {}

  sockets(): Iterable<EchoSocket | RawSocket> {
    return this.all;
  }

  add(socket: EchoSocket | RawSocket): void {
    this.all.add(socket);
  }

  remove(socket: EchoSocket | RawSocket): void {
    this.all.delete(socket);
  }

  receive(packet: Packet): boolean {
    let taken = false;
    for (const socket of this.all) {
      if (!socket.wants(packet)) continue;
      socket.receive(packet.clone());
      taken = true;
    }
    return taken;
  }

  error(icmp: IcmpHeader, offender: Ipv4, ttl: number): void {
    const quoted = icmp.quoted;
    const fault = socketFault(icmp);
    if (!quoted?.ip || !fault) return;
    for (const socket of this.all) {
      if (socket.sent(quoted)) socket.receiveError(icmp, offender, quoted.ip.dst, ttl);
    }
  }

  /** An echo id that no ping socket of this namespace uses. */
  pickEchoId(wanted: number): number {
    const used = new Set<number>();
    for (const socket of this.all) if (socket instanceof EchoSocket) used.add(socket.local.port);
    if (wanted !== 0) {
      if (used.has(wanted)) throw new KernelError("EADDRINUSE");
      return wanted;
    }
    for (let i = 0; i < 65536; i++) {
      const id = this.context.random.between(1, 65535);
      if (!used.has(id)) return id;
    }
    throw new KernelError("EADDRINUSE");
  }
}

abstract class NetworkSocket extends DatagramSocket {
  constructor(
    protected readonly raw: RawSockets,
    owner: SocketOwner,
  ) {
    super(raw.context, owner);
  }

  /** Takes this received packet. */
  abstract wants(packet: Packet): boolean;
  /** May have sent this packet. */
  abstract sent(packet: Packet): boolean;

  receive(packet: Packet): void {
    this.enqueue(toDatagram(this.context, packet, serialiseIpPayload(packet)));
  }

  receiveError(icmp: IcmpHeader, offender: Ipv4, to: Ipv4, ttl: number): void {
    const fault = socketFault(icmp);
    if (fault) this.reportError(fault, icmp, offender, { ip: to, port: 0 }, ttl);
  }

  protected isForMe(packet: Packet): boolean {
    const ip = packet.ip as Ipv4Header;
    const { boundDevice } = this.settings;
    return (
      (this.local.ip === IPV4_ANY || this.local.ip === ip.dst) &&
      (!this.remote || this.remote.ip === ip.src) &&
      (boundDevice === 0 || boundDevice === packet.iif)
    );
  }

  override bind(address: SocketAddress | { readonly ifindex: number }): void {
    if ("ifindex" in address) throw new KernelError("EINVAL");
    this.checkLocalAddress(address.ip);
    this.local = { ip: address.ip, port: this.local.port };
  }

  override *connect(address: SocketAddress): Blocking<void> {
    const route = this.routeTo(address);
    if (this.local.ip === IPV4_ANY) this.local = { ip: route.src, port: this.local.port };
    this.remote = { ip: address.ip, port: 0 };
  }

  protected checkHeader(packet: Packet): void {
    if (!packet.transport) throw new KernelError("EINVAL");
  }

  protected fullRecord(rawProtocol: number): SocketRecord {
    return {
      protocol: "raw",
      state: this.remote ? "ESTABLISHED" : "CLOSE",
      local: { ip: this.local.ip, port: rawProtocol },
      remote: this.remote ?? UNSPECIFIED,
      receiveQueue: this.queue.usedBytes,
      sendQueue: 0,
      receiveBuffer: this.settings.receiveBuffer,
      sendBuffer: this.settings.sendBuffer,
      inode: this.inode,
      uid: this.uid,
      boundDevice: this.context.deviceName(this.settings.boundDevice) ?? "",
      rawProtocol,
    };
  }
}

export class RawSocket extends NetworkSocket {
  constructor(
    raw: RawSockets,
    owner: SocketOwner,
    readonly protocol: number,
  ) {
    super(raw, owner);
    raw.add(this);
  }

  wants(packet: Packet): boolean {
    return this.protocol === packet.ip?.protocol && this.isForMe(packet);
  }

  sent(packet: Packet): boolean {
    const { ip } = packet;
    if (!ip || this.protocol !== ip.protocol) return false;
    if (this.local.ip !== IPV4_ANY && this.local.ip !== ip.src) return false;
    return !this.remote || this.remote.ip === ip.dst;
  }

  protected transmit(data: Uint8Array, to: SocketAddress): void {
    if (this.protocol === IPPROTO_RAW) throw new KernelError("EINVAL");
    const route = this.routeTo(to);
    this.throwPendingError();
    this.sendTransport(undefined, data.slice(), to, route);
  }

  /**
   * A packet without `ip` gets its header from the socket's options; one with it is sent as it
   * is (IP_HDRINCL), but for a source and an id of 0, which are filled in.
   */

  override *sendPacket(
    message: RawMessage | { readonly packet: Packet; readonly ifindex: number },
  ): Blocking<void> {
    if ("ifindex" in message) throw new KernelError("EINVAL");
    const to = { ip: message.to, port: 0 };
    const route = this.routeTo(to);
    this.throwPendingError();
    const { packet } = message;
    if (!packet.ip) {
      this.sendTransport(packet.transport, packet.payload, to, route);
      return;
    }
    const whole = packet.clone();
    whole.ip = packet.ip.src === IPV4_ANY ? { ...packet.ip, src: route.src } : packet.ip;
    this.sendPrepared(whole);
  }

  release(): void {
    this.raw.remove(this);
  }

  record(): SocketRecord {
    return this.fullRecord(this.protocol);
  }
}

/** A datagram ICMP socket: sends echo requests with its own id, receives their replies. */
export class EchoSocket extends NetworkSocket {
  readonly protocol = IPPROTO_ICMP;

  wants(packet: Packet): boolean {
    const icmp = packet.transport;
    return (
      icmp?.kind === "icmp" &&
      icmp.type === ICMP_ECHO_REPLY &&
      this.local.port !== 0 &&
      icmp.rest >>> 16 === this.local.port &&
      this.isForMe(packet)
    );
  }

  sent(packet: Packet): boolean {
    const icmp = packet.transport;
    return icmp?.kind === "icmp" && icmp.type === ICMP_ECHO && icmp.rest >>> 16 === this.local.port;
  }

  override bind(address: SocketAddress | { readonly ifindex: number }): void {
    super.bind(address);
    if ("port" in address) this.claimId(address.port);
  }

  protected transmit(data: Uint8Array, to: SocketAddress): void {
    if (data.length < 8 || data[0] !== ICMP_ECHO || data[1] !== 0) throw new KernelError("EINVAL");
    const sequence = ((data[6] as number) << 8) | (data[7] as number);
    this.sendEcho(sequence, data.slice(8), to);
  }

  override *sendPacket(
    message: RawMessage | { readonly packet: Packet; readonly ifindex: number },
  ): Blocking<void> {
    if ("ifindex" in message) throw new KernelError("EINVAL");
    const { transport, payload } = message.packet;
    if (!isEchoRequest(transport)) throw new KernelError("EINVAL");
    this.sendEcho(transport.rest & 0xffff, payload, { ip: message.to, port: 0 });
  }

  private sendEcho(sequence: number, payload: Uint8Array, to: SocketAddress): void {
    if (this.local.port === 0) this.claimId(0);
    const route = this.routeTo(to);
    this.throwPendingError();
    const rest = this.local.port * 0x10000 + sequence;
    this.sendTransport({ kind: "icmp", type: ICMP_ECHO, code: 0, rest }, payload, to, route);
  }

  private claimId(wanted: number): void {
    this.local = { ip: this.local.ip, port: this.raw.pickEchoId(wanted) };
    this.raw.add(this);
  }

  release(): void {
    this.raw.remove(this);
  }

  record(): SocketRecord {
    return this.fullRecord(IPPROTO_ICMP);
  }
}

function isEchoRequest(header: TransportHeader | undefined): header is IcmpHeader {
  return header?.kind === "icmp" && header.type === ICMP_ECHO && header.code === 0;
}
