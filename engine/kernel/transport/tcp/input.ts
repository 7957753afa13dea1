/** Segments in: RFC 9293 §3.10.7, in the order Linux net/ipv4/tcp_input.c does it. */
import {
  type Packet,
  TCP_ACK,
  TCP_FIN,
  TCP_PSH,
  TCP_RST,
  TCP_SYN,
  type TcpHeader,
} from "../../../net/packet.ts";
import { MILLISECOND } from "../../../sim/clock.ts";
import type { Errno } from "../../errno.ts";
import type { AckSample } from "./congestion.ts";
import type { TcpConnection } from "./connection.ts";
import { negotiate } from "./negotiation.ts";
import {
  armRetransmit,
  armWindowProbe,
  pushPending,
  retransmit,
  retransmitLost,
  scheduleLossProbe,
  sendAck,
  sendSynAck,
} from "./output.ts";
import { SEGMENT_OVERHEAD_BYTES } from "./receive-queue.ts";
import { advance, after, before, distance } from "./sequence.ts";
import { segmentLength } from "./tcp-protocol.ts";
import { clearBackoff, startSynTimer, TIME_WAIT_NS } from "./timeouts.ts";

/** Duplicate acknowledgements that mean a loss, RFC 5681 §3.2. */
const DUPLICATE_THRESHOLD = 3;

export function receiveSegment(c: TcpConnection, packet: Packet, header: TcpHeader): void {
  c.segmentsIn += 1;
  if (packet.payload.length > 0) c.dataSegmentsIn += 1;
  if (c.state === "SYN_SENT") {
    receiveInSynSent(c, packet, header);
    return;
  }
  if (!validate(c, packet, header)) return;
  if (!(header.flags & TCP_ACK)) return;
  if (c.state === "SYN_RECV") {
    if (!acceptsHandshakeAck(c, header)) {
      c.protocol.refuse(packet, header);
      return;
    }
    completeHandshake(c, header);
  }
  const ack = processAck(c, packet, header);
  if (ack === "beyond") {
    sendAck(c);
    return;
  }
  if (!advanceState(c, packet, header)) return;
  if (segmentLength(packet, header) > 0) receiveData(c, packet, header);
  if (hasEnded(c)) return;
  pushPending(c);
  c.acks.check();
}

/** A callee may have ended the connection; the compiler cannot see that. */
function hasEnded(c: TcpConnection): boolean {
  return c.state === "CLOSE";
}

// ------------------------------------------------------------------ opening

/** tcp_rcv_synsent_state_process() */
function receiveInSynSent(c: TcpConnection, packet: Packet, header: TcpHeader): void {
  const { flags, ack } = header;
  if (flags & TCP_ACK) {
    if (!after(ack, c.sndUna) || after(ack, c.sndNxt)) {
      c.protocol.refuse(packet, header);
      return;
    }
    if (flags & TCP_RST) {
      c.abort("ECONNREFUSED");
      return;
    }
  }
  if (flags & TCP_RST || !(flags & TCP_SYN)) return;
  const { sysctls } = c.protocol.context;
  c.rcvNxt = advance(header.seq, 1);
  c.copiedSeq = c.rcvNxt;
  c.window.announcedAt = c.rcvNxt;
  c.setNegotiated(negotiate(header, sysctls));
  if (header.options.timestamp) c.recentTimestamp = header.options.timestamp.value;
  // The window of a SYN is never scaled, RFC 7323 §2.2.
  c.sndWnd = header.window;
  c.sndWl1 = header.seq;
  c.maxWindow = header.window;
  c.updateMss();
  if (!(flags & TCP_ACK)) {
    c.state = "SYN_RECV";
    c.retransmits = 0;
    sendSynAck(c);
    startSynTimer(c);
    return;
  }
  c.retransmitTimer.disarm();
  if (c.retransmits === 0) c.roundTrip.sample(c.nowNs - c.lastSentNs, ack, c.sndNxt);
  c.sndUna = ack;
  c.bytesAcked = 1;
  c.pushedSeq = ack;
  c.smallSegmentEnd = ack;
  c.recoveryEnd = ack;
  c.established();
  sendAck(c);
  pushPending(c);
}

