/**
 * A listening socket's two queues: requests, whose handshake is not complete, and connections
 * that wait to be accepted. Linux inet_connection_sock.c, tcp_conn_request().
 */
import type { Ipv4 } from "../../../net/address.ts";
import {
  type IcmpHeader,
  type Ipv4Header,
  NO_BYTES,
  type Packet,
  TCP_ACK,
  TCP_FIN,
  TCP_RST,
  TCP_SYN,
  type TcpHeader,
} from "../../../net/packet.ts";
import type { SocketAddress } from "../../process/sys.ts";
import type { WaitQueue } from "../../process/wait-queue.ts";
import type { SocketRecord } from "../diagnostics.ts";
import { nextHopMtu, socketFault } from "../icmp-errno.ts";
import type { PortHolder } from "../ports.ts";
import { type SocketSettings, UNSPECIFIED } from "../socket.ts";
import { Timer } from "../timer.ts";
import { TcpConnection } from "./connection.ts";
import { WITHOUT_SOCKET, type TcpEndpoint } from "./endpoint.ts";
import { receiveSegment } from "./input.ts";
import {
  type Negotiated,
  negotiate,
  synAckOptions,
  TIMESTAMP_OPTION_BYTES,
} from "./negotiation.ts";
import { type InitialWindow, initialWindow, ReceiveWindow } from "./receive-window.ts";
import { INITIAL_RTO_NS, MAX_RTO_NS } from "./round-trip.ts";
import { advance, before } from "./sequence.ts";
import type { SocketOwner } from "../protocol.ts";
import type { TcpProtocol } from "./tcp-protocol.ts";

export class Listener {
  readonly changed: WaitQueue;
  /** Established, in the order of their handshakes. */
  readonly accepted: TcpConnection[] = [];
  private readonly requests = new Set<ConnectionRequest>();

  constructor(
    readonly protocol: TcpProtocol,
    readonly local: SocketAddress,
    readonly settings: SocketSettings,
    readonly owner: SocketOwner,
    readonly inode: number,
    /** Of the socket: does the program fix SO_RCVBUF? */
    readonly bufferIsFixed: boolean,
    public backlog: number,
    changed: WaitQueue,
  ) {
    this.changed = changed;
  }

  /** One more than the backlog is let in, as sk_acceptq_is_full() has it. */
  get isFull(): boolean {
    return this.accepted.length > this.backlog;
  }

  receive(packet: Packet, header: TcpHeader): void {
    const { flags } = header;
    if (flags & TCP_RST) return;
    if (flags & TCP_ACK) {
      this.protocol.refuse(packet, header);
      return;
    }
    if (!(flags & TCP_SYN) || flags & TCP_FIN || !packet.toThisHost) return;
    const { tcpExt } = this.protocol.context.snmp;
    if (this.isFull) {
      tcpExt.add("ListenOverflows");
      tcpExt.add("ListenDrops");
      return;
    }
    const most = Math.min(
      Math.max(this.backlog, 8),
      this.protocol.context.sysctls.tcpMaxSynBacklog,
    );
    if (this.requests.size >= most) {
      tcpExt.add("ListenDrops");
      return;
    }
    this.requests.add(new ConnectionRequest(this, packet, header));
  }

  forget(request: ConnectionRequest): void {
    this.requests.delete(request);
  }

  add(connection: TcpConnection): void {
    this.accepted.push(connection);
    this.changed.wakeAll();
  }

  takeAccepted(): TcpConnection | undefined {
    return this.accepted.shift();
  }

  isClosed = false;

  /** Requests are forgotten, connections that nobody accepted are reset. */
  close(): void {
    this.isClosed = true;
    for (const request of [...this.requests]) request.end();
    for (const connection of this.accepted.splice(0)) {
      connection.isOrphan = true;
      connection.reset();
    }
    this.protocol.removeListener(this);
  }

