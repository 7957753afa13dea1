import { MICROSECOND, MILLISECOND, type Ns } from "../../sim/clock.ts";

/** Counts of one run of ping, and the round-trip times; kept in whole microseconds as ping does. */
export class PingStatistics {
  transmitted = 0;
  received = 0;
  duplicates = 0;
  errors = 0;
  /** Highest number of probes under way at once. */
  pipe = 0;
  minUs = Number.POSITIVE_INFINITY;
  maxUs = 0;
  /** Exponentially weighted moving average, × 8. */
  private ewma8 = 0;
  private sumUs = 0;
  private sumSquares = 0;
  private acknowledged = 0;

  get inFlight(): number {
    return this.transmitted - this.acknowledged;
  }

  /** A reply or an error about probe `sequence` came back. */
  acknowledge(sequence: number): void {
    const behind = (this.transmitted - sequence) & 0xffff;
    if (behind > 0x7fff) return;
    this.pipe = Math.max(this.pipe, behind + 1);
    const newest = this.transmitted - behind;
    if (newest > this.acknowledged) this.acknowledged = newest;
  }

  addRoundTrip(durationNs: Ns): void {
    const us = Math.floor(durationNs / MICROSECOND);
    this.minUs = Math.min(this.minUs, us);
    this.maxUs = Math.max(this.maxUs, us);
    this.sumUs += us;
    this.sumSquares += us * us;
    this.ewma8 = this.ewma8 === 0 ? us * 8 : this.ewma8 + us - Math.trunc(this.ewma8 / 8);
  }

  /** The closing lines, from the empty line on. */
  summary(
    target: string,
    options: {
      readonly elapsedNs: Ns;
      /** Replies carried a time stamp. */
      readonly timed: boolean;
      /** -f, -A and an interval of 0 show the pace. */
      readonly showPace: boolean;
    },
  ): string {
    const { transmitted, received } = this;
    let counts = `${transmitted} packets transmitted, ${received} received`;
    if (this.duplicates > 0) counts += `, +${this.duplicates} duplicates`;
    if (this.errors > 0) counts += `, +${this.errors} errors`;
    if (transmitted > 0) {
      const lossPercent = ((transmitted - received) * 100) / transmitted;
      counts += `, ${Number(lossPercent.toPrecision(6))}% packet loss`;
      counts += `, time ${Math.floor(options.elapsedNs / MILLISECOND)}ms`;
    }

    const parts: string[] = [];
    if (received > 0 && options.timed) {
      const samples = received + this.duplicates;
      const mean = Math.floor(this.sumUs / samples);
      const variance = Math.floor(this.sumSquares / samples) - mean * mean;
      const mdev = Math.floor(Math.sqrt(Math.max(0, variance)));
      parts.push(
        `rtt min/avg/max/mdev = ${[this.minUs, mean, this.maxUs, mdev].map(thousandths).join("/")} ms`,
      );
    }
    if (this.pipe > 1) parts.push(`pipe ${this.pipe}`);
    if (options.timed && received > 0 && options.showPace && transmitted > 1) {
      const gapUs = Math.floor(options.elapsedNs / MICROSECOND / (transmitted - 1));
      const ewmaUs = Math.trunc(this.ewma8 / 8);
      parts.push(`ipg/ewma ${thousandths(gapUs)}/${thousandths(ewmaUs)} ms`);
    }
    return `\n--- ${target} ping statistics ---\n${counts}\n${parts.join(", ")}\n`;
  }

  /** The line that SIGQUIT asks for. */
  snapshot(): string {
    const { transmitted, received } = this;
    const loss = transmitted > 0 ? Math.floor(((transmitted - received) * 100) / transmitted) : 0;
    let line = `${received}/${transmitted} packets, ${loss}% loss`;
    if (received > 0) {
      const mean = Math.floor(this.sumUs / (received + this.duplicates));
      const times = [this.minUs, mean, Math.trunc(this.ewma8 / 8), this.maxUs];
      line += `, min/avg/ewma/max = ${times.map(thousandths).join("/")} ms`;
    }
    return `\r${line}\n`;
  }
}

/** Microseconds as milliseconds with three decimals. */
function thousandths(us: number): string {
  return `${Math.floor(us / 1000)}.${String(us % 1000).padStart(3, "0")}`;
}

/** A round-trip time as a reply line shows it: fewer decimals the longer it is. */
export function roundTripText(durationNs: Ns): string {
  const us = Math.floor(durationNs / MICROSECOND);
  if (us >= 100_000 - 50) return `${Math.floor((us + 500) / 1000)}`;
  const decimals = us >= 10_000 - 5 ? 1 : us >= 1000 ? 2 : 3;
  const step = 10 ** (3 - decimals);
  const rounded = Math.floor((us + step / 2) / step);
  const whole = Math.floor(rounded / 10 ** decimals);
  return `${whole}.${String(rounded % 10 ** decimals).padStart(decimals, "0")}`;
}
