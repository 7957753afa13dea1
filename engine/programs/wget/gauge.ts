/** How far a download is: rows of dots, or a bar on a terminal. src/progress.c of Wget. */
import { type Ns, SECOND } from "../../sim/clock.ts";

const DOT_BYTES = 1024;
const DOTS_IN_ROW = 50;
const DOTS_IN_CLUSTER = 10;
const ROW_BYTES = DOT_BYTES * DOTS_IN_ROW;

export interface Gauge {
  /** What is to be printed after `received` bytes in `elapsedNs`. */
  update(received: number, elapsedNs: Ns): string;
  finish(received: number, elapsedNs: Ns): string;
}

/** For a log: a dot for each KiB, fifty in a row. */
export class DotGauge implements Gauge {
  private dots = 0;
  private rowStartNs: Ns = 0;
  private rows = 0;

  constructor(private readonly total: number | undefined) {}

  update(received: number, elapsedNs: Ns): string {
    let text = "";
    while ((this.rows * DOTS_IN_ROW + this.dots + 1) * DOT_BYTES <= received) {
      if (this.dots === 0) text += this.rowHead();
      if (this.dots % DOTS_IN_CLUSTER === 0) text += " ";
      text += ".";
      this.dots += 1;
      if (this.dots < DOTS_IN_ROW) continue;
      this.rows += 1;
      this.dots = 0;
      text += this.rowFigures(this.rows * ROW_BYTES, ROW_BYTES, elapsedNs);
      text += this.remaining(this.rows * ROW_BYTES, elapsedNs);
    }
    return text;
  }

  finish(received: number, elapsedNs: Ns): string {
    let text = this.update(received, elapsedNs);
    if (this.dots === 0) text += this.rowHead();
    for (let dot = this.dots; dot < DOTS_IN_ROW; dot++) {
      text += dot % DOTS_IN_CLUSTER === 0 ? "  " : " ";
    }
    const inRow = received - this.rows * ROW_BYTES;
    text += this.rowFigures(received, inRow, elapsedNs);
    return `${text}=${durationText(elapsedNs)}\n\n`;
  }

  private rowHead(): string {
    return `\n${String((this.rows * ROW_BYTES) / 1024).padStart(6)}K`;
  }

  private rowFigures(received: number, inRow: number, elapsedNs: Ns): string {
    const percent = this.total
      ? `${String(Math.floor((received * 100) / this.total)).padStart(3)}%`
      : "";
    const { rate, unit } = calculateRate(inRow, elapsedNs - this.rowStartNs);
    this.rowStartNs = elapsedNs;
    return `${percent} ${rate.padStart(4)}${" KMGT"[unit] ?? " "}`;
  }

  private remaining(received: number, elapsedNs: Ns): string {
    if (!this.total) return "";
    const left = (elapsedNs * (this.total - received)) / received;
    return ` ${shortTime(Math.round(left / SECOND))}`;
  }
}

/** For a terminal: `big.bin   100%[=====>]  97.66K  --.-KB/s    in 0s`. */
export class BarGauge implements Gauge {
  private lastDrawnNs: Ns | undefined;

  constructor(
    private readonly name: string,
    private readonly total: number | undefined,
    private readonly columns: number,
  ) {}

  update(received: number, elapsedNs: Ns): string {
    const isDue = this.lastDrawnNs === undefined || elapsedNs - this.lastDrawnNs >= SECOND / 5;
    if (!isDue) return "";
    this.lastDrawnNs = elapsedNs;
    const left =
      this.total && received > 0 && elapsedNs > 3 * SECOND
        ? (elapsedNs * (this.total - received)) / received
        : undefined;
    const eta = left === undefined ? "" : `    eta ${shortTime(Math.round(left / SECOND))}`;
    return this.draw(received, elapsedNs, eta);
  }

  finish(received: number, elapsedNs: Ns): string {
    return `${this.draw(received, elapsedNs, `    in ${durationText(elapsedNs)}`)}\n\n`;
  }

  private draw(received: number, elapsedNs: Ns, tail: string): string {
    const nameColumns = Math.floor(this.columns / 4);
    const name = this.name.slice(0, nameColumns - 1).padEnd(nameColumns);
    const percent = this.total
      ? `${String(Math.floor((received * 100) / this.total)).padStart(3)}%`
      : "    ";
    const size = Math.max(5, this.columns - nameColumns - 40);
    const speed =
      elapsedNs > SECOND / 7 && received > 0 ? shortRate(received, elapsedNs) : "--.-KB/s";
    const human = humanReadable(received, 1000, 2).padStart(7);
    const bar = this.bar(size, received);
    return `\r${name}${percent}[${bar}] ${human}  ${speed}${tail.padEnd(15)}`;
  }

  private bar(size: number, received: number): string {
    if (!this.total) return "<=>".padEnd(size);
    const filled = Math.min(size, Math.floor((size * received) / this.total));
    return filled === 0 ? " ".repeat(size) : `${"=".repeat(filled - 1)}>`.padEnd(size);
  }
}

function shortRate(bytes: number, elapsedNs: Ns): string {
  const { rate, unit } = calculateRate(bytes, elapsedNs);
  const units = [" B/s", "KB/s", "MB/s", "GB/s", "TB/s"];
  return `${rate.padStart(4)}${units[unit] ?? ""}`;
}

/** calc_rate(): three digits and a power of 1024. */
function calculateRate(
  bytes: number,
  elapsedNs: Ns,
): { readonly rate: string; readonly unit: number } {
  let rate = bytes / (Math.max(elapsedNs, 0.5) / SECOND);
  let unit = 0;
  while (rate >= 1024 && unit < 4) {
    rate /= 1024;
    unit += 1;
  }
  const digits = rate >= 99.95 ? 0 : rate >= 9.995 ? 1 : 2;
  return { rate: rate.toFixed(digits), unit };
}

/** `3.72 MB/s` */
export function averageRate(bytes: number, elapsedNs: Ns): string {
  const { rate, unit } = calculateRate(bytes, elapsedNs);
  return `${rate} ${["B/s", "KB/s", "MB/s", "GB/s", "TB/s"][unit] ?? ""}`;
}

/** `98K`, `1.2M`; below 1024 the number itself. */
export function humanReadable(bytes: number, accuracy = 10, decimals = 1): string {
  if (bytes < 1024) return String(bytes);
  let value = bytes / 1024;
  let power = 0;
  while (value >= 1024 && power < 5) {
    value /= 1024;
    power += 1;
  }
  return `${value.toFixed(value < accuracy ? decimals : 0)}${"KMGTPE"[power]}`;
}

export function durationText(ns: Ns): string {
  const value = ns / SECOND;
  if (value >= 10) return shortTime(Math.round(value));
  if (value >= 9.95) return `${value.toFixed(0)}s`;
  if (value >= 0.95) return `${value.toFixed(1)}s`;
  if (value >= 0.001) return `${Number(value.toPrecision(1))}s`;
  return "0s";
}

/** eta_to_human_short() */
function shortTime(seconds: number): string {
  if (seconds < 100) return `${seconds}s`;
  if (seconds < 100 * 60) return `${Math.floor(seconds / 60)}m${seconds % 60}s`;
  if (seconds < 48 * 3600) {
    return `${Math.floor(seconds / 3600)}h${Math.floor(seconds / 60) % 60}m`;
  }
  return `${Math.floor(seconds / 86400)}d${Math.floor(seconds / 3600) % 24}h`;
}
