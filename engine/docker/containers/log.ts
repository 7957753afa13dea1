/** A container's log, as the driver json-file keeps it: lines with a stream and an instant. */
import type { Ns } from "../../sim/clock.ts";
import { WaitQueue } from "../../kernel/process/wait-queue.ts";

export interface LogEntry {
  readonly stream: "stdout" | "stderr";
  readonly atNs: Ns;
  /** With its newline, unless the process ended within the line or it is very long. */
  readonly data: Uint8Array;
}

/** A longer line becomes several entries; daemon/logger/copier.go. */
const MAX_LINE_BYTES = 16_384;

/** What is kept when no `max-size` says otherwise. */
const DEFAULT_MAX_BYTES = 2 << 20;

const NEWLINE = 10;
const EMPTY = new Uint8Array(0);

export class ContainerLog {
  /** Woken when there is more, or when the container has ended. */
  readonly changed = new WaitQueue();
  private readonly kept: LogEntry[] = [];
  private bytes = 0;
  /** How many entries were dropped from the beginning. */
  private dropped = 0;
  private readonly rest = { stdout: EMPTY, stderr: EMPTY };

  constructor(
    private readonly now: () => Ns,
    private readonly maxBytes = DEFAULT_MAX_BYTES,
  ) {}

  /** Entries that are kept, the oldest first. */
  get entries(): readonly LogEntry[] {
    return this.kept;
  }

  /** The number of the entry that comes next. */
  get end(): number {
    return this.dropped + this.kept.length;
  }

  /** By its number since the beginning; a number whose entry was dropped gives the oldest kept. */
  at(number: number): { readonly entry: LogEntry; readonly number: number } | undefined {
    const index = Math.max(0, number - this.dropped);
    const entry = this.kept[index];
    return entry && { entry, number: index + this.dropped };
  }

  write(stream: "stdout" | "stderr", data: Uint8Array): void {
    let pending = join(this.rest[stream], data);
    for (;;) {
      const newline = pending.indexOf(NEWLINE);
      const length = newline >= 0 && newline < MAX_LINE_BYTES ? newline + 1 : MAX_LINE_BYTES;
      if (pending.length < length) break;
      this.push({ stream, atNs: this.now(), data: pending.slice(0, length) });
      pending = pending.subarray(length);
    }
    this.rest[stream] = pending.slice();
    this.changed.wakeAll();
  }

  /** The process is gone: what it wrote last counts without a newline. */
  flush(): void {
    for (const stream of ["stdout", "stderr"] as const) {
      const data = this.rest[stream];
      if (data.length > 0) this.push({ stream, atNs: this.now(), data });
      this.rest[stream] = EMPTY;
    }
    this.changed.wakeAll();
  }

  /** An entry from a saved lab. */
  push(entry: LogEntry): void {
    this.kept.push(entry);
    this.bytes += entry.data.length;
    while (this.bytes > this.maxBytes && this.kept.length > 1) {
      this.bytes -= (this.kept.shift() as LogEntry).data.length;
      this.dropped += 1;
    }
  }
}

function join(one: Uint8Array, two: Uint8Array): Uint8Array {
  if (one.length === 0) return two;
  const both = new Uint8Array(one.length + two.length);
  both.set(one);
  both.set(two, one.length);
  return both;
}
