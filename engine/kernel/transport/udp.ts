/** UDP, RFC 768; socket behaviour as Linux net/ipv4/udp.c. */
import {
  IPV4_ANY,
  IPV4_BROADCAST,
  IPV4_LOOPBACK,
  type Ipv4,
  isMulticast,
} from "../../net/address.ts";
import {
  ICMP_DEST_UNREACHABLE,
  type IcmpHeader,
  IPPROTO_UDP,
  type Ipv4Header,
  type Packet,
  type UdpHeader,
} from "../../net/packet.ts";
import { KernelError } from "../errno.ts";
import type { SocketAddress } from "../process/sys.ts";
import type { Blocking } from "../process/wait-queue.ts";
import type { TransportContext } from "./context.ts";
import { toDatagram } from "./datagram-queue.ts";
import { DatagramSocket } from "./datagram-socket.ts";
import type { SocketRecord } from "./diagnostics.ts";
import { ICMP_PORT_UNREACHABLE, socketFault } from "./icmp-errno.ts";
import { PortTable } from "./ports.ts";
import type { SocketOwner, TransportProtocol } from "./protocol.ts";
import { UNSPECIFIED } from "./socket.ts";

/** The length field has 16 bits, and the IP header takes 20 of them. */
const MAX_PAYLOAD_BYTES = 65507;

export class UdpProtocol implements TransportProtocol {
  readonly number = IPPROTO_UDP;
  readonly ports = new PortTable();
  /** Sockets by local port, the latest first. */
  private readonly byPort = new Map<number, UdpSocket[]>();

  constructor(readonly context: TransportContext) {}

  /** Adds to a counter of the Udp line of /proc/net/snmp. */
  count(name: string): void {
    this.context.snmp.udp.add(name);
  }

  *sockets(): Iterable<UdpSocket> {
    for (const list of this.byPort.values()) yield* list;
  }

  attach(socket: UdpSocket): void {
    const { port } = socket.local;
    this.ports.add(port, socket);
    this.byPort.set(port, [socket, ...(this.byPort.get(port) ?? [])]);
  }

  detach(socket: UdpSocket): void {
    const { port } = socket.local;
    this.ports.remove(port, socket);
    const rest = (this.byPort.get(port) ?? []).filter((other) => other !== socket);
    if (rest.length > 0) this.byPort.set(port, rest);
    else this.byPort.delete(port);
  }

  receive(packet: Packet): void {
    const header = packet.transport;
    const ip = packet.ip as Ipv4Header;
    if (header?.kind !== "udp") {
      this.count("InErrors");
      return;
    }
    if (header.checksum !== undefined && header.checksum !== 0) {
      this.count("InErrors");
      this.count("InCsumErrors");
      return;
    }
    const candidates = this.byPort.get(header.dstPort) ?? [];
    const isForOne = this.context.ip.isLocalAddress(ip.dst);
    if (!isForOne || isMulticast(ip.dst) || ip.dst === IPV4_BROADCAST) {
      this.receiveForAll(packet, header, ip, candidates);
      return;
    }
    const socket = best(candidates, packet, header, ip);
    if (socket) this.deliver(socket, packet);
    else {
      this.count("NoPorts");
      this.context.tracer?.(packet, { kind: "drop", reason: "no-socket", device: undefined });
      this.context.ip.sendIcmpError(packet, ICMP_DEST_UNREACHABLE, ICMP_PORT_UNREACHABLE);
    }
  }

  /** A broadcast or multicast goes to every socket that matches. */
  private receiveForAll(
    packet: Packet,
    header: UdpHeader,
    ip: Ipv4Header,
    candidates: readonly UdpSocket[],
  ): void {
    const matching = candidates.filter((socket) => score(socket, packet, header, ip) >= 0);
    if (matching.length === 0) this.count("IgnoredMulti");
    for (const socket of matching) {
      this.deliver(socket, matching.length > 1 ? packet.clone() : packet);
    }
  }

  private deliver(socket: UdpSocket, packet: Packet): void {
    this.context.tracer?.(packet, { kind: "deliver", socket });
    socket.receive(packet);
  }

  error(icmp: IcmpHeader, offender: Ipv4, ttl: number): void {
    const quoted = icmp.quoted;
    const header = quoted?.transport;
    if (!quoted?.ip || header?.kind !== "udp") return;
    const { src, dst } = quoted.ip;
    const from = { ip: src, port: header.srcPort };
    const to = { ip: dst, port: header.dstPort };
    for (const socket of this.byPort.get(from.port) ?? []) {
      if (socket.sentFrom(from, to)) {
        socket.receiveError(icmp, offender, to, ttl);
        return;
      }
    }
  }
}

/** How well a socket fits a datagram, compute_score() in udp.c; −1: not at all. */
function score(socket: UdpSocket, packet: Packet, header: UdpHeader, ip: Ipv4Header): number {
  const { local, remote, settings } = socket;
  let points = 0;
  if (local.ip !== IPV4_ANY) {
    if (local.ip !== ip.dst) return -1;
    points += 4;
  }
  if (remote) {
    if (remote.ip !== ip.src || remote.port !== header.srcPort) return -1;
    points += 8;
  }
  if (settings.boundDevice !== 0) {
    if (settings.boundDevice !== packet.iif) return -1;
    points += 4;
  }
  return points;
}

