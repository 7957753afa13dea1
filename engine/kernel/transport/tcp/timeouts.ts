/** What happens when nothing happens: retransmission, probes, keepalive. Linux tcp_timer.c. */
import { type Ns, SECOND } from "../../../sim/clock.ts";
import type { TcpConnection } from "./connection.ts";
import {
  armRetransmit,
  armWindowProbe,
  pushPending,
  retransmit,
  sendProbe,
  sendSyn,
  sendSynAck,
  windowIsOpen,
} from "./output.ts";
import { INITIAL_RTO_NS, MAX_RTO_NS, retryTimeNs } from "./round-trip.ts";
import { after } from "./sequence.ts";

/** tcp_orphan_retries() when the sysctl is 0. */
const DEFAULT_ORPHAN_RETRIES = 8;

/** TCP_TIMEWAIT_LEN */
export const TIME_WAIT_NS: Ns = 60 * SECOND;

export function retransmitTimeout(c: TcpConnection): void {
  if (c.state === "SYN_SENT" || c.state === "SYN_RECV") synTimeout(c);
  else if (c.purpose === "loss-probe") lossProbe(c);
  else if (c.purpose === "window-probe") windowProbe(c);
  else dataTimeout(c);
}

function giveUp(c: TcpConnection): void {
  c.abort(c.softError ?? "ETIMEDOUT");
}

/** The first few SYNs follow each other every second, then the time doubles. */
function synTimeout(c: TcpConnection): void {
  const { sysctls } = c.protocol.context;
  const linear = c.state === "SYN_SENT" ? sysctls.tcpSynLinearTimeouts : 0;
  const allowed =
    c.state === "SYN_SENT" ? sysctls.tcpSynRetries + linear : sysctls.tcpSynAckRetries;
  if (c.retransmits >= allowed) {
    giveUp(c);
    return;
  }
  c.retransmits += 1;
  c.retransmitted += 1;
  c.protocol.count("RetransSegs");
  if (c.state === "SYN_SENT") sendSyn(c);
  else sendSynAck(c);
  if (c.retransmits > linear) c.roundTrip.backOff();
  armRetransmit(c);
}

function dataTimeout(c: TcpConnection): void {
  const first = c.flight.first;
  if (!first) return;
  if (hasTimedOut(c)) {
    giveUp(c);
    return;
  }
  c.protocol.context.snmp.tcpExt.add("TCPTimeouts");
  if (c.phase !== "loss" || c.retransmits === 0) {
    c.congestion.timedOut(c.phase === "open" || !after(c.recoveryEnd, c.sndUna));
    c.phase = "loss";
    c.recoveryEnd = c.sndNxt;
  }
  c.duplicateAcks = 0;
  c.flight.markAllLost();
  retransmit(c, first);
  c.retransmits += 1;
  c.roundTrip.backOff();
  armRetransmit(c);
}

/** RFC 9293 §3.8.3 (R2) as Linux counts it: by the time that so many doublings take. */
function hasTimedOut(c: TcpConnection): boolean {
  if (c.retransmits === 0 || c.firstRetransmitNs === undefined) return false;
  let retries = c.protocol.context.sysctls.tcpRetries2;
  if (c.isOrphan) {
    if (c.softError !== undefined && c.roundTrip.rtoNs >= MAX_RTO_NS) return true;
    retries = c.protocol.context.sysctls.tcpOrphanRetries || DEFAULT_ORPHAN_RETRIES;
  }
  return c.nowNs - c.firstRetransmitNs >= retryTimeNs(retries);
}

/** New data if there is some, else the last segment once more; tcp_send_loss_probe(). */
function lossProbe(c: TcpConnection): void {
  const last = c.flight.last;
  if (!last) return;
  c.lossProbeEnd = c.sndNxt;
  if (c.unsent > 0 && windowIsOpen(c)) {
    c.congestion.window += 1;
    pushPending(c);
    c.congestion.window -= 1;
  } else {
    retransmit(c, last);
    c.firstRetransmitNs = undefined;
  }
  armRetransmit(c);
}

function windowProbe(c: TcpConnection): void {
  if (c.flight.size > 0 || c.unsent === 0) {
    c.probes = 0;
    return;
  }
  if (windowIsOpen(c)) {
    pushPending(c);
    return;
  }
  const { sysctls } = c.protocol.context;
  const allowed = c.isOrphan
    ? sysctls.tcpOrphanRetries || DEFAULT_ORPHAN_RETRIES
    : sysctls.tcpRetries2;
  if (c.probes >= allowed) {
    giveUp(c);
    return;
  }
  c.probes += 1;
  sendProbe(c);
  armWindowProbe(c);
}

// ------------------------------------------------------------------ keepalive

export function armKeepalive(c: TcpConnection): void {
  const { sysctls } = c.protocol.context;
  c.keepaliveTimer.arm(sysctls.tcpKeepaliveTimeSeconds * SECOND);
}

export function keepaliveTimeout(c: TcpConnection): void {
  if (c.isOrphan && c.state === "FIN_WAIT2") {
    // More than a TIME_WAIT was still to go; the rest of it is waited out as one.
    c.becomeTimeWait("FIN_WAIT2", TIME_WAIT_NS);
    return;
  }
  if (!c.settings.keepAlive || c.state === "SYN_SENT" || c.state === "CLOSE") return;
  const { sysctls } = c.protocol.context;
  const timeNs = sysctls.tcpKeepaliveTimeSeconds * SECOND;
  const busy = c.flight.size > 0 || c.unsent > 0;
  const idle = c.nowNs - Math.max(c.lastReceivedNs, c.lastAckNs);
  if (busy || idle < timeNs) {
    c.keepaliveTimer.arm(busy ? timeNs : timeNs - idle);
    return;
  }
  if (c.probes >= sysctls.tcpKeepaliveProbes) {
    c.reset();
    c.error = c.softError ?? "ETIMEDOUT";
    return;
  }
  c.probes += 1;
  sendProbe(c);
  c.keepaliveTimer.arm(sysctls.tcpKeepaliveIntervalSeconds * SECOND);
}

/** After an answer of the peer everything is as it was before it fell silent. */
export function clearBackoff(c: TcpConnection): void {
  c.retransmits = 0;
  c.firstRetransmitNs = undefined;
  c.roundTrip.setTimeout();
}

export function startSynTimer(c: TcpConnection): void {
  c.roundTrip.rtoNs = INITIAL_RTO_NS;
  armRetransmit(c);
}
