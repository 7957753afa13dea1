/** `docker logs`: a log as a stream of frames. */
import { encodeUtf8 } from "../../sim/utf8.ts";
import type { Readiness } from "../../kernel/fs/open-file.ts";
import type { WaitQueue } from "../../kernel/process/wait-queue.ts";
import type { LogsOptions } from "../api/container.ts";
import { encodeFrame, type HijackedStream } from "../api/streams.ts";
import type { Clock } from "../daemon/instant.ts";
import type { ContainerLog, LogEntry } from "./log.ts";
import { EMPTY, StreamFile } from "./stream-file.ts";

export interface LogSource {
  readonly log: ContainerLog;
  readonly isRaw: boolean;
  /** Nothing more will come. */
  hasEnded(): boolean;
}

export function logStream(source: LogSource, options: LogsOptions, clock: Clock): HijackedStream {
  const file = new LogFile(source, options, clock);
  return { file, isRaw: source.isRaw, closeWrite: () => {} };
}

class LogFile extends StreamFile {
  private next: number;
  private rest: Uint8Array = EMPTY;
  private readonly sinceNs: number;
  private readonly untilNs: number;

  constructor(
    private readonly source: LogSource,
    private readonly options: LogsOptions,
    private readonly clock: Clock,
  ) {
    super();
    const { since, until, tail } = options;
    this.sinceNs = since === undefined ? -Infinity : clock.fromUnixSeconds(since);
    this.untilNs = until === undefined ? Infinity : clock.fromUnixSeconds(until);
    this.next = tail === undefined ? 0 : this.firstOfLast(tail);
  }

  get changed(): WaitQueue {
    return this.source.log.changed;
  }

  /** The driver counts lines of both streams, whichever are asked for. */
  private firstOfLast(tail: number): number {
    return Math.max(0, this.source.log.end - tail);
  }

  read(max: number): Uint8Array | undefined {
    if (this.rest.length === 0) {
      const frame = this.take();
      if (frame === undefined) return undefined;
      this.rest = frame;
    }
    const part = this.rest.subarray(0, max);
    this.rest = this.rest.subarray(part.length);
    return part;
  }

  private take(): Uint8Array | undefined {
    const entry = this.advance();
    if (entry) {
      this.next += 1;
      const data = this.dated(entry);
      return this.source.isRaw ? data : encodeFrame({ stream: entry.stream, data });
    }
    const isOver = this.options.follow !== true || this.source.hasEnded() || this.isPast;
    return isOver ? EMPTY : undefined;
  }

  private get isPast(): boolean {
    return this.clock.nowNs > this.untilNs;
  }

  /** Skips what is not wanted. */
  private advance(): LogEntry | undefined {
    for (;;) {
      const found = this.source.log.at(this.next);
      if (!found) return undefined;
      this.next = found.number;
      const { entry } = found;
      const isWanted =
        this.options[entry.stream] && entry.atNs >= this.sinceNs && entry.atNs <= this.untilNs;
      if (isWanted) return entry;
      this.next += 1;
    }
  }

  private dated({ atNs, data }: LogEntry): Uint8Array {
    const { timestamps, details } = this.options;
    if (!timestamps && !details) return data;
    const time = timestamps ? `${this.clock.logTime(atNs)} ` : "";
    const stamp = encodeUtf8(`${time}${details ? " " : ""}`);
    const dated = new Uint8Array(stamp.length + data.length);
    dated.set(stamp);
    dated.set(data, stamp.length);
    return dated;
  }

  readiness(): Readiness {
    const isOver = this.options.follow !== true || this.source.hasEnded();
    const hasMore = this.rest.length > 0 || this.advance() !== undefined;
    return { in: hasMore, out: false, hangup: !hasMore && isOver, error: false };
  }
}