function acceptsHandshakeAck(c: TcpConnection, header: TcpHeader): boolean {
  return after(header.ack, c.sndUna) && !after(header.ack, c.sndNxt);
}

/** The acknowledgement of a SYN-ACK; the rest of the segment is processed afterwards. */
function completeHandshake(c: TcpConnection, header: TcpHeader): void {
  c.retransmitTimer.disarm();
  if (c.retransmits === 0) c.roundTrip.sample(c.nowNs - c.lastSentNs, header.ack, c.sndNxt);
  c.sndUna = advance(c.sndUna, 1);
  c.pushedSeq = c.sndUna;
  c.smallSegmentEnd = c.sndUna;
  c.recoveryEnd = c.sndUna;
  c.sndWnd = scaledWindow(c, header);
  c.sndWl1 = header.seq;
  c.maxWindow = Math.max(c.maxWindow, c.sndWnd);
  c.updateMss();
  c.established();
}

// ------------------------------------------------------------------ acceptance

/** tcp_validate_incoming(): PAWS, the window, RST, SYN. False: the segment is done with. */
function validate(c: TcpConnection, packet: Packet, header: TcpHeader): boolean {
  const { flags } = header;
  const isReset = (flags & TCP_RST) !== 0;
  const length = segmentLength(packet, header);
  if (isStale(c, header) && !isReset) {
    complainOfDuplicate(c, packet);
    return false;
  }
  const end = advance(header.seq, length);
  const edge = c.rcvNxt + c.window.current(c.rcvNxt);
  if (before(end, c.window.announcedAt) || after(header.seq, edge)) {
    if (isReset) return false;
    if (flags & TCP_SYN) sendChallenge(c);
    else complainOfDuplicate(c, packet);
    return false;
  }
  if (isReset) {
    if (header.seq === c.rcvNxt) resetReceived(c);
    else sendChallenge(c);
    return false;
  }
  if (flags & TCP_SYN) {
    // A simultaneous open: the peer's SYN once more, now with the acknowledgement of ours.
    const isAnswer =
      c.state === "SYN_RECV" &&
      (flags & TCP_ACK) !== 0 &&
      header.seq === advance(c.rcvNxt, -1) &&
      header.ack === c.sndNxt;
    if (isAnswer) return true;
    sendChallenge(c);
    return false;
  }
  c.lastReceivedNs = packet.payload.length > 0 ? c.nowNs : c.lastReceivedNs;
  const { timestamp } = header.options;
  if (c.hasTimestamps && timestamp && !after(header.seq, c.window.announcedAt)) {
    c.recentTimestamp = timestamp.value;
  }
  return true;
}

/** Protection against wrapped sequence numbers, RFC 7323 §5. */
function isStale(c: TcpConnection, header: TcpHeader): boolean {
  const { timestamp } = header.options;
  if (!c.hasTimestamps || !timestamp) return false;
  return before(timestamp.value, c.recentTimestamp);
}

function complainOfDuplicate(c: TcpConnection, packet: Packet): void {
  if (packet.payload.length > 0) c.acks.enterQuickMode();
  sendAck(c);
}

/** RFC 5961: the peer must prove that it knows the sequence numbers. */
function sendChallenge(c: TcpConnection): void {
  sendAck(c);
}

function resetReceived(c: TcpConnection): void {
  c.abort(resetErrno(c));
}

/** tcp_reset() */
function resetErrno(c: TcpConnection): Errno {
  if (c.state === "SYN_SENT") return "ECONNREFUSED";
  return c.state === "CLOSE_WAIT" ? "EPIPE" : "ECONNRESET";
}

// ------------------------------------------------------------------ acknowledgements

function scaledWindow(c: TcpConnection, header: TcpHeader): number {
  return header.window * 2 ** (c.negotiated?.peerScale ?? 0);
}

