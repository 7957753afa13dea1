/**
 * One TCP connection: the transmission control block of RFC 9293 §3.3.1 and what Linux keeps
 * beside it. Segments in: input.ts; segments out: output.ts; what time does: timeouts.ts.
 */
import type { Ipv4 } from "../../../net/address.ts";
import type { IcmpHeader, Packet, TcpHeader } from "../../../net/packet.ts";
import type { Ns } from "../../../sim/clock.ts";
import type { Errno } from "../../errno.ts";
import type { SocketAddress } from "../../process/sys.ts";
import { WaitQueue } from "../../process/wait-queue.ts";
import type { SocketRecord, SocketTimer, TcpInfo, TcpState } from "../diagnostics.ts";
import { nextHopMtu, socketFault } from "../icmp-errno.ts";
import type { PortHolder } from "../ports.ts";
import type { SocketSettings } from "../socket.ts";
import { Timer } from "../timer.ts";
import { AckPolicy } from "./ack-policy.ts";
import { Congestion } from "./congestion.ts";
import type { TcpEndpoint } from "./endpoint.ts";
import { Flight } from "./flight.ts";
import { receiveSegment } from "./input.ts";
import { type Negotiated, TIMESTAMP_OPTION_BYTES } from "./negotiation.ts";
import { pathMtuChanged, sendReset } from "./output.ts";
import { ReceiveQueue } from "./receive-queue.ts";
import { DEFAULT_MSS, initialWindow, ReceiveWindow } from "./receive-window.ts";
import { RoundTrip } from "./round-trip.ts";
import { SendQueue } from "./send-queue.ts";
import { after, before, distance } from "./sequence.ts";
import type { TcpProtocol } from "./tcp-protocol.ts";
import { TimeWait } from "./time-wait.ts";
import type { SocketOwner } from "../protocol.ts";
import { armKeepalive, keepaliveTimeout, retransmitTimeout } from "./timeouts.ts";

const IP_AND_TCP_HEADER_BYTES = 40;

/** What a full segment costs a send buffer; per_mss in tcp_sndbuf_expand(). */
const SEGMENT_COST_BYTES = 2304;

/** What the retransmission timer is waiting for. */
export type RetransmitPurpose = "retransmit" | "loss-probe" | "window-probe";

export class TcpConnection implements TcpEndpoint {
  state: TcpState = "CLOSE";
  /** Woken whenever something may have changed for the program. */
  changed = new WaitQueue();
  /** Inode of the socket that owns it; 0: waiting to be accepted, or closed by its program. */
  inode = 0;
  /** Its program has closed it: it lives on to end properly. */
  isOrphan = false;
  /** Why it ended, until it is reported. */
  error: Errno | undefined;
  /** The last error that does not end the connection. */
  softError: Errno | undefined;
  /** Told when a connection that is being opened has been established or has failed. */
  onceEstablished: (() => void) | undefined;

  // sending
  sndUna: number;
  sndNxt: number;
  sndWnd = 0;
  /** Segment that last changed the window. RFC 9293 §3.3.1 */
  sndWl1 = 0;
  maxWindow = 0;
  readonly sendQueue = new SendQueue();
  sendBuffer: number;
  /** The program has shut its side down; a FIN follows what is queued. */
  finQueued = false;
  finSent = false;
  finAcked = false;
  /** End of the last small segment sent, for Nagle's rule as Minshall changed it. */
  smallSegmentEnd: number;
  /** End of the last segment sent with PSH. */
  pushedSeq: number;
  readonly flight = new Flight();
  readonly congestion = new Congestion();
  readonly roundTrip = new RoundTrip();
  /** Acknowledgements in a row that acknowledge nothing new. */
  duplicateAcks = 0;
  /** How the sender is doing; Linux TCP_CA_Open, _Recovery, _Loss. */
  phase: "open" | "recovery" | "loss" = "open";
  /** Recovery ends when this is acknowledged. */
  recoveryEnd: number;
  /** The window, not the program, held the sender back in this round trip. */
  cwndLimited = false;
  /** Timeouts in a row, and when the first retransmission was sent. */
  retransmits = 0;
  firstRetransmitNs: Ns | undefined;
  /** Window or keepalive probes without answer. */
  probes = 0;
  /** One loss probe for each flight. */
  lossProbeEnd: number | undefined;
  purpose: RetransmitPurpose = "retransmit";
  private nextId: number;

