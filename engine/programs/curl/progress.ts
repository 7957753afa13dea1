/** The progress meter, lib/progress.c: one line that is written over and over. */
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { MILLISECOND, type Ns, SECOND } from "../../sim/clock.ts";

const HEADER = `  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current
                                 Dload  Upload   Total   Spent    Left  Speed
`;

/** Widest bar that fits 79 columns. */
const BAR_COLUMNS = 72;

export class Progress {
  received = 0;
  sent = 0;
  expected: number | undefined;
  toSend: number | undefined;
  private begun = false;
  private startNs: Ns;
  private lastSecond = 0;
  private readonly history: { readonly atNs: Ns; readonly bytes: number }[] = [];

  constructor(
    private readonly sys: Sys,
    private readonly style: "meter" | "bar" | "none",
  ) {
    this.startNs = sys.monotonicNs();
  }

  *begin(): Blocking<void> {
    this.startNs = this.sys.monotonicNs();
    if (this.style !== "meter") return;
    if (!this.begun) yield* this.sys.printError(HEADER);
    this.begun = true;
    yield* this.print();
  }

  /** Once a second. */
  *update(): Blocking<void> {
    if (this.style !== "meter") return;
    const second = Math.floor((this.sys.monotonicNs() - this.startNs) / SECOND);
    if (second <= this.lastSecond) return;
    this.lastSecond = second;
    yield* this.print();
  }

  *end(): Blocking<void> {
    if (this.style === "none") return;
    if (this.style === "bar") yield* this.printBar();
    else yield* this.print();
    yield* this.sys.printError("\n");
  }

  private *printBar(): Blocking<void> {
    if (this.received === 0) return;
    yield* this.sys.printError(`\r${"#".repeat(BAR_COLUMNS)} 100.0%`);
  }

  private *print(): Blocking<void> {
    const elapsedNs = Math.max(1000, this.sys.monotonicNs() - this.startNs);
    const total = this.received + this.sent;
    const downSpeed = Math.floor((this.received * SECOND) / elapsedNs);
    const upSpeed = Math.floor((this.sent * SECOND) / elapsedNs);
    const expectedTotal = (this.expected ?? this.received) + (this.toSend ?? this.sent);
    const isKnown = this.expected !== undefined || this.toSend !== undefined;
    const size = isKnown ? expectedTotal : total;
    const seconds = Math.floor(elapsedNs / SECOND);
    const estimate =
      isKnown && downSpeed > 0 && this.expected !== undefined
        ? Math.floor(this.expected / downSpeed)
        : 0;
    const left = estimate > 0 ? estimate - seconds : 0;
    const cells = [
      `${percent(total, isKnown ? size : undefined)} ${size5(size)}`,
      `${percent(this.received, this.expected)} ${size5(this.received)}`,
      `${percent(this.sent, this.toSend)} ${size5(this.sent)}`,
      `${size5(downSpeed)}`,
      `${size5(upSpeed)} ${clock(estimate)} ${clock(seconds)} ${clock(left)} ${size5(this.current(total, elapsedNs))}`,
    ];
    yield* this.sys.printError(`\r${cells.join("  ")}`);
  }

  /** Bytes a second during the last five seconds, in whole milliseconds. */
  private current(bytes: number, elapsedNs: Ns): number {
    if (this.history.length === 0) this.history.push({ atNs: 0, bytes: 0 });
    else this.history.push({ atNs: elapsedNs, bytes });
    while (this.history.length > 6) this.history.shift();
    const oldest = this.history[0];
    if (!oldest) return 0;
    const spanMs = Math.max(1, Math.floor((elapsedNs - oldest.atNs) / MILLISECOND));
    return Math.floor(((bytes - oldest.bytes) * 1000) / spanMs);
  }
}

function percent(done: number, of: number | undefined): string {
  const value = of === undefined || of === 0 ? 0 : Math.floor((done * 100) / of);
  return String(value).padStart(3);
}

/** Five columns for any size; max5data() */
function size5(bytes: number): string {
  const K = 1024;
  const M = K * K;
  const G = M * K;
  const tenths = (unit: number): string =>
    `${String(Math.floor(bytes / unit)).padStart(2)}.${Math.floor((bytes % unit) / (unit / 10))}`;
  if (bytes < 100_000) return String(bytes).padStart(5);
  if (bytes < 10_000 * K) return `${String(Math.floor(bytes / K)).padStart(4)}k`;
  if (bytes < 100 * M) return `${tenths(M)}M`;
  if (bytes < 10_000 * M) return `${String(Math.floor(bytes / M)).padStart(4)}M`;
  if (bytes < 100 * G) return `${tenths(G)}G`;
  return `${String(Math.floor(bytes / G)).padStart(4)}G`;
}

function clock(seconds: number): string {
  if (seconds <= 0) return "--:--:--";
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  return `${String(hours).padStart(2)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
