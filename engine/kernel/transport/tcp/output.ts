/** Segments out: what may be sent now, and how it is written. Linux net/ipv4/tcp_output.c. */
import {
  NO_BYTES,
  TCP_ACK,
  TCP_FIN,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
  type TcpOptions,
} from "../../../net/packet.ts";
import { MILLISECOND } from "../../../sim/clock.ts";
import type { TcpConnection } from "./connection.ts";
import type { SentSegment } from "./flight.ts";
import { synAckOptions, synOptions } from "./negotiation.ts";
import { MIN_RTO_NS } from "./round-trip.ts";
import { advance, after, before, distance } from "./sequence.ts";

/** TCP_TIMEOUT_MIN: two ticks added to a loss probe's delay. */
const LOSS_PROBE_MARGIN_NS = 8 * MILLISECOND;

const NO_OPTIONS: TcpOptions = {};
const MAX_WINDOW_FIELD = 65535;

/** Puts a segment on its way. It becomes part of the flight only if the caller adds it. */
function transmit(
  c: TcpConnection,
  flags: number,
  seq: number,
  payload: Uint8Array,
  window: number,
  options: TcpOptions,
): void {
  c.segmentsOut += 1;
  c.bytesSent += payload.length;
  if (payload.length > 0) c.dataSegmentsOut += 1;
  c.lastSentNs = c.nowNs;
  const { settings, protocol } = c;
  const ack = flags & TCP_ACK ? c.rcvNxt : 0;
  protocol.send(c.local, c.remote, { seq, ack, flags, window, options }, payload, {
    id: c.takeId(),
    tos: settings.tos,
    ttl: settings.ttl ?? protocol.context.defaultTtl(),
    dontFragment: settings.mtuDiscover !== "dont",
    oif: settings.boundDevice,
    mark: settings.mark,
    // Until it is accepted, and once it is closed, no program holds it.
    owner: c.inode === 0 ? undefined : c.owner,
  });
}

/** The window field, scaled, after deciding what to announce. */
function announceWindow(c: TcpConnection): number {
  const bytes = c.window.select(c.rcvNxt, c.receiveQueue.usedBytes);
  const scale = c.negotiated?.peerScale === undefined ? 0 : c.window.scale;
  return Math.min(MAX_WINDOW_FIELD, bytes >> scale);
}

function timestampOption(c: TcpConnection): TcpOptions {
  if (!c.hasTimestamps) return NO_OPTIONS;
  const value = c.protocol.timestamp(c.local, c.remote);
  return { timestamp: { value, echo: c.recentTimestamp } };
}

function sendEstablished(c: TcpConnection, flags: number, seq: number, payload: Uint8Array): void {
  transmit(c, flags, seq, payload, announceWindow(c), timestampOption(c));
  c.acks.ackSent();
}

// ------------------------------------------------------------------ control segments

/** The first SYN, or the same again. */
export function sendSyn(c: TcpConnection): void {
  const { sysctls } = c.protocol.context;
  const timestamp = c.protocol.timestamp(c.local, c.remote);
  const options = synOptions(sysctls, c.advertisedMss, c.window.scale, timestamp);
  const window = Math.min(c.window.offered, MAX_WINDOW_FIELD);
  transmit(c, TCP_SYN, c.sndUna, NO_BYTES, window, options);
}

/** The SYN-ACK of a simultaneous open. */
export function sendSynAck(c: TcpConnection): void {
  if (!c.negotiated) return;
  const value = c.protocol.timestamp(c.local, c.remote);
  const timestamp = { value, echo: c.recentTimestamp };
  const options = synAckOptions(c.negotiated, c.advertisedMss, c.window.scale, timestamp);
  const window = Math.min(c.window.offered, MAX_WINDOW_FIELD);
  transmit(c, TCP_SYN | TCP_ACK, c.sndUna, NO_BYTES, window, options);
}

export function sendAck(c: TcpConnection): void {
  if (c.state === "CLOSE" || c.state === "SYN_SENT") return;
  sendEstablished(c, TCP_ACK, c.sndNxt, NO_BYTES);
}

/** An old sequence number makes the peer answer; tcp_xmit_probe_skb(). */
export function sendProbe(c: TcpConnection): void {
  sendEstablished(c, TCP_ACK, advance(c.sndUna, -1), NO_BYTES);
}

/** tcp_send_active_reset() */
export function sendReset(c: TcpConnection): void {
  sendEstablished(c, TCP_RST | TCP_ACK, c.sndNxt, NO_BYTES);
}

// ------------------------------------------------------------------ data

/** Sends what the congestion window, the peer's window and Nagle's rule let out. */
export function pushPending(c: TcpConnection): void {
  if (c.state === "SYN_SENT" || c.state === "SYN_RECV" || c.state === "CLOSE") return;
  let sent = false;
  for (;;) {
    const unsent = c.unsent;
    const finIsNext = c.finQueued && !c.finSent;
    if (unsent === 0 && !finIsNext) break;
    if (c.flight.inNetwork(c.duplicateAcks) >= Math.floor(c.congestion.window)) {
      c.cwndLimited = true;
      break;
    }
    const room = distance(c.sndUna + c.sndWnd, c.sndNxt);
    const size = Math.min(unsent, c.mss, Math.max(room, 0));
    if (size === 0 && unsent > 0) break;
    const isTail = size === unsent;
    if (size < c.mss && !(isTail && c.finQueued) && mustWait(c, isTail)) break;
    sendNext(c, size, isTail);
    sent = true;
  }
  if (sent) {
    if (!scheduleLossProbe(c) && !isRetransmitArmed(c)) armRetransmit(c);
  } else if (c.flight.size === 0 && c.unsent > 0 && !c.retransmitTimer.isArmed) {
    armWindowProbe(c);
  }
}

