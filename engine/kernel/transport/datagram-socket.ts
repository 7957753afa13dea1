/** What UDP, raw and ping sockets share: a queue of packets, a connected peer, ICMP errors. */
import {
  IPV4_ANY,
  IPV4_LOOPBACK,
  isMulticast,
  IPV4_BROADCAST,
  type Ipv4,
} from "../../net/address.ts";
import {
  type IcmpHeader,
  type Ipv4Header,
  Packet,
  type TransportHeader,
} from "../../net/packet.ts";
import { networkLength } from "../../net/length.ts";
import type { Ns } from "../../sim/clock.ts";
import { KernelError } from "../errno.ts";
import type { Readiness } from "../fs/open-file.ts";
import type { Datagram, SocketAddress } from "../process/sys.ts";
import type { Blocking } from "../process/wait-queue.ts";
import { BoundedQueue, deadline, packetCost } from "./datagram-queue.ts";
import { nextHopMtu, type SocketFault } from "./icmp-errno.ts";
import type { OutputRoute } from "./protocol.ts";
import { SEND_COST_NS, Socket, UNSPECIFIED } from "./socket.ts";

/** Bytes that the length field of an IPv4 header can tell. */
const MAX_IP_PACKET = 65535;

/** ICMP errors kept until they are read with MSG_ERRQUEUE. */
const MAX_QUEUED_ERRORS = 64;

export abstract class DatagramSocket extends Socket {
  local: SocketAddress = UNSPECIFIED;
  remote: SocketAddress | undefined;
  protected readonly queue = new BoundedQueue<Datagram>();
  protected writeShut = false;
  private readShut = false;
  /** The id of the next packet to the connected peer; Linux inet_id. */
  private nextId = this.context.random.below(65536);

  abstract readonly protocol: number;

  // ---------------------------------------------------------------- receiving

  /** Queues a datagram, or answers false when the receive buffer is full. */
  protected enqueue(datagram: Datagram): boolean {
    const { settings } = this;
    if (!this.queue.push(datagram, packetCost(datagram.packet), settings.receiveBuffer)) {
      return false;
    }
    this.changed.wakeAll();
    return true;
  }

  read(max: number): Uint8Array | undefined {
    this.throwPendingError();
    const datagram = this.queue.shift();
    if (datagram) return datagram.data.subarray(0, max);
    return this.readShut ? new Uint8Array(0) : undefined;
  }

  *recv(max = Number.POSITIVE_INFINITY): Blocking<Uint8Array> {
    for (;;) {
      const data = this.read(max);
      if (data) return data;
      yield* this.waitForChange();
    }
  }

  override *recvfrom(
    max = Number.POSITIVE_INFINITY,
    timeoutNs?: Ns,
  ): Blocking<Datagram | undefined> {
    const end = deadline(this.context, timeoutNs);
    for (;;) {
      this.throwPendingError();
      const datagram = this.queue.shift();
      if (datagram) {
        if (datagram.data.length <= max) return datagram;
        return { ...datagram, data: datagram.data.subarray(0, max) };
      }
      if (this.readShut) return undefined;
      if (!(yield* this.waitForChange(end))) return undefined;
    }
  }

  /** An ICMP error about a packet this socket sent to `to`. */
  protected reportError(
    fault: SocketFault,
    icmp: IcmpHeader,
    offender: Ipv4,
    to: SocketAddress,
    ttl: number,
  ): void {
    const { settings } = this;
    const mtu = nextHopMtu(icmp);
    const fatal = mtu > 0 ? settings.mtuDiscover !== "dont" : fault.fatal;
    if (settings.receiveErrors) {
      if (this.icmpErrors.length < MAX_QUEUED_ERRORS) {
        this.icmpErrors.push({
          errno: fault.errno,
          type: icmp.type,
          code: icmp.code,
          offender,
          info: mtu,
          to,
          ttl,
          receivedNs: this.context.sim.nowNs,
        });
      }
    } else if (!fatal || !this.remote) return;
    this.pendingError = fault.errno;
    this.changed.wakeAll();
  }

  readiness(): Readiness {
    const error = this.pendingError !== undefined || this.icmpErrors.length > 0;
    return {
      in: this.queue.length > 0 || this.readShut || error,
      out: true,
      hangup: this.readShut && this.writeShut,
      error,
    };
  }

  // ---------------------------------------------------------------- sending

  write(data: Uint8Array): number | undefined {
    if (!this.remote) throw new KernelError("EDESTADDRREQ");
    this.transmit(data, this.remote);
    return data.length;
  }

  *send(data: Uint8Array): Blocking<number> {
    this.write(data);
    yield { queues: [], timeoutNs: SEND_COST_NS };
    return data.length;
  }

  override *sendto(data: Uint8Array, to: SocketAddress): Blocking<number> {
    this.transmit(data, to);
    yield { queues: [], timeoutNs: SEND_COST_NS };
    return data.length;
  }

  protected abstract transmit(data: Uint8Array, to: SocketAddress): void;