/** tcp_ack(). "beyond": it acknowledges what was never sent. */
function processAck(c: TcpConnection, packet: Packet, header: TcpHeader): "done" | "beyond" {
  const { ack } = header;
  if (after(ack, c.sndNxt)) return "beyond";
  if (before(ack, c.sndUna)) return "done";
  c.probes = 0;
  c.lastAckNs = c.nowNs;
  const isNew = after(ack, c.sndUna);
  const windowChanged = updateWindow(c, header, isNew);
  if (!isNew) {
    const isDuplicate =
      !windowChanged &&
      packet.payload.length === 0 &&
      !(header.flags & TCP_FIN) &&
      c.flight.size > 0;
    if (isDuplicate) duplicateAck(c);
    if (c.flight.size === 0) probeAnswered(c);
    return "done";
  }
  acknowledge(c, header);
  return "done";
}

/** RFC 9293 §3.10.7.4: only a newer segment may change the window. */
function updateWindow(c: TcpConnection, header: TcpHeader, isNew: boolean): boolean {
  const window = scaledWindow(c, header);
  const mayUpdate =
    isNew ||
    after(header.seq, c.sndWl1) ||
    (header.seq === c.sndWl1 && (window > c.sndWnd || window === 0));
  if (!mayUpdate) return false;
  c.sndWl1 = header.seq;
  if (window === c.sndWnd) return false;
  c.sndWnd = window;
  if (window > c.maxWindow) {
    c.maxWindow = window;
    c.updateMss();
  }
  return true;
}

/** An answer to a window probe. */
function probeAnswered(c: TcpConnection): void {
  if (c.unsent === 0) return;
  if (before(c.sndNxt, c.sndUna + c.sndWnd)) {
    if (c.purpose === "window-probe") c.retransmitTimer.disarm();
  } else armWindowProbe(c);
}

function acknowledge(c: TcpConnection, header: TcpHeader): void {
  const { ack } = header;
  const finCovered = c.finSent && ack === c.sndNxt;
  const bytes = distance(ack, c.sndUna) - (finCovered && !c.finAcked ? 1 : 0);
  const segmentsBefore = c.flight.size;
  const { count, cleanSentNs } = c.flight.acknowledge(ack);
  if (finCovered) c.finAcked = true;
  c.sendQueue.drop(bytes);
  c.bytesAcked += bytes;
  c.sndUna = ack;
  c.delivered += count;
  if (c.appLimitedUntil > 0 && c.delivered > c.appLimitedUntil) c.appLimitedUntil = 0;
  measureRoundTrip(c, header, cleanSentNs);
  clearBackoff(c);
  if (c.lossProbeEnd !== undefined && !before(ack, c.lossProbeEnd)) c.lossProbeEnd = undefined;
  if (c.phase === "open") {
    c.duplicateAcks = 0;
    growWindow(c, count, segmentsBefore);
  } else recover(c, count);
  c.cwndLimited = false;
  if (c.flight.size === 0) {
    c.retransmitTimer.disarm();
    if (c.unsent > 0) probeAnswered(c);
  } else if (!scheduleLossProbe(c)) armRetransmit(c);
  c.expandSendBuffer();
  c.changed.wakeAll();
}

function measureRoundTrip(
  c: TcpConnection,
  header: TcpHeader,
  cleanSentNs: number | undefined,
): void {
  if (cleanSentNs !== undefined) {
    c.roundTrip.sample(c.nowNs - cleanSentNs, c.sndUna, c.sndNxt);
    return;
  }
  // RFC 7323 §4: the echoed timestamp tells even when segments were sent twice.
  const { timestamp } = header.options;
  if (!c.hasTimestamps || !timestamp || timestamp.echo === 0) return;
  const elapsedMs = distance(c.protocol.timestamp(c.local, c.remote), timestamp.echo);
  if (elapsedMs >= 0) c.roundTrip.sample(elapsedMs * MILLISECOND, c.sndUna, c.sndNxt);
}

