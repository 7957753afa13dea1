/** CUBIC congestion control, RFC 9438, with the window in segments as Linux counts it. */
import { MICROSECOND, MILLISECOND, type Ns, SECOND } from "../../../sim/clock.ts";
import { after } from "./sequence.ts";

/** TCP_INIT_CWND, RFC 6928 */
export const INITIAL_WINDOW = 10;

/** Multiplicative decrease, RFC 9438 §4.6; Linux takes 717/1024. */
const BETA = 717 / 1024;
/** Aggressiveness, RFC 9438 §5.1, in segments per second³. */
const C = 0.4;

/** HyStart looks only at windows of at least so many segments; hystart_low_window. */
const HYSTART_MIN_WINDOW = 16;
/** Acknowledgements closer together than this form a train; hystart_ack_delta_us. */
const HYSTART_ACK_GAP_NS: Ns = 2 * MILLISECOND;
const HYSTART_MIN_SAMPLES = 8;
const HYSTART_MIN_DELAY_NS: Ns = 4 * MILLISECOND;
const HYSTART_MAX_DELAY_NS: Ns = 16 * MILLISECOND;

/** What an acknowledgement tells the congestion control. */
export interface AckSample {
  /** Segments acknowledged. */
  readonly segments: number;
  readonly nowNs: Ns;
  readonly rttNs: Ns;
  readonly minRttNs: Ns;
  readonly sndUna: number;
  readonly sndNxt: number;
}

export class Congestion {
  window = INITIAL_WINDOW;
  slowStartThreshold: number | undefined;
  /** Segments acknowledged since the window last grew. */
  private credit = 0;
  private maxWindow = 0;
  private epochNs: Ns | undefined;
  /** Window at which the present epoch's curve is flat, and when it comes there. */
  private origin = 0;
  private flatAfterSeconds = 0;
  /** What Reno would have, for the TCP-friendly region. */
  private renoWindow = 0;

  get inSlowStart(): boolean {
    return this.slowStartThreshold === undefined || this.window < this.slowStartThreshold;
  }

  // HyStart: the present round trip
  private roundEnd: number | undefined;
  private roundStartNs: Ns = 0;
  private lastAckNs: Ns = 0;
  private roundMinRttNs: Ns = 0;
  private roundSamples = 0;

  /** Segments were acknowledged while the window was what held the sender back. */
  acknowledged(sample: AckSample): void {
    let acked = sample.segments;
    if (this.inSlowStart) {
      if (this.window >= HYSTART_MIN_WINDOW) this.watchForQueue(sample);
      const limit = this.slowStartThreshold ?? Number.POSITIVE_INFINITY;
      const grown = Math.max(this.window, Math.min(this.window + acked, limit));
      acked -= grown - this.window;
      this.window = grown;
      if (acked <= 0) return;
    }
    const perSegment = this.ackedPerGrowth(acked, sample.nowNs, sample.rttNs);
    this.credit += acked;
    if (this.credit >= perSegment) {
      const steps = Math.floor(this.credit / perSegment);
      this.credit -= steps * perSegment;
      this.window += steps;
    }
  }

  /**
   * Leaves slow start before packets are lost: when the acknowledgements of one window take half a
   * round trip, or the round trips become longer. RFC 9406's forerunner, hystart_update().
   */
  private watchForQueue({ nowNs, rttNs, minRttNs, sndUna, sndNxt }: AckSample): void {
    if (this.roundEnd === undefined || after(sndUna, this.roundEnd)) {
      this.roundEnd = sndNxt;
      this.roundStartNs = nowNs;
      this.lastAckNs = nowNs;
      this.roundMinRttNs = Number.POSITIVE_INFINITY;
      this.roundSamples = 0;
    }
    let isQueueing = false;
    if (nowNs - this.lastAckNs <= HYSTART_ACK_GAP_NS) {
      this.lastAckNs = nowNs;
      isQueueing = nowNs - this.roundStartNs > Math.max(minRttNs / 2, MICROSECOND);
    }
    this.roundMinRttNs = Math.min(this.roundMinRttNs, rttNs);
    this.roundSamples += 1;
    if (this.roundSamples > HYSTART_MIN_SAMPLES) {
      const margin = Math.min(HYSTART_MAX_DELAY_NS, Math.max(HYSTART_MIN_DELAY_NS, minRttNs / 8));
      isQueueing ||= this.roundMinRttNs > minRttNs + margin;
    }
    if (isQueueing) this.slowStartThreshold = this.window;
  }

  /** How many acknowledged segments let the window grow by one; bictcp_update(). */
  private ackedPerGrowth(acked: number, nowNs: Ns, rttNs: Ns): number {
    if (this.epochNs === undefined) {
      this.epochNs = nowNs;
      this.renoWindow = this.window;
      if (this.maxWindow <= this.window) {
        this.origin = this.window;
        this.flatAfterSeconds = 0;
      } else {
        this.origin = this.maxWindow;
        this.flatAfterSeconds = Math.cbrt((this.maxWindow - this.window) / C);
      }
    }
    const seconds = (nowNs - this.epochNs + rttNs) / SECOND - this.flatAfterSeconds;
    const target = this.origin + C * seconds ** 3;
    let perSegment =
      target > this.window ? this.window / (target - this.window) : 100 * this.window;
    if (this.maxWindow === 0) perSegment = Math.min(perSegment, 20);
    this.renoWindow += (acked * 3 * (1 - BETA)) / (1 + BETA) / this.window;
    if (this.renoWindow > this.window) {
      perSegment = Math.min(perSegment, this.window / (this.renoWindow - this.window));
    }
    return Math.max(perSegment, 2);
  }

  /** A segment was lost; the window falls to the new threshold. */
  lost(): void {
    this.reduceThreshold();
    this.window = this.slowStartThreshold as number;
  }

  /** The retransmission timer expired: begin again with one segment. */
  timedOut(isFirst: boolean): void {
    if (isFirst) this.reduceThreshold();
    this.window = 1;
    this.credit = 0;
  }

  private reduceThreshold(): void {
    // Fast convergence, RFC 9438 §4.7: leave room for newcomers.
    this.maxWindow = this.window < this.maxWindow ? (this.window * (1 + BETA)) / 2 : this.window;
    this.slowStartThreshold = Math.max(2, Math.floor(this.window * BETA));
    this.epochNs = undefined;
    this.credit = 0;
  }

  /** After an idle time longer than the timeout, RFC 9293 §3.8.2; tcp_cwnd_restart(). */
  restart(idleNs: Ns, rtoNs: Ns): void {
    const floor = Math.min(INITIAL_WINDOW, this.window);
    const threshold = Math.max(this.slowStartThreshold ?? 0, Math.floor((this.window * 3) / 4));
    if (this.slowStartThreshold !== undefined) this.slowStartThreshold = threshold;
    let left = idleNs;
    while ((left -= rtoNs) > 0 && this.window > floor) this.window = Math.floor(this.window / 2);
    this.window = Math.max(this.window, floor);
    this.epochNs = undefined;
  }
}