/** tcp_rate_check_app_limited() */
export function noteAppLimit(c: TcpConnection): void {
  const inNetwork = c.flight.inNetwork(c.duplicateAcks);
  if (c.unsent < c.mss && inNetwork < c.congestion.window && !c.flight.hasLost) {
    c.appLimitedUntil = c.delivered + inNetwork || 1;
  }
}

/** RFC 9293 §3.7.4 (Nagle): one small segment at a time, unless TCP_NODELAY says otherwise. */
function mustWait(c: TcpConnection, isTail: boolean): boolean {
  if (c.flight.size === 0) return false;
  if (!isTail) return true;
  return !c.settings.noDelay && after(c.smallSegmentEnd, c.sndUna);
}

function sendNext(c: TcpConnection, size: number, isTail: boolean): void {
  const now = c.nowNs;
  const { sysctls } = c.protocol.context;
  if (c.flight.size === 0 && sysctls.tcpSlowStartAfterIdle) {
    const idle = now - c.lastSentNs;
    if (idle > c.roundTrip.rtoNs && c.bytesSent > 0) c.congestion.restart(idle, c.roundTrip.rtoNs);
  }
  const seq = c.sndNxt;
  const withFin = isTail && c.finQueued;
  const end = advance(seq, size + (withFin ? 1 : 0));
  const isPush = size > 0 && (isTail || after(end, c.pushedSeq + (c.maxWindow >> 1)));
  if (isPush) c.pushedSeq = end;
  const flags = TCP_ACK | (isPush ? TCP_PSH : 0) | (withFin ? TCP_FIN : 0);
  const payload = c.sendQueue.slice(distance(seq, c.sndUna), size);
  if (size > 0 && size < c.mss) c.smallSegmentEnd = end;
  c.sndNxt = end;
  if (withFin) c.finSent = true;
  c.flight.add(seq, end, flags, now);
  sendEstablished(c, flags, seq, payload);
  if (size > 0) c.acks.dataSent();
}

/** Sends a segment of the flight again. */
export function retransmit(c: TcpConnection, segment: SentSegment): void {
  const finBytes = segment.flags & TCP_FIN && segment.end === c.sndNxt ? 1 : 0;
  const size = distance(segment.end, segment.seq) - finBytes;
  const payload = c.sendQueue.slice(distance(segment.seq, c.sndUna), size);
  c.flight.markRepaired(segment, c.nowNs);
  c.firstRetransmitNs ??= c.nowNs;
  c.retransmitted += 1;
  c.bytesRetransmitted += size;
  c.protocol.count("RetransSegs");
  const flags = finBytes > 0 ? segment.flags : segment.flags & ~TCP_FIN;
  sendEstablished(c, flags, segment.seq, payload);
}

/** Sends again what was lost, as far as the window allows; tcp_xmit_retransmit_queue(). */
export function retransmitLost(c: TcpConnection): void {
  while (c.flight.inNetwork(c.duplicateAcks) < Math.floor(c.congestion.window)) {
    const segment = c.flight.nextLost();
    if (!segment) return;
    retransmit(c, segment);
  }
}

/** A "fragmentation needed" told of a narrower path; tcp_v4_mtu_reduced(). */
export function pathMtuChanged(c: TcpConnection, mtu: number): void {
  if (mtu >= c.pathMtu || mtu < 68) return;
  c.pathMtu = mtu;
  c.updateMss();
  c.flight.cut(c.mss);
  retransmitLost(c);
}

// ------------------------------------------------------------------ the retransmission timer

function isRetransmitArmed(c: TcpConnection): boolean {
  return c.retransmitTimer.isArmed && c.purpose === "retransmit";
}

export function armRetransmit(c: TcpConnection): void {
  c.purpose = "retransmit";
  c.retransmitTimer.arm(c.roundTrip.rtoNs);
}

/** The peer's window is closed and nothing is on its way: ask from time to time. RFC 9293 §3.8.6.1 */
export function armWindowProbe(c: TcpConnection): void {
  c.purpose = "window-probe";
  const { rtoNs } = c.roundTrip;
  c.retransmitTimer.arm(Math.min(rtoNs * 2 ** Math.min(c.probes, 30), 120_000 * MILLISECOND));
}

/** RFC 8985 §7.2: an early second try for the end of a flight. True: it is scheduled. */
export function scheduleLossProbe(c: TcpConnection): boolean {
  const { roundTrip, flight } = c;
  if (c.phase !== "open" || !c.negotiated?.sack || flight.size === 0) return false;
  if (c.lossProbeEnd !== undefined) return false;
  if (!roundTrip.hasSample) return false;
  const margin = flight.size === 1 ? MIN_RTO_NS : LOSS_PROBE_MARGIN_NS;
  c.purpose = "loss-probe";
  c.retransmitTimer.arm(Math.min(2 * roundTrip.smoothedNs + margin, roundTrip.rtoNs));
  return true;
}

/** True if the peer's window has room for what is to be sent next. */
export function windowIsOpen(c: TcpConnection): boolean {
  return before(c.sndNxt, c.sndUna + c.sndWnd);
}
