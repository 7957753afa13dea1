/** What is left of a connection in TIME_WAIT, or in the FIN_WAIT2 of an orphan. tcp_minisocks.c */
import {
  NO_BYTES,
  type Packet,
  TCP_ACK,
  TCP_FIN,
  TCP_RST,
  TCP_SYN,
  type TcpHeader,
} from "../../../net/packet.ts";
import { type Ns, SECOND } from "../../../sim/clock.ts";
import type { SocketAddress } from "../../process/sys.ts";
import type { SocketRecord } from "../diagnostics.ts";
import type { PortHolder } from "../ports.ts";
import { Timer } from "../timer.ts";
import type { TcpConnection } from "./connection.ts";
import { WITHOUT_SOCKET, type TcpEndpoint } from "./endpoint.ts";
import { advance, after, before } from "./sequence.ts";
import { segmentLength, type TcpProtocol } from "./tcp-protocol.ts";
import { TIME_WAIT_NS } from "./timeouts.ts";

/** Another connection may take the addresses over when the last timestamp is this old. */
const REUSE_AFTER_NS: Ns = SECOND;

export class TimeWait implements TcpEndpoint {
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  private readonly protocol: TcpProtocol;
  private readonly claim: PortHolder;
  private readonly timer: Timer;
  private readonly sndNxt: number;
  private rcvNxt: number;
  private readonly window: number;
  private readonly hasTimestamps: boolean;
  private recentTimestamp: number;
  private lastHeardNs: Ns;

  constructor(
    connection: TcpConnection,
    private state: "TIME_WAIT" | "FIN_WAIT2",
    durationNs: Ns,
  ) {
    const { protocol, window, negotiated } = connection;
    this.protocol = protocol;
    this.local = connection.local;
    this.remote = connection.remote;
    this.claim = connection.claim;
    this.sndNxt = connection.sndNxt;
    this.rcvNxt = connection.rcvNxt;
    const bytes = window.current(connection.rcvNxt);
    this.window = Math.min(
      65535,
      negotiated?.peerScale === undefined ? bytes : bytes >> window.scale,
    );
    this.hasTimestamps = connection.hasTimestamps;
    this.recentTimestamp = connection.recentTimestamp;
    this.lastHeardNs = connection.nowNs;
    this.timer = new Timer(protocol.context.sim, () => this.end());
    this.timer.arm(durationNs);
  }

  /** May be replaced by a new connection that this machine opens; tcp_twsk_unique(). */
  mayBeReused(): boolean {
    const { sysctls, sim } = this.protocol.context;
    const mode = sysctls.tcpTimeWaitReuse;
    const onLoopback = this.local.ip >>> 24 === 127 || this.remote.ip >>> 24 === 127;
    if (mode === 0 || (mode === 2 && !onLoopback)) return false;
    return this.hasTimestamps && sim.nowNs - this.lastHeardNs > REUSE_AFTER_NS;
  }

  end(): void {
    this.timer.destroy();
    this.protocol.removeEndpoint(this);
    this.protocol.ports.remove(this.local.port, this.claim);
  }

  destroy(): void {
    this.end();
  }

  receive(packet: Packet, header: TcpHeader): void {
    const { flags, options } = header;
    const isOldTimestamp =
      this.hasTimestamps &&
      options.timestamp !== undefined &&
      before(options.timestamp.value, this.recentTimestamp);
    if (this.state === "FIN_WAIT2") {
      this.receiveInFinWait2(packet, header, isOldTimestamp);
      return;
    }
    const isBare = segmentLength(packet, header) === 0 || (flags & TCP_RST) !== 0;
    if (!isOldTimestamp && header.seq === this.rcvNxt && isBare) {
      if (flags & TCP_RST) this.end();
      else this.remember(header);
      return;
    }
    if (flags & TCP_SYN && !(flags & (TCP_RST | TCP_ACK)) && !isOldTimestamp) {
      const isNewer =
        after(header.seq, this.rcvNxt) ||
        (this.hasTimestamps &&
          options.timestamp !== undefined &&
          after(options.timestamp.value, this.recentTimestamp));
      if (isNewer) {
        this.end();
        this.protocol.receiveUnclaimed(packet, header);
        return;
      }
    }
    if (flags & TCP_RST) return;
    if (flags & TCP_ACK || isOldTimestamp) this.timer.arm(TIME_WAIT_NS);
    this.sendAck();
  }

  /** Nobody reads any more: data is refused, the peer's FIN begins the real TIME_WAIT. */
  private receiveInFinWait2(packet: Packet, header: TcpHeader, isOldTimestamp: boolean): void {
    const { flags } = header;
    const end = advance(header.seq, segmentLength(packet, header));
    if (isOldTimestamp || after(header.seq, this.rcvNxt + this.windowBytes)) {
      if (!(flags & TCP_RST)) this.sendAck();
      return;
    }
    if (flags & TCP_RST) {
      this.end();
      return;
    }
    if (flags & TCP_SYN && !before(header.seq, this.rcvNxt)) {
      this.end();
      this.protocol.refuse(packet, header);
      return;
    }
    if (!(flags & TCP_ACK) || !after(end, this.rcvNxt)) return;
    if (!(flags & TCP_FIN) || end !== advance(this.rcvNxt, 1)) {
      this.end();
      this.protocol.refuse(packet, header);
      return;
    }
    this.state = "TIME_WAIT";
    this.rcvNxt = end;
    this.remember(header);
    this.sendAck();
  }

  private get windowBytes(): number {
    return this.window << 7;
  }

  private remember(header: TcpHeader): void {
    if (header.options.timestamp) this.recentTimestamp = header.options.timestamp.value;
    this.lastHeardNs = this.protocol.context.sim.nowNs;
    this.timer.arm(TIME_WAIT_NS);
  }

  private sendAck(): void {
    const value = this.protocol.timestamp(this.local, this.remote);
    const options = this.hasTimestamps ? { timestamp: { value, echo: this.recentTimestamp } } : {};
    this.protocol.send(
      this.local,
      this.remote,
      { seq: this.sndNxt, ack: this.rcvNxt, flags: TCP_ACK, window: this.window, options },
      NO_BYTES,
      this.protocol.bareCarrier(),
    );
  }

  icmpError(): void {
    // Whatever it says, there is nobody to tell.
  }

  record(): SocketRecord {
    return {
      protocol: "tcp",
      state: this.state,
      local: this.local,
      remote: this.remote,
      ...WITHOUT_SOCKET,
      timer: { kind: "timewait", expiresNs: this.timer.expiresNs ?? 0, retransmissions: 0 },
    };
  }
}
