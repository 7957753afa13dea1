/** nginx's logs: where they go, and how their lines begin. */
import { errnoNumber, KernelError, strerror } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { encodeUtf8 } from "../../sim/utf8.ts";
import { strftime } from "../support/calendar.ts";
import { LOG_LEVELS, type Config, type LogLevel } from "./config.ts";
import { ConfigError } from "./syntax.ts";

/** A log that nobody rotates must not fill the disk. */
const MAX_LOG_BYTES = 8 << 20;

/** Path → open descriptor, the error log's among them. */
export type LogFiles = ReadonlyMap<string, number>;

/** Where descriptors of logs begin, so that they do not get in the way of what is inherited. */
const FIRST_LOG_FD = 20;

/** ConfigError: a log cannot be opened. */
export function openLogs(sys: Sys, config: Config): LogFiles {
  const paths = new Set([config.errorLog.path]);
  for (const { serving, locations } of config.servers) {
    for (const each of [serving, ...locations.map((location) => location.serving)]) {
      for (const log of each.accessLogs) paths.add(log.path);
    }
  }
  const files = new Map<string, number>();
  for (const path of paths) {
    try {
      const opened = sys.open(path, { write: true, create: true, append: true }, 0o644);
      files.set(path, sys.dup(opened, { from: FIRST_LOG_FD }));
      sys.close(opened);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      throw new ConfigError(
        `open() "${path}" failed (${errnoNumber(error.errno)}: ${strerror(error.errno)})`,
      );
    }
  }
  return files;
}

export class Log {
  constructor(
    private readonly sys: Sys,
    private readonly config: Config,
    readonly files: LogFiles,
  ) {}

  /** A line of the error log, if its level is wanted there. */
  *error(level: LogLevel, text: string): Blocking<void> {
    const { path, level: limit } = this.config.errorLog;
    if (LOG_LEVELS.indexOf(level) > LOG_LEVELS.indexOf(limit)) return;
    const time = strftime("%Y/%m/%d %H:%M:%S", this.sys.realtimeSeconds());
    const { pid } = this.sys;
    yield* this.write(path, `${time} [${level}] ${pid}#${pid}: ${text}\n`);
  }

  /** The same, and on standard error as while nginx starts. */
  *startup(level: LogLevel, text: string): Blocking<void> {
    yield* this.error(level, text);
    yield* this.sys.printError(`nginx: [${level}] ${text}\n`);
  }

  *write(path: string, line: string): Blocking<void> {
    const fd = this.files.get(path);
    if (fd === undefined) return;
    try {
      if (this.sys.fstat(fd).sizeBytes < MAX_LOG_BYTES) yield* this.sys.write(fd, encodeUtf8(line));
    } catch (error) {
      // A web server goes on when its log cannot be written.
      if (!(error instanceof KernelError)) throw error;
    }
  }
}
