/**
 * The common shape of the everyday tools: a table of options that is at once the getopt(3)
 * specification, the `--help` text and the documentation; GNU's error texts; buffered output.
 */
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { CompletionAnswer, CompletionRequest, Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { byteString } from "./bytes.ts";
import { getopt, type GetoptSpec, type ParsedOption } from "./getopt.ts";
import { LineSource } from "./input.ts";
import { Output } from "./output.ts";
import { localiseQuotes, quoteIfNeeded } from "./quote.ts";

/** `-n, --lines=NUM`, `--color[=WHEN]`, `-v`: the flags as help shows them. */
export type OptionRow = readonly [flags: string, meaning: string];

export interface ToolSpec {
  readonly name: string;
  readonly package: string;
  readonly directory?: string;
  readonly summary: string;
  /** Command lines without the program's name, such as `[OPTION]... [FILE]...`. */
  readonly usage: readonly string[];
  /** What `--help` says between the usage and the options. */
  readonly description?: string;
  readonly options?: readonly OptionRow[];
  /** Real options that Podwire does not model, as flags: refused by name. */
  readonly unmodelled?: readonly string[];
  readonly examples?: readonly string[];
  readonly limitations?: readonly string[];
  /** Exit status of a wrong command line; 1 unless said. */
  readonly usageStatus?: number;
  /** The first operand ends the options. */
  readonly stopAtOperand?: boolean;
  /** Obsolete forms (`head -5`) put into the modern one before the options are read. */
  rewrite?(argv: readonly string[]): readonly string[];
  /** What follows the message of a wrong command line; `Try '… --help' …` unless said. */
  usageHint?(name: string): string;
  complete?(sys: Sys, request: CompletionRequest): CompletionAnswer;
  /** Returns the exit status; nothing: the tool's `status`. */
  run(tool: Tool, args: Arguments): Blocking<number | void>;
}

/** The version lines of the packages that Debian 12 ships. */
const VERSIONS: Record<string, (name: string) => string> = {
  coreutils: (name) => `${name} (GNU coreutils) 9.1`,
  grep: (name) => `${name} (GNU grep) 3.8`,
  sed: (name) => `${name} (GNU sed) 4.9`,
  findutils: (name) => `${name} (GNU findutils) 4.9.0`,
  diffutils: (name) => `${name} (GNU diffutils) 3.8`,
  procps: (name) => `${name} from procps-ng 4.0.2`,
  "util-linux": (name) => `${name} from util-linux 2.38.1`,
  psmisc: (name) => `${name} (PSmisc) 23.6`,
  "man-db": (name) => `${name} 2.11.2`,
};

/** Thrown to end a tool with a status, its message being printed. */
export class ToolExit extends Error {
  constructor(
    readonly status: number,
    /** Whole lines for standard error. */
    readonly text = "",
  ) {
    super(text);
  }
}

/** The parsed command line. An option is known by its letter, or by its long name if it has none. */
export class Arguments {
  constructor(
    /** In the order typed. */
    readonly list: readonly ParsedOption[],
    readonly operands: readonly string[],
  ) {}

  has(...names: readonly string[]): boolean {
    return this.list.some((option) => names.includes(option.name));
  }

  /** The argument of the option's last use. */
  value(name: string): string | undefined {
    return this.list.findLast((option) => option.name === name)?.value;
  }

  values(name: string): readonly string[] {
    return this.list.filter((option) => option.name === name).map((option) => option.value ?? "");
  }

  /** Which of these options was given last. */
  lastOf(...names: readonly string[]): string | undefined {
    return this.list.findLast((option) => names.includes(option.name))?.name;
  }
}

/** What help texts are made from. */
type HelpSpec = Pick<
  ToolSpec,
  "usage" | "summary" | "description" | "options" | "package" | "name"
>;

/** How a tool answers a wrong command line. */
export interface Refusal {
  readonly usageStatus?: number | undefined;
  /** What follows the message; `Try '… --help' …` unless said. */
  readonly usageHint?: ((name: string) => string) | undefined;
}

/** A running tool: its name in messages, its output, its exit status so far. */
export class Tool {
  readonly out: Output;
  status = 0;

  constructor(
    readonly sys: Sys,
    /** `argv[0]`, which starts every message. */
    readonly name: string,
    private readonly refusal: Refusal = {},
  ) {
    this.out = new Output(sys);
  }

  /** The same tool in a forked child, whose system calls are its own. */
  inChild(sys: Sys): Tool {
    return new Tool(sys, this.name, this.refusal);
  }

  /** Writes UTF-16 text to standard output. */
  *print(text: string): Blocking<void> {
    yield* this.out.write(byteString(text));
  }

  /** Writes `name: text` to standard error and makes the status at least `status`. */
  *warn(text: string, status = 1): Blocking<void> {
    this.status = Math.max(this.status, status);
    yield* this.say(`${this.name}: ${text}\n`);
  }

  /** Writes whole lines to standard error. */
  *say(text: string): Blocking<void> {
    yield* this.sys.printError(localiseQuotes(text, this.sys.env));
  }

  /** To be thrown: ends with `name: text`. */
  fail(text: string, status = 1): ToolExit {
    return new ToolExit(status, `${this.name}: ${text}\n`);
  }

  /** To be thrown for a wrong command line: the message, then where to find help. */
  usage(text: string, status = this.refusal.usageStatus ?? 1): ToolExit {
    const hint = this.refusal.usageHint ?? tryHelp;
    return new ToolExit(
      status,
      `${text === "" ? "" : `${this.name}: ${text}\n`}${hint(this.name)}`,
    );
  }

  /** To be thrown for something that the real program has and this one has not. */
  refuse(what: string): ToolExit {
    return new ToolExit(
      this.refusal.usageStatus ?? 1,
      `${this.name}: Podwire does not model ${what}\n`,
    );
  }

  /** Opens an operand for reading (`-`: standard input); undefined after a message. */
  *openInput(path: string, status = 1): Blocking<number | undefined> {
    if (path === "-") return 0;
    try {
      return this.sys.open(path, { read: true });
    } catch (error) {
      yield* this.warn(`${quoteIfNeeded(path)}: ${reason(error)}`, status);
      return undefined;
    }
  }

  closeInput(fd: number): void {
    if (fd !== 0) this.sys.close(fd);
  }

  /**
   * Runs `body` over each operand's lines in turn; a file that cannot be read is reported and
   * passed over.
   */
  *eachInput(
    operands: readonly string[],
    body: (source: LineSource, path: string) => Blocking<void>,
    delimiter = "\n",
  ): Blocking<void> {
    for (const path of operands.length === 0 ? ["-"] : operands) {
      const fd = yield* this.openInput(path);
      if (fd === undefined) continue;
      try {
        yield* body(new LineSource(this.sys, fd, delimiter), path);
      } catch (error) {
        if (!(error instanceof KernelError) || error.errno !== "EISDIR") throw error;
        yield* this.warn(`${quoteIfNeeded(path)}: Is a directory`);
      } finally {
        this.closeInput(fd);
      }
    }
  }
}

/** The words of a refused system call; anything else is a defect and goes on up. */
export function reason(error: unknown): string {
  if (error instanceof KernelError) return strerror(error.errno);
  throw error;
}

export function tryHelp(name: string): string {
  return `Try '${name} --help' for more information.\n`;
}

export function defineTool(spec: ToolSpec): Program {
  const table = optionTable(spec.options ?? []);
  const refused = optionTable((spec.unmodelled ?? []).map((flags) => [flags, ""]));
  const house = houseOf(spec);
  const refusal: Refusal = {
    usageStatus: spec.usageStatus,
    usageHint: spec.usageHint ?? ((name) => house.hint(name, spec)),
  };
  const own = (letter: string) => !table.names.has(letter) && !refused.names.has(letter);
  const help = house.shortOptions && own("h") ? "h" : "";
  const version = house.shortOptions && own("V") ? "V" : "";
  const parse: GetoptSpec = {
    short: table.short + refused.short + help + version,
    long: { ...table.long, ...refused.long, help: "none", version: "none" },
    ...(spec.stopAtOperand === undefined ? {} : { stopAtOperand: spec.stopAtOperand }),
  };

  function readArguments(tool: Tool, argv: readonly string[]): Arguments {
    const result = getopt(spec.rewrite?.(argv) ?? argv, parse);
    if (!result.ok) throw tool.usage(result.error.slice(tool.name.length + 2));
    for (const { name } of result.options) {
      if (refused.names.has(name)) {
        throw tool.refuse(`the option '${name.length === 1 ? "-" : "--"}${name}'`);
      }
    }
    return new Arguments(
      result.options.map(({ name, value }) => ({ name: table.letters.get(name) ?? name, value })),
      result.operands,
    );
  }

  return {
    name: spec.name,
    package: spec.package,
    ...(spec.directory === undefined ? {} : { directory: spec.directory }),
    docs: {
      summary: spec.summary,
      synopsis: spec.usage.map((line) => `${spec.name} ${line}`.trimEnd()).join("\n"),
      options: spec.options ?? [],
      examples: spec.examples ?? [],
      limitations: [
        ...(spec.limitations ?? []),
        ...(spec.unmodelled ? [`Not modelled: ${spec.unmodelled.join(" ")}`] : []),
      ],
    },
    ...(spec.complete ? { complete: spec.complete } : {}),
    *main(sys, argv) {
      const name = argv[0] ?? spec.name;
      return yield* runTool(new Tool(sys, name, refusal), function* (tool) {
        const args = readArguments(tool, argv.length === 0 ? [name] : argv);
        if (args.has("help") || (help !== "" && args.has(help))) {
          yield* tool.print(house.help(spec, name));
          return 0;
        }
        if (args.has("version") || (version !== "" && args.has(version))) {
          yield* tool.print(`${versionText(spec.package, spec.name)}\n`);
          return 0;
        }
        return yield* spec.run(tool, args);
      });
    },
  };
}

/** Runs a tool's body: messages of `ToolExit`, flushed output, write errors. */
export function* runTool(
  tool: Tool,
  body: (tool: Tool) => Blocking<number | void>,
): Blocking<number> {
  try {
    const status = (yield* body(tool)) ?? tool.status;
    yield* tool.out.flush();
    return status;
  } catch (error) {
    if (error instanceof ToolExit) {
      yield* tool.out.flush();
      if (error.text !== "") yield* tool.say(error.text);
      return error.status;
    }
    if (!(error instanceof KernelError)) throw error;
    const text =
      error.errno === "ENOMEM"
        ? "memory exhausted"
        : error.errno === "EPIPE" || error.errno === "ENOSPC"
          ? `write error: ${strerror(error.errno)}`
          : strerror(error.errno);
    yield* tool.sys.printError(`${tool.name}: ${text}\n`);
    return Math.max(tool.status, 1);
  }
}

export function versionText(packageName: string, name: string): string {
  return (VERSIONS[packageName] ?? (() => `${name} (${packageName})`))(name);
}

/** How a package words its help and its refusals. */
interface House {
  /** -h and -V are help and version, unless they mean something else. */
  readonly shortOptions: boolean;
  help(spec: HelpSpec, name: string): string;
  /** What follows the message of a wrong command line. */
  hint(name: string, spec: HelpSpec): string;
}

const GNU: House = { shortOptions: false, help: gnuHelp, hint: tryHelp };
const HOUSES: Readonly<Record<string, House>> = {
  "util-linux": { shortOptions: true, help: pagedHelp, hint: tryHelp },
  procps: { shortOptions: true, help: pagedHelp, hint: (name, spec) => pagedHelp(spec, name) },
  diffutils: { ...GNU, hint: (name) => `${name}: ${tryHelp(name)}` },
};

function houseOf(spec: Pick<HelpSpec, "package">): House {
  return HOUSES[spec.package] ?? GNU;
}

function gnuHelp(spec: HelpSpec, name: string): string {
  const usage = spec.usage
    .map((line, index) => `${index === 0 ? "Usage:" : "  or: "} ${name} ${line}`.trimEnd())
    .join("\n");
  const rows: readonly OptionRow[] = [
    ...(spec.options ?? []),
    ["    --help", "display this help and exit"],
    ["    --version", "output version information and exit"],
  ];
  const options = rows.map(([flags, meaning]) => {
    const shown = flags.startsWith("--") ? `    ${flags}` : flags;
    return shown.length > 24
      ? `  ${shown}\n${" ".repeat(29)}${meaning}`
      : `  ${shown.padEnd(25)}  ${meaning}`;
  });
  const about = spec.description ?? `${capitalise(spec.summary)}.`;
  return `${usage}\n${about}\n\n${options.join("\n")}\n`;
}

/** The layout of util-linux and procps. */
function pagedHelp(spec: HelpSpec, name: string): string {
  const rows: readonly OptionRow[] = [
    ...(spec.options ?? []),
    ["-h, --help", "display this help"],
    ["-V, --version", "display version"],
  ];
  const shown = rows
    .map(([flags, meaning]) => [flags.startsWith("--") ? `    ${flags}` : flags, meaning] as const)
    .filter(
      ([flags], index, all) =>
        !all
          .slice(0, index)
          .some(([one]) => one.slice(0, 2) === flags.slice(0, 2) && flags.startsWith("-")),
    );
  const width = Math.max(...shown.map(([flags]) => flags.length)) + 2;
  const options = shown.map(([flags, meaning]) => ` ${flags.padEnd(width)}${meaning}`).join("\n");
  const usage = spec.usage.map((line) => ` ${name} ${line}`.trimEnd()).join("\n");
  const about =
    spec.package === "procps" ? "" : `${spec.description ?? `${capitalise(spec.summary)}.`}\n\n`;
  return `\nUsage:\n${usage}\n\n${about}Options:\n${options}\n\nFor more details see ${spec.name}(1).\n`;
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

interface OptionTable {
  short: string;
  long: Record<string, "none" | "required" | "optional">;
  /** Long name → the letter it is known by. */
  letters: Map<string, string>;
  names: Set<string>;
}

function optionTable(rows: readonly OptionRow[]): OptionTable {
  const table: OptionTable = { short: "", long: {}, letters: new Map(), names: new Set() };
  for (const [flags] of rows) {
    const words = flags.split(/,\s*/);
    const takesArgument = /[= ]/.test(flags.replace(/,\s*/g, ",").replace(/\[=.*/, ""));
    const takes =
      flags.includes("[=") || /^-.\[/.test(flags)
        ? "optional"
        : takesArgument
          ? "required"
          : "none";
    let letter: string | undefined;
    for (const word of words) {
      if (word.startsWith("--")) {
        const name = word.slice(2).replace(/[[= ].*/, "");
        table.long[name] = takes;
        table.names.add(name);
        if (letter !== undefined) table.letters.set(name, letter);
      } else {
        const short = word.charAt(1);
        letter ??= short;
        table.letters.set(short, letter);
        table.names.add(short);
        table.short += short + { none: "", required: ":", optional: "::" }[takes];
      }
    }
  }
  return table;
}
