/** What every object of `ip` and `bridge` works with. */
import { KernelError, strerror } from "../../../kernel/errno.ts";
import type { Sys } from "../../../kernel/process/sys.ts";
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import type { LinkMessage, Rtnetlink } from "../../../kernel/rtnetlink/messages.ts";
import { Exit, noSuchDevice, type Args } from "./args.ts";
import type { Family } from "./address.ts";
import { Printer } from "./printer.ts";

export interface Options {
  family: Family;
  brief: boolean;
  details: boolean;
  /** How often `-s` was given. */
  statistics: number;
  json: boolean;
  pretty: boolean;
  oneline: boolean;
  numeric: boolean;
  /** `-h`: numbers with a prefix of powers of 1000; with `-iec` of 1024. */
  humanBase: 1000 | 1024 | undefined;
  all: boolean;
  timestamp: "none" | "long" | "short";
  coloured: boolean;
}

export function defaultOptions(): Options {
  return {
    family: "any",
    brief: false,
    details: false,
    statistics: 0,
    json: false,
    pretty: false,
    oneline: false,
    numeric: false,
    humanBase: undefined,
    all: false,
    timestamp: "none",
    coloured: false,
  };
}

export class Context {
  /** Warnings for standard error, in order. */
  errors = "";

  constructor(
    readonly sys: Sys,
    readonly options: Options,
    /** `ip` or `bridge`, which starts refusals. */
    readonly program: string,
  ) {}

  get kernel(): Rtnetlink {
    return this.sys.rtnetlink;
  }

  printer(): Printer {
    const { json, pretty, oneline, coloured } = this.options;
    return new Printer(json, pretty, oneline, coloured && !json);
  }

  warn(text: string): void {
    this.errors += text;
  }

  /** The device, or `Cannot find device "…"`. */
  device(name: string): LinkMessage {
    const link = this.kernel.link(name) ?? this.byIndexName(name);
    if (!link) throw noSuchDevice(name);
    return link;
  }

  /** A device's name by its index; `if7` when this namespace has none. */
  deviceName(ifindex: number): string {
    return this.kernel.link(ifindex)?.name ?? `if${ifindex}`;
  }

  /** ll_name_to_index takes `if7` for the device numbered 7. */
  private byIndexName(name: string): LinkMessage | undefined {
    const match = /^if(\d+)$/.exec(name);
    return match ? this.kernel.link(Number(match[1])) : undefined;
  }
}

/** A subcommand's text for standard output; undefined: the status is 0 and all is said. */
export type Command = (context: Context, args: Args) => string | Blocking<number>;

/** Commands that only print are functions; those that block or exec are generators. */
export function* runCommand(
  context: Context,
  command: () => ReturnType<Command>,
): Blocking<number> {
  try {
    const result = command();
    if (typeof result !== "string") return yield* result;
    if (context.errors !== "") yield* context.sys.printError(context.errors);
    if (result !== "") yield* context.sys.print(result);
    return 0;
  } catch (error) {
    const exit = toExit(error);
    const text = context.errors + exit.text;
    if (text !== "") yield* context.sys.printError(text);
    if (exit.output !== "") yield* context.sys.print(exit.output);
    return exit.code;
  } finally {
    context.errors = "";
  }
}

/** What libnetlink prints of a refusal; the status is 2 unless the command says otherwise. */
export function toExit(error: unknown, code = 2): Exit {
  if (error instanceof Exit) return error;
  if (!(error instanceof KernelError)) throw error;
  return new Exit(code, netlinkError(error));
}

export function netlinkError(error: KernelError): string {
  if (error.extack === undefined || error.extack === "") {
    return `RTNETLINK answers: ${strerror(error.errno)}\n`;
  }
  return `Error: ${error.extack}${error.extack.endsWith(".") ? "" : "."}\n`;
}

/** Runs a request whose refusal ends the program with another status than 2. */
export function withStatus<T>(code: number, request: () => T): T {
  try {
    return request();
  } catch (error) {
    throw toExit(error, code);
  }
}