  // receiving
  rcvNxt = 0;
  copiedSeq = 0;
  finReceived = false;
  readonly receiveQueue = new ReceiveQueue();
  window: ReceiveWindow;
  readonly acks: AckPolicy;
  /** The program does not want to read any more. */
  readShut = false;

  // what was negotiated
  negotiated: Negotiated | undefined;
  pathMtu: number;
  advertisedMss: number;
  /** Bytes of payload a full segment has now. */
  mss = DEFAULT_MSS;
  /** The peer's last timestamp, to be echoed. RFC 7323 §4.3 */
  recentTimestamp = 0;

  readonly retransmitTimer: Timer;
  /** Keepalive while open; the end of FIN_WAIT2 for an orphan. */
  readonly keepaliveTimer: Timer;

  // figures for ss -i
  bytesSent = 0;
  bytesAcked = 0;
  bytesReceived = 0;
  segmentsOut = 0;
  segmentsIn = 0;
  retransmitted = 0;
  bytesRetransmitted = 0;
  dataSegmentsOut = 0;
  dataSegmentsIn = 0;
  delivered = 0;
  /** There was nothing more to send when so many were delivered or on their way; 0: there was. */
  appLimitedUntil = Number.POSITIVE_INFINITY;
  lastSentNs: Ns;
  lastReceivedNs: Ns;
  lastAckNs: Ns;

  constructor(
    readonly protocol: TcpProtocol,
    readonly local: SocketAddress,
    readonly remote: SocketAddress,
    readonly settings: SocketSettings,
    readonly owner: SocketOwner,
    readonly claim: PortHolder,
    start: { readonly iss: number; readonly pathMtu: number; readonly bufferIsFixed: boolean },
  ) {
    const { sim, random, sysctls } = protocol.context;
    const now = sim.nowNs;
    this.sndUna = start.iss;
    this.sndNxt = start.iss;
    this.smallSegmentEnd = start.iss;
    this.pushedSeq = start.iss;
    this.recoveryEnd = start.iss;
    this.nextId = random.below(65536);
    this.pathMtu = start.pathMtu;
    this.advertisedMss = Math.min(start.pathMtu, 65535) - IP_AND_TCP_HEADER_BYTES;
    this.sendBuffer = sysctls.tcpSendMemory[1];
    const largest = Math.max(sysctls.tcpReceiveMemory[2], sysctls.receiveBufferMax);
    const initial = initialWindow(
      settings.receiveBuffer,
      this.advertisedMss,
      largest,
      sysctls.tcpWindowScaling,
    );
    this.window = new ReceiveWindow(
      settings.receiveBuffer,
      !start.bufferIsFixed,
      sysctls.tcpReceiveMemory[2],
      initial,
      initial.scale,
      this.advertisedMss,
      0,
      now,
    );
    this.acks = new AckPolicy(this);
    this.retransmitTimer = new Timer(sim, () => retransmitTimeout(this));
    this.keepaliveTimer = new Timer(sim, () => keepaliveTimeout(this));
    this.lastSentNs = now;
    this.lastReceivedNs = now;
    this.lastAckNs = now;
  }

  get nowNs(): Ns {
    return this.protocol.context.sim.nowNs;
  }

  get hasTimestamps(): boolean {
    return this.negotiated?.timestamps === true;
  }

  /** Written and not acknowledged, the FIN included. */
  get unacknowledged(): number {
    return distance(this.sndNxt, this.sndUna);
  }

  /** Bytes that were never sent. */
  get unsent(): number {
    const sent = this.unacknowledged - (this.finSent && !this.finAcked ? 1 : 0);
    return this.sendQueue.length - sent;
  }

  takeId(): number {
    const id = this.nextId;
    this.nextId = (id + 1) & 0xffff;
    return id;
  }

  // ---------------------------------------------------------------- events

  receive(packet: Packet, header: TcpHeader): void {
    receiveSegment(this, packet, header);
  }

