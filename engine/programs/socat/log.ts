import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { strftime } from "../support/calendar.ts";

/** Fatal, error, warning, notice; -d shows one more each time it is given. */
export type Level = "E" | "W" | "N";

const SHOWN_AT: Readonly<Record<Level, number>> = { E: 0, W: 1, N: 2 };

/** Ends socat with an error line and status 1. */
export class SocatError extends Error {}

/** `2024/11/09 12:00:00 socat[7] E text`, on standard error. */
export class Log {
  constructor(
    private readonly sys: Sys,
    private readonly name: string,
    /** How often -d was given. */
    private readonly verbosity: number,
  ) {}

  /** The same settings for a child process. */
  of(sys: Sys): Log {
    return new Log(sys, this.name, this.verbosity);
  }

  *line(level: Level, text: string): Blocking<void> {
    if (this.verbosity < SHOWN_AT[level]) return;
    const stamp = strftime("%Y/%m/%d %H:%M:%S", Math.floor(this.sys.realtimeSeconds()));
    yield* this.sys.printError(`${stamp} ${this.name}[${this.sys.pid}] ${level} ${text}\n`);
  }
}