  record(): SocketRecord {
    return {
      protocol: "tcp",
      state: "LISTEN",
      local: this.local,
      remote: UNSPECIFIED,
      receiveQueue: this.accepted.length,
      sendQueue: this.backlog,
      receiveBuffer: this.settings.receiveBuffer,
      sendBuffer: this.settings.sendBuffer,
      inode: this.inode,
      uid: this.owner.uid,
      boundDevice: this.protocol.context.deviceName(this.settings.boundDevice) ?? "",
      tos: this.settings.tos,
      mark: this.settings.mark,
    };
  }
}

/** A handshake whose SYN-ACK has been sent; Linux struct tcp_request_sock. */
export class ConnectionRequest implements TcpEndpoint {
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  private readonly iss: number;
  private readonly irs: number;
  private readonly negotiated: Negotiated;
  private readonly peerTimestamp: number;
  private readonly pathMtu: number;
  private readonly window: InitialWindow;
  private readonly sentNs: number;
  private readonly timer: Timer;
  private timeoutNs = INITIAL_RTO_NS;
  private retransmits = 0;

  constructor(
    private readonly listener: Listener,
    packet: Packet,
    header: TcpHeader,
  ) {
    const { protocol, settings } = listener;
    const { context } = protocol;
    const ip = packet.ip as Ipv4Header;
    this.local = { ip: ip.dst, port: header.dstPort };
    this.remote = { ip: ip.src, port: header.srcPort };
    this.iss = protocol.initialSequence(this.local, this.remote);
    this.irs = header.seq;
    this.negotiated = negotiate(header, context.sysctls);
    this.peerTimestamp = header.options.timestamp?.value ?? 0;
    this.pathMtu = this.routeMtu();
    const overhead = this.negotiated.timestamps ? TIMESTAMP_OPTION_BYTES : 0;
    this.window = initialWindow(
      settings.receiveBuffer,
      this.advertisedMss - overhead,
      Math.max(context.sysctls.tcpReceiveMemory[2], context.sysctls.receiveBufferMax),
      this.negotiated.peerScale !== undefined,
    );
    this.sentNs = context.sim.nowNs;
    this.timer = new Timer(context.sim, () => this.timeout());
    this.timer.arm(this.timeoutNs);
    protocol.addEndpoint(this);
    this.sendSynAck();
  }

  private get advertisedMss(): number {
    return Math.min(this.pathMtu, 65535) - 40;
  }

  private routeMtu(): number {
    const { protocol, settings } = this.listener;
    try {
      return protocol.context.ip.routeOutput({
        src: this.local.ip,
        dst: this.remote.ip,
        protocol: protocol.number,
        srcPort: this.local.port,
        dstPort: this.remote.port,
        oif: settings.boundDevice,
      }).mtu;
    } catch {
      // No way back: the SYN-ACK will not leave either, and the request times out.
      return 1500;
    }
  }

  private sendSynAck(): void {
    const { protocol, settings } = this.listener;
    const value = protocol.timestamp(this.local, this.remote);
    const options = synAckOptions(this.negotiated, this.advertisedMss, this.window.scale, {
      value,
      echo: this.peerTimestamp,
    });
    protocol.send(
      this.local,
      this.remote,
      {
        seq: this.iss,
        ack: advance(this.irs, 1),
        flags: TCP_SYN | TCP_ACK,
        window: Math.min(this.window.window, 65535),
        options,
      },
      NO_BYTES,
      {
        ...protocol.bareCarrier(),
        tos: settings.tos,
        oif: settings.boundDevice,
        owner: this.listener.owner,
      },
    );
  }

  private timeout(): void {
    const { protocol } = this.listener;
    if (this.retransmits >= protocol.context.sysctls.tcpSynAckRetries) {
      protocol.count("AttemptFails");
      this.end();
      return;
    }
    this.retransmits += 1;
    protocol.count("RetransSegs");
    this.sendSynAck();
    this.timeoutNs = Math.min(this.timeoutNs * 2, MAX_RTO_NS);
    this.timer.arm(this.timeoutNs);
  }

  end(): void {
    this.timer.destroy();
    this.listener.protocol.removeEndpoint(this);
    this.listener.forget(this);
  }

  destroy(): void {
    this.end();
  }

