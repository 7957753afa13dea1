/** A stream socket: what the socket calls do to a connection or a listener. tcp(7) */
import { IPV4_ANY, IPV4_LOOPBACK, type Ipv4, isMulticast } from "../../../net/address.ts";
import { KernelError } from "../../errno.ts";
import type { Readiness } from "../../fs/open-file.ts";
import type { SocketAddress, SocketOptions } from "../../process/sys.ts";
import type { Blocking } from "../../process/wait-queue.ts";
import type { SocketRecord } from "../diagnostics.ts";
import type { PortHolder } from "../ports.ts";
import { type Accepted, RECEIVE_COST_NS, SEND_COST_NS, Socket, UNSPECIFIED } from "../socket.ts";
import { TcpConnection } from "./connection.ts";
import { orphanInFinWait2 } from "./input.ts";
import { Listener } from "./listener.ts";
import { noteAppLimit, pushPending, sendReset, sendSyn } from "./output.ts";
import { advance } from "./sequence.ts";
import type { TcpProtocol } from "./tcp-protocol.ts";
import { TimeWait } from "./time-wait.ts";
import type { SocketOwner } from "../protocol.ts";
import { armKeepalive, startSynTimer } from "./timeouts.ts";

const NOTHING = new Uint8Array(0);

interface Claim extends PortHolder {
  local: SocketAddress;
  isListening: boolean;
  pickedByConnect: boolean;
}

export class TcpSocket extends Socket {
  private connection: TcpConnection | undefined;
  private listener: Listener | undefined;
  private claim: Claim | undefined;
  /** The program chose SO_RCVBUF: it does not grow by itself. */
  private bufferIsFixed = false;
  /** connect() has been called and its outcome not reported. */
  private isConnecting = false;

  constructor(
    private readonly tcp: TcpProtocol,
    owner: SocketOwner,
    accepted?: TcpConnection,
  ) {
    super(tcp.context, owner);
    const { sysctls } = tcp.context;
    this.settings.receiveBuffer = sysctls.tcpReceiveMemory[1];
    this.settings.sendBuffer = sysctls.tcpSendMemory[1];
    if (accepted) this.adopt(accepted);
  }

  private adopt(connection: TcpConnection): void {
    this.connection = connection;
    Object.assign(this.settings, connection.settings);
    connection.inode = this.inode;
    const woken = connection.changed;
    connection.changed = this.changed;
    woken.wakeAll();
  }

  // ---------------------------------------------------------------- addresses

  override bind(address: SocketAddress | { readonly ifindex: number }): void {
    if ("ifindex" in address || this.claim || this.connection) throw new KernelError("EINVAL");
    const { sysctls, random } = this.context;
    this.checkLocalAddress(address.ip);
    if (address.port !== 0 && address.port < sysctls.unprivilegedPortStart && this.uid !== 0) {
      throw new KernelError("EACCES");
    }
    const claim = this.newClaim(address);
    const isTaken = (port: number) => this.tcp.ports.conflicts(claim, address.ip, port);
    if (address.port === 0) {
      const port = this.tcp.ports.pick(sysctls, random, "odd", (candidate) => !isTaken(candidate));
      claim.local = { ip: address.ip, port };
    } else if (isTaken(address.port)) throw new KernelError("EADDRINUSE");
    this.takePort(claim);
  }

  private checkLocalAddress(ip: Ipv4): void {
    if (ip !== IPV4_ANY && !this.context.ip.isLocalAddress(ip)) {
      throw new KernelError("EADDRNOTAVAIL");
    }
  }

  private newClaim(local: SocketAddress): Claim {
    return {
      local,
      uid: this.uid,
      settings: this.settings,
      isListening: false,
      pickedByConnect: false,
    };
  }

  private takePort(claim: Claim): void {
    this.claim = claim;
    this.tcp.ports.add(claim.local.port, claim);
  }

  private releasePort(): void {
    if (this.claim) this.tcp.ports.remove(this.claim.local.port, this.claim);
    this.claim = undefined;
  }

  override getsockname(): SocketAddress {
    return this.connection?.local ?? this.claim?.local ?? UNSPECIFIED;
  }

  override getpeername(): SocketAddress {
    const { connection } = this;
    if (!connection || connection.state === "CLOSE" || connection.state === "SYN_SENT") {
      throw new KernelError("ENOTCONN");
    }
    return connection.remote;
  }

  // ---------------------------------------------------------------- opening

  override *connect(address: SocketAddress): Blocking<void> {
    if (this.listener) throw new KernelError("EISCONN");
    if (this.connection && !this.isConnecting) throw new KernelError("EISCONN");
    if (this.connection && this.nonBlocking && this.connection.state === "SYN_SENT") {
      throw new KernelError("EALREADY");
    }
    const connection = this.connection ?? this.open(address);
    if (this.nonBlocking && isOpening(connection)) throw new KernelError("EINPROGRESS");
    while (isOpening(connection)) yield* this.waitForChange();
    this.isConnecting = false;
    if (connection.state !== "CLOSE" || !connection.error) return;
    const { error } = connection;
    connection.error = undefined;
    this.connection = undefined;
    throw new KernelError(error);
  }