  icmpError(icmp: IcmpHeader, _offender: Ipv4, quoted: TcpHeader): void {
    if (before(quoted.seq, this.sndUna) || after(quoted.seq, this.sndNxt)) return;
    const mtu = nextHopMtu(icmp);
    if (mtu > 0) {
      if (this.settings.mtuDiscover !== "dont") pathMtuChanged(this, mtu);
      return;
    }
    const fault = socketFault(icmp);
    if (!fault || fault.errno === "EMSGSIZE") return;
    if (this.state === "SYN_SENT" || this.state === "SYN_RECV") this.abort(fault.errno);
    else if (this.settings.receiveErrors) {
      this.error = fault.errno;
      this.changed.wakeAll();
    } else this.softError = fault.errno;
  }

  // ---------------------------------------------------------------- life

  /** Settles what the handshake agreed on. */
  setNegotiated(negotiated: Negotiated): void {
    this.negotiated = negotiated;
    this.updateMss();
  }

  /** The payload of a full segment: the peer's wish, the path, half the peer's window. */
  updateMss(): void {
    const overhead = this.hasTimestamps ? TIMESTAMP_OPTION_BYTES : 0;
    const peer = this.negotiated?.peerMss ?? DEFAULT_MSS;
    const largest = Math.min(peer, this.pathMtu - IP_AND_TCP_HEADER_BYTES);
    let mss = largest - overhead;
    const half = this.maxWindow > DEFAULT_MSS ? this.maxWindow >> 1 : this.maxWindow;
    if (half > 0 && mss > half) mss = Math.max(half, 68 - IP_AND_TCP_HEADER_BYTES);
    this.mss = Math.max(mss, 8);
  }

  /** The handshake is complete. */
  established(): void {
    this.state = "ESTABLISHED";
    this.protocol.count("CurrEstab");
    this.delivered += 1;
    this.expandSendBuffer();
    this.lastAckNs = this.nowNs;
    this.retransmits = 0;
    this.firstRetransmitNs = undefined;
    if (this.settings.keepAlive) armKeepalive(this);
    const tell = this.onceEstablished;
    this.onceEstablished = undefined;
    tell?.();
    this.changed.wakeAll();
  }

  setState(state: TcpState): void {
    const counted = this.state === "ESTABLISHED" || this.state === "CLOSE_WAIT";
    const counts = state === "ESTABLISHED" || state === "CLOSE_WAIT";
    if (counted && !counts) this.protocol.count("CurrEstab", -1);
    if (counted && state === "CLOSE") this.protocol.count("EstabResets");
    this.state = state;
  }

  /** Ends at once, without a word to the peer; tcp_done(). */
  done(): void {
    if (this.state === "CLOSE") return;
    if (this.state === "SYN_SENT" || this.state === "SYN_RECV") this.protocol.count("AttemptFails");
    this.setState("CLOSE");
    this.destroyTimers();
    this.protocol.removeEndpoint(this);
    this.protocol.ports.remove(this.local.port, this.claim);
    this.sendQueue.clear();
    if (this.isOrphan) this.receiveQueue.clear();
    this.finish();
  }

  /** Ends because of an error. */
  abort(errno: Errno): void {
    this.error = errno;
    this.done();
  }

  /** Resets the connection and ends it. */
  reset(): void {
    sendReset(this);
    this.done();
  }

  destroy(): void {
    if (this.state !== "SYN_SENT") sendReset(this);
    this.abort("ECONNABORTED");
  }

  /** Goes over into TIME_WAIT, or the FIN_WAIT2 of an orphan; tcp_time_wait(). */
  becomeTimeWait(state: "TIME_WAIT" | "FIN_WAIT2", durationNs: Ns): void {
    const waiting = new TimeWait(this, state, durationNs);
    this.setState("CLOSE");
    this.destroyTimers();
    this.protocol.removeEndpoint(this);
    this.protocol.addEndpoint(waiting);
    this.finish();
  }

  private finish(): void {
    const tell = this.onceEstablished;
    this.onceEstablished = undefined;
    tell?.();
    this.changed.wakeAll();
  }

  private destroyTimers(): void {
    this.retransmitTimer.destroy();
    this.keepaliveTimer.destroy();
    this.acks.destroy();
  }

  // ---------------------------------------------------------------- buffers