  /** The route to a peer, refusing a broadcast without SO_BROADCAST. */
  protected routeTo(to: SocketAddress): OutputRoute {
    const { settings, context } = this;
    const route = context.ip.routeOutput({
      src: this.local.ip,
      dst: to.ip === IPV4_ANY ? IPV4_LOOPBACK : to.ip,
      protocol: this.protocol,
      srcPort: this.local.port,
      dstPort: to.port,
      tos: settings.tos,
      mark: settings.mark,
      uid: this.uid,
      oif: settings.boundDevice,
      onLink: settings.dontRoute,
    });
    if (route.isBroadcast && !settings.broadcast) throw new KernelError("EACCES");
    return route;
  }

  /** Sends one packet: the header fields come from the options and the route. */
  protected sendTransport(
    transport: TransportHeader | undefined,
    payload: Uint8Array,
    to: SocketAddress,
    route: OutputRoute,
  ): void {
    const { settings, context } = this;
    const packet = new Packet();
    packet.transport = transport;
    packet.payload = payload;
    const header: Ipv4Header = {
      tos: settings.tos,
      id: this.remote ? this.takeId() : 0,
      dontFragment: false,
      moreFragments: false,
      fragmentOffset: 0,
      ttl: settings.ttl ?? (route.isMulticast ? 1 : context.defaultTtl()),
      protocol: this.protocol,
      src: route.src,
      dst: to.ip === IPV4_ANY ? IPV4_LOOPBACK : to.ip,
      ...(settings.ipOptions ? { options: settings.ipOptions } : {}),
    };
    packet.ip = header;
    const length = networkLength(packet);
    if (length > MAX_IP_PACKET) this.fits(length, route.mtu);
    if (this.mustNotFragment(length, route)) {
      packet.ip = { ...header, id: header.id || this.drawId(), dontFragment: true };
    }
    this.sendPrepared(packet);
  }

  protected sendPrepared(packet: Packet): void {
    const { settings, context } = this;
    context.ip.sendLocal(packet, {
      oif: settings.boundDevice,
      owner: this.owner,
      mark: settings.mark,
      onLink: settings.dontRoute,
      ignorePathMtu: settings.mtuDiscover === "probe",
    });
  }

  /** IP_MTU_DISCOVER: "want" lets a packet that is too long be cut by this machine only. */
  protected mustNotFragment(
    length: number,
    { mtu, deviceMtu = mtu, mtuLocked }: OutputRoute,
  ): boolean {
    switch (this.settings.mtuDiscover) {
      case "dont":
        return false;
      case "want":
        return length <= mtu && !mtuLocked;
      case "do":
        return this.fits(length, mtu);
      case "probe":
        return this.fits(length, deviceMtu);
    }
  }

  /** EMSGSIZE, and the error queue tells why. */
  private fits(length: number, mtu: number): true {
    if (length <= mtu) return true;
    this.queueLocalTooBig(mtu);
    throw new KernelError("EMSGSIZE");
  }

  /** ip_local_error(): the error queue tells the MTU, with the sender itself as offender. */
  private queueLocalTooBig(mtu: number): void {
    if (!this.settings.receiveErrors || this.icmpErrors.length >= MAX_QUEUED_ERRORS) return;
    this.icmpErrors.push({
      errno: "EMSGSIZE",
      type: 0,
      code: 0,
      offender: this.local.ip,
      info: mtu,
      to: this.remote ?? UNSPECIFIED,
      receivedNs: this.context.sim.nowNs,
    });
  }

  /** Linux leaves the id 0 only where the program forbids fragments; __ip_make_skb(). */
  private drawId(): number {
    return this.settings.mtuDiscover === "do" ? 0 : this.context.random.between(1, 65535);
  }

  private takeId(): number {
    this.nextId = (this.nextId + 1) & 0xffff;
    return this.nextId;
  }

  // ---------------------------------------------------------------- names

  override shutdown(how: "read" | "write" | "both"): void {
    if (!this.remote) throw new KernelError("ENOTCONN");
    if (how !== "write") this.readShut = true;
    if (how !== "read") this.writeShut = true;
    this.changed.wakeAll();
  }

  override getsockname(): SocketAddress {
    return this.local;
  }

  override getpeername(): SocketAddress {
    if (!this.remote) throw new KernelError("ENOTCONN");
    return this.remote;
  }

  protected override pathMtu(): number {
    if (!this.remote) throw new KernelError("ENOTCONN");
    return this.routeTo(this.remote).mtu;
  }

  /** EADDRNOTAVAIL unless the address is this machine's, or a group or broadcast address. */
  protected checkLocalAddress(ip: Ipv4): void {
    const acceptable =
      ip === IPV4_ANY ||
      ip === IPV4_BROADCAST ||
      isMulticast(ip) ||
      this.context.ip.isLocalAddress(ip);
    if (!acceptable) throw new KernelError("EADDRNOTAVAIL");
  }
}
