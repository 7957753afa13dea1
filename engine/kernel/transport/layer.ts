/** The sockets of one network namespace. */
import { IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP } from "../../net/packet.ts";
import { KernelError } from "../errno.ts";
import type { SocketFamily, SocketType } from "../process/sys.ts";
import type { TransportContext } from "./context.ts";
import type { SocketDiagnostics, SocketRecord } from "./diagnostics.ts";
import { Ipv6Listener } from "./ipv6-listener.ts";
import type { SocketOwner } from "./protocol.ts";
import { PacketSocket, PacketSockets } from "./packet-socket.ts";
import { EchoSocket, RawSocket, RawSockets } from "./raw.ts";
import { UNSPECIFIED, type Socket } from "./socket.ts";
import { TcpProtocol } from "./tcp/tcp-protocol.ts";
import { TcpSocket } from "./tcp/tcp-socket.ts";
import { UdpProtocol, UdpSocket } from "./udp.ts";

export class SocketLayer implements SocketDiagnostics {
  readonly tcp: TcpProtocol;
  readonly udp: UdpProtocol;
  private readonly raw: RawSockets;
  private readonly packets: PacketSockets;
  private readonly ipv6Listeners = new Set<Ipv6Listener>();

  constructor(readonly context: TransportContext) {
    this.tcp = new TcpProtocol(context);
    this.udp = new UdpProtocol(context);
    this.raw = new RawSockets(context);
    this.packets = new PacketSockets(context);
    context.ip.register(this.tcp);
    context.ip.register(this.udp);
    context.ip.registerRaw(this.raw);
  }

  /** socket(2). EPROTONOSUPPORT, EPERM (raw and packet sockets are root's), EACCES (ping). */
  socket(family: SocketFamily, type: SocketType, protocol: number, owner: SocketOwner): Socket {
    const { uid } = owner;
    if (family === "packet") {
      if (uid !== 0) throw new KernelError("EPERM");
      return new PacketSocket(this.packets, owner, protocol);
    }
    if (family === "inet6") {
      if (type !== "stream") throw new KernelError("EAFNOSUPPORT");
      return new Ipv6Listener(this.context, owner, this.ipv6Listeners);
    }
    switch (type) {
      case "stream":
        if (protocol !== 0 && protocol !== IPPROTO_TCP) throw new KernelError("EPROTONOSUPPORT");
        return new TcpSocket(this.tcp, owner);
      case "dgram":
        if (protocol === IPPROTO_ICMP) return this.echoSocket(owner);
        if (protocol !== 0 && protocol !== IPPROTO_UDP) throw new KernelError("EPROTONOSUPPORT");
        return new UdpSocket(this.udp, owner);
      case "raw":
        if (protocol === 0) throw new KernelError("EPROTONOSUPPORT");
        if (uid !== 0) throw new KernelError("EPERM");
        return new RawSocket(this.raw, owner, protocol);
    }
  }

  /** net.ipv4.ping_group_range decides who may have one. */
  private echoSocket(owner: SocketOwner): Socket {
    const [low, high] = this.context.sysctls.pingGroupRange;
    if (owner.gid < low || owner.gid > high) throw new KernelError("EACCES");
    return new EchoSocket(this.raw, owner);
  }

  /** All sockets: TCP with the latest listeners first, then UDP, raw, packet. */
  list(): readonly SocketRecord[] {
    const records: SocketRecord[] = [];
    for (const listener of this.tcp.allListeners()) records.push(listener.record());
    for (const endpoint of this.tcp.allEndpoints()) records.push(endpoint.record());
    for (const listener of this.ipv6Listeners) {
      const record = listener.record();
      if (record) records.push(record);
    }
    for (const socket of this.udp.sockets()) {
      const record = socket.record();
      if (record) records.push(record);
    }
    for (const port of this.context.ip.tunnelPorts()) records.push(this.tunnelSocket(port));
    for (const socket of this.raw.sockets()) records.push(socket.record());
    for (const socket of this.packets.all) records.push(socket.record());
    return records;
  }

  /** tcp_abort() and udp_abort() */
  destroy(record: SocketRecord): void {
    if (record.protocol === "tcp") this.tcp.destroy(record.local, record.remote, record.state);
    else if (record.protocol === "udp") {
      const socket = [...this.udp.sockets()].find(({ inode }) => inode === record.inode);
      if (!socket) throw new KernelError("ENOENT");
      socket.destroy();
    } else throw new KernelError("EOPNOTSUPP");
  }

  /** The kernel's own socket, by which a tunnel receives: it belongs to no process. */
  private tunnelSocket(port: number): SocketRecord {
    const { sysctls } = this.context;
    return {
      protocol: "udp",
      state: "CLOSE",
      local: { ...UNSPECIFIED, port },
      remote: UNSPECIFIED,
      receiveQueue: 0,
      sendQueue: 0,
      receiveBuffer: sysctls.receiveBufferDefault,
      sendBuffer: sysctls.sendBufferDefault,
      inode: 0,
      uid: 0,
      boundDevice: "",
    };
  }
}
