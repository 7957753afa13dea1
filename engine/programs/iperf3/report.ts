/** iperf3's table of intervals. */
import { SECOND, type Ns } from "../../sim/clock.ts";

/** What passed from one moment to another, both counted from the start. */
export interface Interval {
  readonly fromNs: Ns;
  readonly toNs: Ns;
  readonly bytes: number;
  /** The sender's segments sent again, and its congestion window in bytes. */
  readonly retransmitted?: number;
  readonly windowBytes?: number;
}

export const RULE = "- - - - - - - - - - - - - - - - - - - - - - - - -\n";

export function heading(sends: boolean): string {
  return `[ ID] Interval           Transfer     Bitrate${sends ? "         Retr  Cwnd" : ""}\n`;
}

export function summaryHeading(sends: boolean): string {
  return `[ ID] Interval           Transfer     Bitrate${sends ? "         Retr" : ""}\n`;
}

export function intervalLine(id: number, interval: Interval): string {
  const { retransmitted, windowBytes } = interval;
  const sender =
    retransmitted === undefined
      ? "                  "
      : ` ${String(retransmitted).padStart(4)}   ${unit(windowBytes ?? 0, 1024, "Bytes")}       `;
  return `${start(id, interval)}${sender}\n`;
}

export function summaryLine(id: number, interval: Interval, role: "sender" | "receiver"): string {
  const { retransmitted } = interval;
  const count = retransmitted === undefined ? "" : ` ${String(retransmitted).padStart(4)}`;
  return `${start(id, interval)}${count.padEnd(5)}             ${role}\n`;
}

function start(id: number, { fromNs, toNs, bytes }: Interval): string {
  const from = (fromNs / SECOND).toFixed(2).padStart(6);
  const to = (toNs / SECOND).toFixed(2).padEnd(6);
  const rate = toNs > fromNs ? (bytes * 8 * SECOND) / (toNs - fromNs) : 0;
  return `[${String(id).padStart(3)}] ${from}-${to} sec  ${unit(bytes, 1024, "Bytes")}  ${unit(rate, 1000, "bits/sec")} `;
}

const PREFIXES = ["", "K", "M", "G", "T"] as const;

/** `1.10 GBytes`, ` 112 MBytes`, `94.1 Mbits/sec`: three digits and a unit. */
export function unit(value: number, base: 1000 | 1024, name: "Bytes" | "bits/sec"): string {
  let scaled = value;
  let power = 0;
  while (scaled >= base && power < PREFIXES.length - 1) {
    scaled /= base;
    power += 1;
  }
  const digits = scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0;
  return `${scaled.toFixed(digits).padStart(4)} ${PREFIXES[power]}${name}`;
}
