/**
 * When received data is acknowledged: at once for the first segments and every second full one,
 * otherwise with the next data or after 40 ms. RFC 9293 §3.8.6.3; Linux tcp_event_data_recv(),
 * __tcp_ack_snd_check(), tcp_send_delayed_ack().
 */
import { MILLISECOND, type Ns } from "../../../sim/clock.ts";
import { Timer } from "../timer.ts";
import type { TcpConnection } from "./connection.ts";
import { sendAck } from "./output.ts";
import { distance } from "./sequence.ts";

/** TCP_ATO_MIN and TCP_DELACK_MIN */
const MIN_DELAY_NS: Ns = 40 * MILLISECOND;
/** TCP_DELACK_MAX */
const MAX_DELAY_NS: Ns = 200 * MILLISECOND;
/** TCP_MAX_QUICKACKS */
const MAX_QUICK = 16;

export class AckPolicy {
  /** Acknowledgements left that are sent at once. */
  private quick = 0;
  /** Data goes both ways by turns: acknowledgements can ride on it. */
  private interactive = false;
  /** Estimated time between segments; 0: none came yet. */
  private interarrivalNs: Ns = 0;
  private lastDataNs: Ns = 0;
  private scheduled = false;
  /** A segment that looked like the end of what the peer had to say, and a second one. */
  private pushed = 0;
  private readonly timer: Timer;

  constructor(private readonly connection: TcpConnection) {
    this.timer = new Timer(connection.protocol.context.sim, () => this.delayIsOver());
  }

  get delayNs(): Ns {
    return this.interarrivalNs;
  }

  get quickLeft(): number {
    return this.quick;
  }

  get isInteractive(): boolean {
    return this.interactive;
  }

  destroy(): void {
    this.timer.destroy();
  }

  /** A segment with data has come in order. */
  dataReceived(length: number, isPush: boolean): void {
    const { connection: c } = this;
    const { window } = c;
    const now = c.nowNs;
    this.scheduled = true;
    if (length >= window.segmentSize) {
      window.measure(length);
      if (isPush) this.pushed = Math.max(this.pushed, 1);
    } else {
      this.pushed = this.pushed > 0 ? 2 : 1;
    }
    window.measureRoundTrip(c.rcvNxt, now);
    if (this.interarrivalNs === 0) {
      this.beQuick(MAX_QUICK);
      this.interarrivalNs = MIN_DELAY_NS;
    } else {
      const gap = now - this.lastDataNs;
      if (gap <= MIN_DELAY_NS / 2) {
        this.interarrivalNs = this.interarrivalNs / 2 + MIN_DELAY_NS / 2;
      } else if (gap < this.interarrivalNs) {
        this.interarrivalNs = Math.min(this.interarrivalNs / 2 + gap, c.roundTrip.rtoNs);
      } else if (gap > c.roundTrip.rtoNs) {
        // The sender has not been heard of for long: it may be in slow start.
        this.beQuick(MAX_QUICK);
      }
    }
    this.lastDataNs = now;
    if (length >= 128 && window.grow(length, c.receiveQueue.usedBytes) && this.quick === 0) {
      this.quick = 1;
    }
  }

  private beQuick(most: number): void {
    const { window, rcvNxt } = this.connection;
    const segments = Math.floor(window.current(rcvNxt) / (2 * window.segmentSize));
    this.quick = Math.max(this.quick, Math.min(segments === 0 ? 2 : segments, most));
  }

  /** Something is wrong (a gap, a duplicate): the peer should hear of it at once. */
  enterQuickMode(): void {
    this.beQuick(MAX_QUICK);
    this.interactive = false;
    this.interarrivalNs = MIN_DELAY_NS;
  }

  /** The peer has closed: the answer will probably be our FIN. */
  expectAnswer(): void {
    this.interactive = true;
  }

  schedule(): void {
    this.scheduled = true;
  }

  /** Data leaves: if it answers what just came, acknowledgements may wait for data. */
  dataSent(): void {
    if (this.connection.nowNs - this.lastDataNs < this.interarrivalNs) this.interactive = true;
  }

  /** A segment with ACK has left. */
  ackSent(): void {
    if (this.quick > 0) this.quick -= 1;
    this.scheduled = false;
    this.pushed = 0;
    this.timer.disarm();
  }

  /** After a segment was processed: acknowledge now, later or not at all. */
  check(): void {
    if (!this.scheduled) return;
    const { connection: c } = this;
    const { window, receiveQueue } = c;
    const unannounced = distance(c.rcvNxt, window.announcedAt);
    const isMuch =
      unannounced > window.segmentSize &&
      (receiveQueue.length < 1 || window.wanted(receiveQueue.usedBytes) >= window.offered);
    if (isMuch || (this.quick > 0 && !this.interactive) || receiveQueue.hasEarly) sendAck(c);
    else this.delay();
  }

  private delay(): void {
    let delay = Math.max(this.interarrivalNs, MIN_DELAY_NS);
    if (delay > MIN_DELAY_NS) {
      const { roundTrip } = this.connection;
      let most = this.interactive || this.pushed > 0 ? MAX_DELAY_NS : 500 * MILLISECOND;
      if (roundTrip.hasSample) most = Math.min(most, Math.max(roundTrip.smoothedNs, MIN_DELAY_NS));
      delay = Math.min(delay, most);
    }
    const { expiresNs } = this.timer;
    const { nowNs } = this.connection;
    if (expiresNs !== undefined && expiresNs <= nowNs + delay / 4) sendAck(this.connection);
    else if (expiresNs === undefined || nowNs + delay < expiresNs) this.timer.arm(delay);
  }

  private delayIsOver(): void {
    const { connection: c } = this;
    if (!this.scheduled || c.state === "CLOSE") return;
    if (this.interactive) {
      this.interactive = false;
      this.interarrivalNs = MIN_DELAY_NS;
    } else {
      this.interarrivalNs = Math.min(this.interarrivalNs * 2, c.roundTrip.rtoNs);
    }
    sendAck(c);
  }

  /** The program has read: acknowledge if that lets the peer go on; tcp_cleanup_rbuf(). */
  dataRead(): void {
    const { connection: c } = this;
    const { window, receiveQueue } = c;
    const isEmpty = receiveQueue.length === 0;
    if (
      this.scheduled &&
      (distance(c.rcvNxt, window.announcedAt) > window.segmentSize ||
        (isEmpty && (this.pushed > 1 || (this.pushed > 0 && !this.interactive))))
    ) {
      sendAck(c);
      return;
    }
    if (c.readShut || c.finReceived) return;
    const left = window.current(c.rcvNxt);
    if (2 * left > window.limit) return;
    const wanted = window.wanted(receiveQueue.usedBytes);
    if (wanted > 0 && wanted >= 2 * left) sendAck(c);
  }
}
