/** Where Wget writes what it does: standard error or the file of -o. */
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { encodeUtf8 } from "../../sim/utf8.ts";
import { strftime } from "../support/calendar.ts";
import type { WgetOptions } from "./options.ts";

export class Log {
  private readonly isQuiet: boolean;
  readonly isVerbose: boolean;
  private readonly fd: number;

  constructor(
    readonly sys: Sys,
    options: WgetOptions,
  ) {
    const { switches, values } = options;
    this.isQuiet = switches.has("quiet");
    this.isVerbose = !this.isQuiet && !switches.has("no-verbose");
    const file = values.get("output-file");
    this.fd =
      file === undefined || file === "-"
        ? 2
        : sys.open(file, { write: true, create: true, truncate: true }, 0o644);
  }

  get isTerminal(): boolean {
    return this.sys.isatty(this.fd);
  }

  get columns(): number {
    return this.sys.windowSize(this.fd).columns;
  }

  /** Unless -q or -nv. */
  *verbose(text: string): Blocking<void> {
    if (this.isVerbose) yield* this.always(text);
  }

  /** With -nv only. */
  *brief(text: string): Blocking<void> {
    if (!this.isVerbose && !this.isQuiet) yield* this.always(text);
  }

  /** Unless -q. */
  *notice(text: string): Blocking<void> {
    if (!this.isQuiet) yield* this.always(text);
  }

  *always(text: string): Blocking<void> {
    yield* this.sys.write(this.fd, encodeUtf8(text));
  }

  /** `2026-11-24 01:20:44` */
  get now(): string {
    return strftime("%F %T", this.sys.realtimeSeconds());
  }

  /** gnulib's quotes: typographic ones where the locale has them. */
  quote(text: string): string {
    const { env } = this.sys;
    const locale = env.get("LC_ALL") || env.get("LC_CTYPE") || env.get("LANG") || "C";
    return /utf-?8$/i.test(locale) ? `\u2018${text}\u2019` : `'${text}'`;
  }
}
