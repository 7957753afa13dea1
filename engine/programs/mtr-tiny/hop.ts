import type { Ipv4 } from "../../net/address.ts";
import { MILLISECOND, type Ns } from "../../sim/clock.ts";
import type { Probe } from "../traceroute/probe.ts";

/** What is known of one hop. */
export class Hop {
  address: Ipv4 | undefined;
  /** An ICMP error other than time exceeded: nothing lies behind. */
  isEnd = false;
  sent = 0;
  private received = 0;
  private lastMs = 0;
  private bestMs = 0;
  private worstMs = 0;
  private meanMs = 0;
  /** Sum of squares of differences from the mean. Welford's method. */
  private squares = 0;

  note(probe: Probe): void {
    if (probe.from === undefined || probe.receivedNs === undefined) return;
    this.address = probe.from;
    this.isEnd ||= probe.final;
    this.count(probe.receivedNs - (probe.sentNs ?? 0));
  }

  private count(roundTripNs: Ns): void {
    const ms = roundTripNs / MILLISECOND;
    this.received += 1;
    this.lastMs = ms;
    this.bestMs = this.received === 1 ? ms : Math.min(this.bestMs, ms);
    this.worstMs = Math.max(this.worstMs, ms);
    const before = this.meanMs;
    this.meanMs += (ms - before) / this.received;
    this.squares += (ms - before) * (ms - this.meanMs);
  }

  /** ` 0.0%     2    0.1   0.2   0.1   0.3   0.2`: fields that are too long lose their end. */
  columns(): string {
    const loss = this.sent === 0 ? 0 : 100 - (100 * this.received) / this.sent;
    const deviation = this.received > 1 ? Math.sqrt(this.squares / (this.received - 1)) : 0;
    return (
      `${loss.toFixed(1)}%`.slice(0, 5).padStart(6) +
      String(this.sent).padStart(6) +
      field(this.lastMs, 7) +
      field(this.meanMs) +
      field(this.bestMs) +
      field(this.worstMs) +
      field(deviation)
    );
  }
}

function field(ms: number, width = 6): string {
  return ms.toFixed(1).slice(0, 5).padStart(width);
}