  private open(address: SocketAddress): TcpConnection {
    const ip = address.ip === IPV4_ANY ? IPV4_LOOPBACK : address.ip;
    const remote = { ip, port: address.port };
    const { settings, context } = this;
    const bound = this.claim?.local ?? UNSPECIFIED;
    const route = context.ip.routeOutput({
      src: bound.ip,
      dst: ip,
      protocol: this.tcp.number,
      srcPort: bound.port,
      dstPort: remote.port,
      tos: settings.tos,
      mark: settings.mark,
      uid: this.uid,
      oif: settings.boundDevice,
    });
    if (route.isBroadcast || isMulticast(ip)) throw new KernelError("ENETUNREACH");
    const localIp = bound.ip === IPV4_ANY ? route.src : bound.ip;
    this.claimLocalPort(localIp, remote);
    const claim = this.claim as Claim;
    const local = claim.local;
    const iss = this.tcp.initialSequence(local, remote);
    const connection = new TcpConnection(this.tcp, local, remote, settings, this.owner, claim, {
      iss,
      pathMtu: route.mtu,
      bufferIsFixed: this.bufferIsFixed,
    });
    connection.inode = this.inode;
    connection.changed = this.changed;
    connection.state = "SYN_SENT";
    connection.sndNxt = advance(iss, 1);
    this.connection = connection;
    this.isConnecting = true;
    this.tcp.addEndpoint(connection);
    this.tcp.count("ActiveOpens");
    sendSyn(connection);
    startSynTimer(connection);
    return connection;
  }

  /** Makes sure that no connection has these four numbers already. EADDRNOTAVAIL. */
  private claimLocalPort(ip: Ipv4, remote: SocketAddress): void {
    const isUnused = (port: number): boolean => {
      const other = this.tcp.findEndpoint({ ip, port }, remote);
      return !other || (other instanceof TimeWait && other.mayBeReused());
    };
    if (this.claim) {
      const { port } = this.claim.local;
      if (!isUnused(port)) throw new KernelError("EADDRNOTAVAIL");
      this.claim.local = { ip, port };
    } else {
      const { sysctls, random } = this.context;
      const port = this.tcp.ports.pick(sysctls, random, "even", (candidate) => {
        const holders = this.tcp.ports.at(candidate);
        if (!holders) return true;
        for (const holder of holders) if (!holder.pickedByConnect) return false;
        return isUnused(candidate);
      });
      const claim = this.newClaim({ ip, port });
      claim.pickedByConnect = true;
      this.takePort(claim);
    }
    const other = this.tcp.findEndpoint(this.claim?.local ?? UNSPECIFIED, remote);
    if (other instanceof TimeWait) other.end();
  }

  override listen(backlog: number): void {
    const most = this.context.sysctls.maxBacklog;
    const limit = backlog < 0 ? most : Math.min(backlog, most);
    if (this.listener) {
      this.listener.backlog = limit;
      return;
    }
    if (this.connection) throw new KernelError("EINVAL");
    if (!this.claim) this.bind(UNSPECIFIED);
    const claim = this.claim as unknown as Claim;
    for (const holder of this.tcp.ports.at(claim.local.port) ?? []) {
      if (holder === claim || !holder.isListening) continue;
      if (this.tcp.ports.conflicts(claim, claim.local.ip, claim.local.port)) {
        throw new KernelError("EADDRINUSE");
      }
    }
    claim.isListening = true;
    this.listener = new Listener(
      this.tcp,
      claim.local,
      this.settings,
      this.owner,
      this.inode,
      this.bufferIsFixed,
      limit,
      this.changed,
    );
    this.tcp.addListener(this.listener);
  }

  override *accept(): Blocking<Accepted> {
    for (;;) {
      if (!this.listener || this.listener.isClosed) throw new KernelError("EINVAL");
      const connection = this.listener.takeAccepted();
      if (connection) {
        const socket = new TcpSocket(this.tcp, this.owner, connection);
        return { socket, peer: connection.remote };
      }
      yield* this.waitForChange();
    }
  }

  // ---------------------------------------------------------------- data

  read(max: number): Uint8Array | undefined {
    const { connection } = this;
    if (!connection) throw new KernelError("ENOTCONN");
    if (connection.receiveQueue.length > 0 && max > 0) {
      const data = connection.receiveQueue.read(max);
      connection.copiedSeq = advance(connection.copiedSeq, data.length);
      if (connection.state !== "CLOSE") {
        connection.window.adjust(connection.copiedSeq, connection.nowNs);
        connection.acks.dataRead();
      }
      return data;
    }
    if (connection.finReceived || connection.readShut) return NOTHING;
    if (connection.error) {
      const { error } = connection;
      connection.error = undefined;
      throw new KernelError(error);
    }
    if (connection.state === "CLOSE") return NOTHING;
    if (isOpening(connection)) return undefined;
    return undefined;
  }

  *recv(max = 65536): Blocking<Uint8Array> {
    for (;;) {
      const data = this.read(max);
      if (data) {
        if (data.length > 0) yield { queues: [], timeoutNs: RECEIVE_COST_NS };
        return data;
      }
      yield* this.waitForChange();
    }
  }