  /** sk_wmem_queued, as whole segments cost it. */
  get sendBufferUsed(): number {
    return Math.ceil((this.sendQueue.length * SEGMENT_COST_BYTES) / 1448);
  }

  /** Room for what the window lets out; tcp_sndbuf_expand(). */
  expandSendBuffer(): void {
    const wanted = 2 * Math.max(10, this.congestion.window) * SEGMENT_COST_BYTES;
    const most = this.protocol.context.sysctls.tcpSendMemory[2];
    if (wanted > this.sendBuffer) this.sendBuffer = Math.min(wanted, most);
  }

  // ---------------------------------------------------------------- diagnostics

  record(): SocketRecord {
    const waiting = distance(this.rcvNxt, this.copiedSeq) - (this.finReceived ? 1 : 0);
    const timer = this.timer();
    return {
      protocol: "tcp",
      state: this.state,
      local: this.local,
      remote: this.remote,
      receiveQueue: this.state === "SYN_SENT" ? 0 : Math.max(0, waiting),
      sendQueue: this.sendQueue.length + (this.owesControl ? 1 : 0),
      receiveBuffer: this.window.buffer,
      sendBuffer: this.sendBuffer,
      inode: this.inode,
      uid: this.owner.uid,
      boundDevice: this.protocol.context.deviceName(this.settings.boundDevice) ?? "",
      tos: this.settings.tos,
      mark: this.settings.mark,
      ...(timer ? { timer } : {}),
      tcp: this.info(),
    };
  }

  /** A SYN or FIN of ours is not acknowledged; it takes a sequence number. */
  private get owesControl(): boolean {
    return this.state === "SYN_SENT" || (this.finQueued && !this.finAcked);
  }

  private timer(): SocketTimer | undefined {
    if (this.retransmitTimer.expiresNs !== undefined) {
      const probing = this.purpose === "window-probe";
      return {
        kind: probing ? "persist" : "on",
        expiresNs: this.retransmitTimer.expiresNs,
        retransmissions: probing ? this.probes : this.retransmits,
      };
    }
    if (this.keepaliveTimer.expiresNs !== undefined) {
      return {
        kind: "keepalive",
        expiresNs: this.keepaliveTimer.expiresNs,
        retransmissions: this.probes,
      };
    }
    return undefined;
  }

  private info(): TcpInfo {
    const scale = this.negotiated?.peerScale;
    return {
      rttNs: this.roundTrip.smoothedNs,
      rttVarNs: this.roundTrip.deviationNs,
      rtoNs: this.roundTrip.rtoNs,
      mss: this.mss,
      peerMss: this.window.segmentSize,
      pathMtu: this.pathMtu,
      congestionWindow: Math.floor(this.congestion.window),
      slowStartThreshold: this.congestion.slowStartThreshold,
      bytesSent: this.bytesSent,
      bytesAcked: this.bytesAcked,
      bytesReceived: this.bytesReceived,
      segmentsOut: this.segmentsOut,
      segmentsIn: this.segmentsIn,
      retransmitted: this.retransmitted,
      windowScale: scale === undefined ? undefined : { send: scale, receive: this.window.scale },
      timestamps: this.hasTimestamps,
      lastSentNs: this.lastSentNs,
      lastReceivedNs: this.lastReceivedNs,
      lastAckNs: this.lastAckNs,
      ackDelayNs: this.acks.delayNs,
      quickAcks: this.acks.quickLeft,
      interactive: this.acks.isInteractive,
      sack: this.negotiated?.sack === true,
      advertisedMss: this.advertisedMss - (this.hasTimestamps ? TIMESTAMP_OPTION_BYTES : 0),
      bytesRetransmitted: this.bytesRetransmitted,
      dataSegmentsOut: this.dataSegmentsOut,
      dataSegmentsIn: this.dataSegmentsIn,
      receiveSpace: this.window.readPerRoundTrip,
      receiveThreshold: this.window.threshold,
      sendWindow: this.sndWnd,
      minRttNs: this.roundTrip.minimumNs,
      delivered: this.delivered,
      isAppLimited: this.appLimitedUntil > 0,
      unacked: this.flight.size,
      lost: this.flight.lost,
      repaired: this.flight.repaired,
    };
  }
}