/** Only a sender that the window holds back lets it grow; tcp_is_cwnd_limited(). */
function growWindow(c: TcpConnection, count: number, segmentsBefore: number): void {
  const { congestion } = c;
  const isLimited =
    c.cwndLimited || (congestion.inSlowStart && congestion.window < 2 * segmentsBefore);
  if (isLimited) congestion.acknowledged(ackSample(c, count));
}

function ackSample(c: TcpConnection, segments: number): AckSample {
  const { roundTrip } = c;
  return {
    segments,
    nowNs: c.nowNs,
    rttNs: roundTrip.smoothedNs,
    minRttNs: roundTrip.minimumNs,
    sndUna: c.sndUna,
    sndNxt: c.sndNxt,
  };
}

// ------------------------------------------------------------------ losses

/** RFC 5681 §3.2 and RFC 3042: each duplicate says that one segment more has arrived. */
function duplicateAck(c: TcpConnection): void {
  c.duplicateAcks = Math.min(c.duplicateAcks + 1, c.flight.size - 1);
  if (c.phase !== "open") {
    retransmitLost(c);
    return;
  }
  const first = c.flight.first;
  if (c.duplicateAcks < DUPLICATE_THRESHOLD || !first) return;
  c.phase = "recovery";
  c.recoveryEnd = c.sndNxt;
  c.congestion.lost();
  c.flight.markLost(first);
  retransmit(c, first);
  armRetransmit(c);
}

/** An acknowledgement of new data while something is being repaired; RFC 6582. */
function recover(c: TcpConnection, count: number): void {
  c.duplicateAcks = Math.max(0, c.duplicateAcks - Math.max(0, count - 1));
  if (!before(c.sndUna, c.recoveryEnd)) {
    c.phase = "open";
    c.duplicateAcks = 0;
    return;
  }
  if (c.phase === "loss") c.congestion.acknowledged(ackSample(c, count));
  else {
    const first = c.flight.first;
    if (first && !first.lost) c.flight.markLost(first);
  }
  retransmitLost(c);
}

// ------------------------------------------------------------------ closing

/** What an acknowledgement of our FIN does. False: the segment is done with. */
function advanceState(c: TcpConnection, packet: Packet, header: TcpHeader): boolean {
  switch (c.state) {
    case "FIN_WAIT1":
      if (!c.finAcked) break;
      c.setState("FIN_WAIT2");
      c.changed.wakeAll();
      if (!c.isOrphan) break;
      if (hasNewData(c, packet, header)) {
        refuseData(c, packet, header);
        return false;
      }
      if (!(header.flags & TCP_FIN)) {
        orphanInFinWait2(c);
        return false;
      }
      break;
    case "CLOSING":
      if (!c.finAcked) break;
      c.becomeTimeWait("TIME_WAIT", TIME_WAIT_NS);
      return false;
    case "LAST_ACK":
      if (!c.finAcked) break;
      c.done();
      return false;
    case "CLOSE":
    case "TIME_WAIT":
      return false;
    default:
      break;
  }
  const nobodyReads = c.isOrphan && (c.state === "FIN_WAIT1" || c.state === "FIN_WAIT2");
  if (nobodyReads && hasNewData(c, packet, header)) {
    refuseData(c, packet, header);
    return false;
  }
  return true;
}

/** RFC 9293 §3.6.1: how long an orphan waits for the peer's FIN. */
export function orphanInFinWait2(c: TcpConnection): void {
  const timeoutNs = c.protocol.context.sysctls.tcpFinTimeoutSeconds * 1000 * MILLISECOND;
  if (timeoutNs > TIME_WAIT_NS) c.keepaliveTimer.arm(timeoutNs - TIME_WAIT_NS);
  else c.becomeTimeWait("FIN_WAIT2", timeoutNs);
}

function hasNewData(c: TcpConnection, packet: Packet, header: TcpHeader): boolean {
  const { length } = packet.payload;
  return length > 0 && after(advance(header.seq, length), c.rcvNxt);
}

/** RFC 1122 §4.2.2.13: data for a closed socket is answered with a reset. */
function refuseData(c: TcpConnection, packet: Packet, header: TcpHeader): void {
  c.done();
  c.protocol.refuse(packet, header);
}