function best(
  candidates: readonly UdpSocket[],
  packet: Packet,
  header: UdpHeader,
  ip: Ipv4Header,
): UdpSocket | undefined {
  let found: UdpSocket | undefined;
  let foundScore = -1;
  for (const socket of candidates) {
    const points = score(socket, packet, header, ip);
    if (points > foundScore) {
      found = socket;
      foundScore = points;
    }
  }
  return found;
}

export class UdpSocket extends DatagramSocket {
  readonly protocol = IPPROTO_UDP;
  readonly isListening = false;
  readonly pickedByConnect = false;
  private attached = false;

  constructor(
    private readonly udp: UdpProtocol,
    owner: SocketOwner,
  ) {
    super(udp.context, owner);
  }

  override bind(address: SocketAddress | { readonly ifindex: number }): void {
    if ("ifindex" in address) throw new KernelError("EINVAL");
    if (this.attached) throw new KernelError("EINVAL");
    this.checkLocalAddress(address.ip);
    const { sysctls } = this.context;
    if (address.port === 0) {
      this.attachAt(address.ip, this.pickPort(address.ip));
      return;
    }
    if (address.port < sysctls.unprivilegedPortStart && this.uid !== 0) {
      throw new KernelError("EACCES");
    }
    if (this.udp.ports.conflicts(this, address.ip, address.port)) {
      throw new KernelError("EADDRINUSE");
    }
    this.attachAt(address.ip, address.port);
  }

  override *connect(address: SocketAddress): Blocking<void> {
    const to = address.ip === IPV4_ANY ? { ...address, ip: IPV4_LOOPBACK } : address;
    const route = this.routeTo(to);
    this.autobind();
    if (this.local.ip === IPV4_ANY) this.local = { ip: route.src, port: this.local.port };
    this.remote = to;
  }

  protected transmit(data: Uint8Array, to: SocketAddress): void {
    if (this.writeShut) throw new KernelError("EPIPE");
    if (data.length > MAX_PAYLOAD_BYTES) throw new KernelError("EMSGSIZE");
    if (to.port === 0) throw new KernelError("EINVAL");
    this.autobind();
    const route = this.routeTo(to);
    this.throwPendingError();
    const header = { kind: "udp", srcPort: this.local.port, dstPort: to.port } as const;
    this.sendTransport(header, data.slice(), to, route);
    this.udp.count("OutDatagrams");
  }

  private autobind(): void {
    if (!this.attached) this.attachAt(this.local.ip, this.pickPort(this.local.ip));
  }

  private pickPort(ip: Ipv4): number {
    const { sysctls, random } = this.context;
    return this.udp.ports.pick(
      sysctls,
      random,
      "any",
      (port) => !this.udp.ports.conflicts(this, ip, port),
    );
  }

  private attachAt(ip: Ipv4, port: number): void {
    this.local = { ip, port };
    this.attached = true;
    this.udp.attach(this);
  }

  receive(packet: Packet): void {
    if (this.enqueue(toDatagram(this.context, packet, packet.payload))) {
      this.udp.count("InDatagrams");
      return;
    }
    this.udp.count("InErrors");
    this.udp.count("RcvbufErrors");
  }

  /** True if this socket may have sent a datagram between these addresses. */
  sentFrom(from: SocketAddress, to: SocketAddress): boolean {
    const { local, remote } = this;
    if (local.ip !== IPV4_ANY && local.ip !== from.ip) return false;
    return !remote || (remote.ip === to.ip && remote.port === to.port);
  }

  receiveError(icmp: IcmpHeader, offender: Ipv4, to: SocketAddress, ttl: number): void {
    const fault = socketFault(icmp);
    if (fault) this.reportError(fault, icmp, offender, to, ttl);
  }

  release(): void {
    if (this.attached) this.udp.detach(this);
    this.attached = false;
  }

  /** Its program is told with ECONNABORTED. */
  destroy(): void {
    this.release();
    this.remote = undefined;
    this.pendingError = "ECONNABORTED";
    this.changed.wakeAll();
  }

  record(): SocketRecord | undefined {
    if (!this.attached) return undefined;
    return {
      protocol: "udp",
      state: this.remote ? "ESTABLISHED" : "CLOSE",
      local: this.local,
      remote: this.remote ?? UNSPECIFIED,
      receiveQueue: this.queue.usedBytes,
      sendQueue: 0,
      receiveBuffer: this.settings.receiveBuffer,
      sendBuffer: this.settings.sendBuffer,
      inode: this.inode,
      uid: this.uid,
      boundDevice: this.context.deviceName(this.settings.boundDevice) ?? "",
      tos: this.settings.tos,
      mark: this.settings.mark,
    };
  }
}
