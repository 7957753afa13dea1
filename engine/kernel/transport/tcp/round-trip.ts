/** Round-trip time and retransmission timeout, RFC 6298; Linux tcp_rtt_estimator(). */
import { MICROSECOND, MILLISECOND, type Ns, SECOND } from "../../../sim/clock.ts";
import { after } from "./sequence.ts";

/** TCP_TIMEOUT_INIT, RFC 6298 §2.1 */
export const INITIAL_RTO_NS: Ns = SECOND;
/** TCP_RTO_MIN; RFC 6298 asks for a second, Linux takes 200 ms. */
export const MIN_RTO_NS: Ns = 200 * MILLISECOND;
/** TCP_RTO_MAX */
export const MAX_RTO_NS: Ns = 120 * SECOND;

/** One tick of the kernel's clock (HZ 250), to which timeouts are rounded up. */
const TICK_NS: Ns = 4 * MILLISECOND;

const MIN_RTO_US = MIN_RTO_NS / MICROSECOND;

export class RoundTrip {
  rtoNs: Ns = INITIAL_RTO_NS;
  /** Smoothed RTT × 8 and mean deviation × 4, in microseconds, as the kernel keeps them. */
  private srtt8 = 0;
  private deviation4 = 0;
  private maxDeviation4 = 0;
  private variance = 0;
  /** The variance may fall once data beyond this is acknowledged. */
  private varianceSeq = 0;
  /** The shortest seen. */
  minimumNs: Ns = 0;

  get hasSample(): boolean {
    return this.srtt8 !== 0;
  }

  get smoothedNs(): Ns {
    return Math.round((this.srtt8 * MICROSECOND) / 8);
  }

  get deviationNs(): Ns {
    return Math.round((this.deviation4 * MICROSECOND) / 4);
  }

  sample(rttNs: Ns, sndUna: number, sndNxt: number): void {
    let m = Math.max(1, Math.floor(rttNs / MICROSECOND));
    const clean = m * MICROSECOND;
    this.minimumNs = this.minimumNs === 0 ? clean : Math.min(this.minimumNs, clean);
    if (this.srtt8 === 0) {
      this.srtt8 = m * 8;
      this.deviation4 = m * 2;
      this.variance = Math.max(this.deviation4, MIN_RTO_US);
      this.maxDeviation4 = this.variance;
      this.varianceSeq = sndNxt;
    } else {
      m -= Math.floor(this.srtt8 / 8);
      this.srtt8 += m;
      if (m < 0) {
        // A falling RTT must not raise the timeout: its deviation counts for an eighth.
        m = -m - Math.floor(this.deviation4 / 4);
        if (m > 0) m = Math.floor(m / 8);
      } else {
        m -= Math.floor(this.deviation4 / 4);
      }
      this.deviation4 += m;
      if (this.deviation4 > this.maxDeviation4) {
        this.maxDeviation4 = this.deviation4;
        if (this.maxDeviation4 > this.variance) this.variance = this.maxDeviation4;
      }
      if (after(sndUna, this.varianceSeq)) {
        if (this.maxDeviation4 < this.variance) {
          this.variance -= Math.floor((this.variance - this.maxDeviation4) / 4);
        }
        this.varianceSeq = sndNxt;
        this.maxDeviation4 = MIN_RTO_US;
      }
    }
    this.setTimeout();
  }

  /** The timeout without backoff, as after an acknowledgement of new data. */
  setTimeout(): void {
    if (this.srtt8 === 0) return;
    const ns = (this.srtt8 / 8 + this.variance) * MICROSECOND;
    this.rtoNs = Math.min(MAX_RTO_NS, Math.ceil(ns / TICK_NS) * TICK_NS);
  }

  backOff(): void {
    this.rtoNs = Math.min(MAX_RTO_NS, this.rtoNs * 2);
  }
}

/**
 * How long a connection goes on without an answer when `retries` timeouts are allowed, each twice
 * the one before; Linux tcp_model_timeout().
 */
export function retryTimeNs(retries: number, firstNs: Ns = MIN_RTO_NS): Ns {
  const doublings = Math.floor(Math.log2(MAX_RTO_NS / firstNs));
  if (retries <= doublings) return (2 * 2 ** retries - 1) * firstNs;
  return (2 * 2 ** doublings - 1) * firstNs + (retries - doublings) * MAX_RTO_NS;
}