// ------------------------------------------------------------------ data

/** tcp_data_queue() */
function receiveData(c: TcpConnection, packet: Packet, header: TcpHeader): void {
  if (c.state === "CLOSE_WAIT" || c.state === "CLOSING" || c.state === "LAST_ACK") return;
  const hasFin = (header.flags & TCP_FIN) !== 0;
  const { payload } = packet;
  const old = distance(c.rcvNxt, header.seq);
  if (old < 0) {
    receiveEarly(c, header.seq, payload, hasFin);
    return;
  }
  if (old > payload.length || (old === payload.length && !hasFin)) {
    // All of it was here before: our acknowledgement was lost.
    c.acks.enterQuickMode();
    c.acks.schedule();
    sendAck(c);
    return;
  }
  const window = c.window.current(c.rcvNxt);
  const fresh = old === 0 ? payload : payload.subarray(old);
  if (window === 0 && fresh.length > 0) {
    c.acks.enterQuickMode();
    sendAck(c);
    return;
  }
  const fits = fresh.length <= window;
  const data = fits ? fresh : fresh.subarray(0, window);
  if (!accept(c, data, (header.flags & TCP_PSH) !== 0)) return;
  if (hasFin && fits) finish(c);
  takeEarly(c);
  c.changed.wakeAll();
}

/** Queues bytes in order. False: there is no room for them. */
function accept(c: TcpConnection, data: Uint8Array, isPush: boolean): boolean {
  if (data.length === 0) return true;
  if (!makeRoom(c, data.length)) {
    c.acks.enterQuickMode();
    sendAck(c);
    return false;
  }
  c.rcvNxt = advance(c.rcvNxt, data.length);
  c.bytesReceived += data.length;
  if (c.readShut) c.copiedSeq = c.rcvNxt;
  else c.receiveQueue.append(data);
  c.acks.dataReceived(data.length, isPush);
  return true;
}

function makeRoom(c: TcpConnection, length: number): boolean {
  const { receiveQueue, window } = c;
  const cost = length + SEGMENT_OVERHEAD_BYTES;
  if (receiveQueue.usedBytes + cost <= window.buffer) return true;
  if (window.overflow(receiveQueue.usedBytes + cost)) return true;
  receiveQueue.collapse();
  if (receiveQueue.usedBytes + cost <= window.buffer) return true;
  receiveQueue.dropEarly();
  return receiveQueue.usedBytes + cost <= window.buffer;
}

function receiveEarly(c: TcpConnection, seq: number, data: Uint8Array, fin: boolean): void {
  c.acks.enterQuickMode();
  c.acks.schedule();
  if (makeRoom(c, data.length)) c.receiveQueue.addEarly(seq, data, fin);
  sendAck(c);
}

/** The gap is closed: what came early is in order now. */
function takeEarly(c: TcpConnection): void {
  if (!c.receiveQueue.hasEarly) return;
  for (;;) {
    const next = c.receiveQueue.takeEarly(c.rcvNxt);
    if (!next) break;
    accept(c, next.data, false);
    if (next.fin) finish(c);
  }
  // RFC 5681 §4.2: an acknowledgement at once when a gap is filled.
  if (!hasEnded(c)) sendAck(c);
}

/** The peer's FIN, in order; tcp_fin(). */
function finish(c: TcpConnection): void {
  c.rcvNxt = advance(c.rcvNxt, 1);
  c.finReceived = true;
  c.receiveQueue.dropEarly();
  c.acks.schedule();
  c.changed.wakeAll();
  switch (c.state) {
    case "ESTABLISHED":
      c.setState("CLOSE_WAIT");
      c.acks.expectAnswer();
      break;
    case "FIN_WAIT1":
      sendAck(c);
      c.setState("CLOSING");
      break;
    case "FIN_WAIT2":
      sendAck(c);
      c.becomeTimeWait("TIME_WAIT", TIME_WAIT_NS);
      break;
    default:
      break;
  }
}