  /** tcp_check_req() */
  receive(packet: Packet, header: TcpHeader): void {
    const { flags } = header;
    const { protocol } = this.listener;
    const expected = advance(this.irs, 1);
    const { timestamp } = header.options;
    const isStale =
      this.negotiated.timestamps &&
      timestamp !== undefined &&
      before(timestamp.value, this.peerTimestamp);
    if (flags & TCP_SYN && !(flags & (TCP_RST | TCP_ACK)) && header.seq === this.irs) {
      this.sendSynAck();
      return;
    }
    if (flags & TCP_ACK && !(flags & TCP_RST) && header.ack !== advance(this.iss, 1)) {
      protocol.refuse(packet, header);
      return;
    }
    if (isStale || before(header.seq, expected)) {
      if (!(flags & TCP_RST)) this.sendAck();
      return;
    }
    if (flags & (TCP_RST | TCP_SYN)) {
      protocol.count("AttemptFails");
      this.end();
      if (!(flags & TCP_RST)) protocol.refuse(packet, header);
      return;
    }
    if (!(flags & TCP_ACK)) return;
    if (this.listener.isFull) {
      protocol.context.snmp.tcpExt.add("ListenOverflows");
      protocol.context.snmp.tcpExt.add("ListenDrops");
      if (!protocol.context.sysctls.tcpAbortOnOverflow) return;
      this.end();
      protocol.refuse(packet, header);
      return;
    }
    this.end();
    const connection = this.createConnection();
    receiveSegment(connection, packet, header);
    if (connection.state !== "CLOSE") this.listener.add(connection);
  }

  private createConnection(): TcpConnection {
    const { protocol, settings, owner, bufferIsFixed } = this.listener;
    const { context } = protocol;
    const claim: PortHolder = {
      local: this.local,
      uid: owner.uid,
      settings: { ...settings },
      isListening: false,
      pickedByConnect: false,
    };
    const c = new TcpConnection(protocol, this.local, this.remote, { ...settings }, owner, claim, {
      iss: this.iss,
      pathMtu: this.pathMtu,
      bufferIsFixed,
    });
    protocol.ports.add(this.local.port, claim);
    protocol.addEndpoint(c);
    protocol.count("PassiveOpens");
    c.state = "SYN_RECV";
    c.sndNxt = advance(this.iss, 1);
    c.rcvNxt = advance(this.irs, 1);
    c.copiedSeq = c.rcvNxt;
    c.recentTimestamp = this.peerTimestamp;
    c.retransmits = this.retransmits;
    c.lastSentNs = this.sentNs;
    c.segmentsIn = 1;
    c.setNegotiated(this.negotiated);
    c.window = new ReceiveWindow(
      settings.receiveBuffer,
      !bufferIsFixed,
      context.sysctls.tcpReceiveMemory[2],
      this.window,
      this.window.scale,
      c.advertisedMss - (this.negotiated.timestamps ? TIMESTAMP_OPTION_BYTES : 0),
      c.rcvNxt,
      context.sim.nowNs,
    );
    return c;
  }

  private sendAck(): void {
    const { protocol } = this.listener;
    const value = protocol.timestamp(this.local, this.remote);
    protocol.send(
      this.local,
      this.remote,
      {
        seq: advance(this.iss, 1),
        ack: advance(this.irs, 1),
        flags: TCP_ACK,
        window: Math.min(65535, this.window.window >> this.window.scale),
        options: this.negotiated.timestamps
          ? { timestamp: { value, echo: this.peerTimestamp } }
          : {},
      },
      NO_BYTES,
      { ...protocol.bareCarrier(), owner: this.listener.owner },
    );
  }

  icmpError(icmp: IcmpHeader, _offender: Ipv4, quoted: TcpHeader): void {
    if (quoted.seq !== this.iss || nextHopMtu(icmp) > 0) return;
    if (socketFault(icmp)?.fatal) this.end();
  }

  record(): SocketRecord {
    return {
      protocol: "tcp",
      state: "SYN_RECV",
      local: this.local,
      remote: this.remote,
      ...WITHOUT_SOCKET,
      timer: {
        kind: "on",
        expiresNs: this.timer.expiresNs ?? 0,
        retransmissions: this.retransmits,
      },
    };
  }
}