  write(data: Uint8Array): number | undefined {
    const { connection } = this;
    if (!connection) throw new KernelError("EPIPE");
    if (connection.error) {
      const { error } = connection;
      connection.error = undefined;
      throw new KernelError(error);
    }
    if (connection.finQueued || connection.state === "CLOSE") throw new KernelError("EPIPE");
    if (isOpening(connection)) return undefined;
    const room = connection.sendBuffer - connection.sendBufferUsed;
    if (room <= 0) return undefined;
    const taken = room >= data.length ? data : data.subarray(0, room);
    connection.sendQueue.append(taken);
    pushPending(connection);
    noteAppLimit(connection);
    return taken.length;
  }

  *send(data: Uint8Array): Blocking<number> {
    let sent = 0;
    while (sent < data.length) {
      const taken = this.write(sent === 0 ? data : data.subarray(sent));
      if (taken !== undefined) {
        sent += taken;
        continue;
      }
      if (this.nonBlocking && sent > 0) return sent;
      yield* this.waitForChange();
    }
    yield { queues: [], timeoutNs: SEND_COST_NS };
    return sent;
  }

  override *sendto(data: Uint8Array, _to: SocketAddress): Blocking<number> {
    return yield* this.send(data);
  }

  readiness(): Readiness {
    const { connection, listener } = this;
    if (listener) {
      return { in: listener.accepted.length > 0, out: false, hangup: false, error: false };
    }
    if (!connection) return { in: false, out: true, hangup: true, error: false };
    const isClosed = connection.state === "CLOSE";
    const readEnded = connection.finReceived || connection.readShut || isClosed;
    const free = connection.sendBuffer - connection.sendBufferUsed;
    const error = connection.error !== undefined;
    return {
      in: connection.receiveQueue.length > 0 || readEnded || error,
      out: !isOpening(connection) && (isClosed || free >= connection.sendBufferUsed >> 1),
      hangup: isClosed || (readEnded && connection.finQueued),
      error,
    };
  }

  // ---------------------------------------------------------------- closing

  override shutdown(how: "read" | "write" | "both"): void {
    const { connection, listener } = this;
    if (listener) {
      if (how === "write") return;
      this.stopListening();
      return;
    }
    if (!connection || connection.state === "CLOSE") throw new KernelError("ENOTCONN");
    if (connection.state === "SYN_SENT") {
      connection.abort("ECONNRESET");
      return;
    }
    if (how !== "write") connection.readShut = true;
    if (how !== "read") closeSendingSide(connection);
    this.changed.wakeAll();
  }

  private stopListening(): void {
    this.listener?.close();
    this.listener = undefined;
    this.releasePort();
    this.changed.wakeAll();
  }

  /** close(2); tcp_close() */
  release(): void {
    if (this.listener) {
      this.stopListening();
      return;
    }
    const { connection } = this;
    if (!connection || connection.state === "CLOSE") {
      if (!connection) this.releasePort();
      return;
    }
    connection.inode = 0;
    connection.isOrphan = true;
    const hasUnread = connection.receiveQueue.length > 0;
    connection.receiveQueue.clear();
    connection.readShut = true;
    if (connection.state === "SYN_SENT") connection.done();
    else if (hasUnread) {
      sendReset(connection);
      connection.done();
    } else {
      closeSendingSide(connection);
      if (connection.state === "FIN_WAIT2") orphanInFinWait2(connection);
    }
  }

  // ---------------------------------------------------------------- options

  override setsockopt<K extends keyof SocketOptions>(option: K, value: SocketOptions[K]): void {
    super.setsockopt(option, value);
    if (option === "receiveBuffer") this.bufferIsFixed = true;
    const { connection } = this;
    if (!connection) return;
    Object.assign(connection.settings, this.settings);
    if (option === "keepAlive" && connection.state !== "CLOSE") {
      if (this.settings.keepAlive) armKeepalive(connection);
      else if (!connection.isOrphan) connection.keepaliveTimer.disarm();
    }
    if (option === "noDelay" && value === true) pushPending(connection);
  }

  protected override takeError() {
    const { connection } = this;
    const error = connection?.error;
    if (connection) connection.error = undefined;
    return error;
  }

  protected override pathMtu(): number {
    if (!this.connection) throw new KernelError("ENOTCONN");
    return this.connection.pathMtu;
  }

  record(): SocketRecord | undefined {
    return undefined;
  }
}

function isOpening(connection: TcpConnection): boolean {
  return connection.state === "SYN_SENT" || connection.state === "SYN_RECV";
}

/** Sends a FIN after what is queued; tcp_close_state(). */
function closeSendingSide(connection: TcpConnection): void {
  switch (connection.state) {
    case "SYN_RECV":
    case "ESTABLISHED":
      connection.setState("FIN_WAIT1");
      break;
    case "CLOSE_WAIT":
      connection.setState("LAST_ACK");
      break;
    default:
      return;
  }
  connection.finQueued = true;
  pushPending(connection);
}
