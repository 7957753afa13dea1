import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { execFailure, exitStatus, isErrno, spawnCommand } from "../support/command.ts";
import { LineSource } from "../support/input.ts";
import { decodeUtf8 } from "../../sim/utf8.ts";
import { stringToBytes } from "../support/bytes.ts";
import { quoteIfNeeded } from "../support/quote.ts";
import { defineTool, reason, ToolExit, type Arguments, type Tool } from "../support/tool.ts";

const MAX_COMMAND_BYTES = 128 * 1024;

/** An argument, and whether a line ended after it (for -L). */
interface Item {
  readonly text: string;
  readonly endsLine: boolean;
}

export const xargs = defineTool({
  name: "xargs",
  package: "findutils",
  summary: "build and execute command lines from standard input",
  usage: ["[OPTION]... COMMAND [INITIAL-ARGS]..."],
  description: "Run COMMAND with arguments INITIAL-ARGS and more arguments read from input.",
  stopAtOperand: true,
  options: [
    ["-0, --null", "items are separated by a null, not whitespace"],
    ["-a, --arg-file=FILE", "read arguments from FILE, not standard input"],
    ["-d, --delimiter=CHARACTER", "items in input stream are separated by CHARACTER"],
    ["-E END", "set logical EOF string"],
    ["-I R", "replace R in INITIAL-ARGS with names read from standard input"],
    ["-i[R], --replace[=R]", "like -I; R is {} unless given"],
    ["-L, --max-lines=MAX-LINES", "use at most MAX-LINES non-blank input lines per command line"],
    ["-n, --max-args=MAX-ARGS", "use at most MAX-ARGS arguments per command line"],
    ["-P, --max-procs=MAX-PROCS", "run at most MAX-PROCS processes at a time"],
    ["-r, --no-run-if-empty", "if there are no arguments, then do not run COMMAND"],
    ["-s, --max-chars=MAX-CHARS", "limit length of command line to MAX-CHARS"],
    ["-t, --verbose", "print commands before executing them"],
    ["-x, --exit", "exit if the size (see -s) is exceeded"],
  ],
  unmodelled: [
    "-e[END]",
    "--eof[=END]",
    "-l[MAX-LINES]",
    "-o",
    "--open-tty",
    "-p",
    "--interactive",
    "--process-slot-var=VAR",
    "--show-limits",
  ],
  examples: ["seq 3 | xargs -n1 echo", "find . -name '*.tmp' -print0 | xargs -0 rm"],
  *run(tool, args) {
    const { sys } = tool;
    const path = args.value("a");
    let fd = 0;
    if (path !== undefined) {
      try {
        fd = sys.open(path, { read: true });
      } catch (error) {
        throw tool.fail(`Cannot open input file ${quoteIfNeeded(path)}: ${reason(error)}`);
      }
    }
    const runner = new Runner(tool, args);
    for (const item of yield* readItems(tool, args, fd)) {
      yield* runner.add(item);
    }
    yield* runner.end();
  },
});

function* readItems(tool: Tool, args: Arguments, fd: number): Blocking<readonly Item[]> {
  const items: Item[] = [];
  const mode = args.lastOf("0", "d", "I", "i");
  const delimiter =
    mode === "0" ? "\0" : mode === "d" ? readDelimiter(tool, args.value("d") ?? "") : "\n";
  const source = new LineSource(tool.sys, fd, delimiter);
  const end = args.value("E");
  let joined = "";
  for (let line = yield* source.next(); line !== undefined; line = yield* source.next()) {
    if (mode === "0" || mode === "d") {
      items.push({ text: line, endsLine: true });
      continue;
    }
    const words = splitWords(tool, joined + line, args.has("I", "i"));
    if (words === undefined) {
      // A backslash before the newline: the item goes on.
      joined += `${line}\n`;
      continue;
    }
    joined = "";
    // A blank at the end of a line continues it for -L.
    const open = /[ \t]$/.test(line);
    for (const [index, text] of words.entries()) {
      if (end !== undefined && text === end) return items;
      items.push({ text, endsLine: index === words.length - 1 && !open });
    }
  }
  return items;
}

function readDelimiter(tool: Tool, text: string): string {
  const escapes: Record<string, string> = {
    "\\n": "\n",
    "\\t": "\t",
    "\\0": "\0",
    "\\\\": "\\",
    "\\r": "\r",
  };
  const char = escapes[text] ?? text;
  if (char.length !== 1) {
    throw tool.fail(
      `Invalid input delimiter specification ${text}: the delimiter must be either a single character or an escape sequence starting with \\.`,
    );
  }
  return char;
}

/** Blanks separate, quotes and backslashes protect; with -I a line is one item. */
function splitWords(tool: Tool, line: string, whole: boolean): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const char = line[at] as string;
    if (char === "'" || char === '"') {
      const close = line.indexOf(char, at + 1);
      if (close < 0) {
        const kind = char === "'" ? "single" : "double";
        throw tool.fail(
          `unmatched ${kind} quote; by default quotes are special to xargs unless you use the -0 option`,
        );
      }
      word = (word ?? "") + line.slice(at + 1, close);
      at = close;
    } else if (char === "\\") {
      at += 1;
      if (at >= line.length) return undefined;
      word = (word ?? "") + line[at];
    } else if (/[ \t\v\f\r]/.test(char) && (!whole || word === undefined)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + char;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

class Runner {
  private held: string[] = [];
  private bytes = 0;
  private lines = 0;
  private ran = false;
  private readonly command: readonly string[];
  private readonly replace: string | undefined;
  private readonly maxArgs: number;
  private readonly maxLines: number;
  private readonly maxBytes: number;
  /** -P: how many commands run at the same time. */
  private readonly maxProcesses: number;
  private readonly running = new Map<number, string>();

  constructor(
    private readonly tool: Tool,
    private readonly args: Arguments,
  ) {
    this.command = args.operands.length === 0 ? ["echo"] : args.operands;
    const last = args.lastOf("I", "i", "n", "L");
    const replacing = args.lastOf("I", "i");
    this.replace =
      replacing === undefined || last === "L" || (last === "n" && args.value("n") !== "1")
        ? undefined
        : (args.value(replacing) ?? "{}");
    this.maxArgs = this.number("n");
    this.maxLines = this.number("L");
    this.maxProcesses = args.has("P") ? this.processes() : 1;
    this.maxBytes = Math.min(this.number("s"), MAX_COMMAND_BYTES);
  }

  /** 0: as many as there are. */
  private processes(): number {
    const text = this.args.value("P") ?? "";
    if (!/^\d+$/.test(text)) throw this.tool.usage(`invalid number "${text}" for -P option`);
    return Number(text) || Infinity;
  }

  private number(name: string): number {
    const text = this.args.value(name);
    if (text === undefined) return Infinity;
    if (!/^\d+$/.test(text)) throw this.tool.usage(`invalid number "${text}" for -${name} option`);
    if (Number(text) < 1) throw this.tool.usage(`value ${text} for -${name} option should be >= 1`);
    return Number(text);
  }

  *add(item: Item): Blocking<void> {
    const text = decodeUtf8(stringToBytes(item.text));
    if (this.replace !== undefined) {
      const { replace } = this;
      const [program = "", ...rest] = this.command;
      yield* this.run([program, ...rest.map((word) => word.replaceAll(replace, text))]);
      return;
    }
    const fixed = this.command.reduce((sum, word) => sum + word.length + 1, 0);
    if (this.held.length > 0 && fixed + this.bytes + item.text.length + 1 > this.maxBytes)
      yield* this.flush();
    this.held.push(text);
    this.bytes += item.text.length + 1;
    if (item.endsLine) this.lines += 1;
    if (this.held.length >= this.maxArgs || this.lines >= this.maxLines) yield* this.flush();
  }

  *end(): Blocking<void> {
    yield* this.last();
    while (this.running.size > 0) yield* this.reap();
  }

  private *last(): Blocking<void> {
    const wanted =
      this.held.length > 0 || (!this.ran && !this.args.has("r") && this.replace === undefined);
    if (wanted) yield* this.flush();
  }

  private *flush(): Blocking<void> {
    const argv = [...this.command, ...this.held];
    this.held = [];
    this.bytes = 0;
    this.lines = 0;
    yield* this.run(argv);
  }

  private *run(argv: readonly string[]): Blocking<void> {
    const { tool } = this;
    this.ran = true;
    if (this.args.has("t")) yield* tool.sys.printError(`${argv.map(quoteIfNeeded).join(" ")}\n`);
    const name = argv[0] ?? "";
    // The command must not eat the list: its standard input is /dev/null.
    const input = tool.sys.open("/dev/null", { read: true });
    try {
      const pid = spawnCommand(tool.sys, argv, {
        descriptors: new Map([
          [0, input],
          [1, 1],
          [2, 2],
        ]),
      });
      this.running.set(pid, name);
    } catch (error) {
      if (!isErrno(error)) throw error;
      throw tool.fail(`${name}: ${reason(error)}`, execFailure(error.errno));
    } finally {
      tool.sys.close(input);
    }
    while (this.running.size >= this.maxProcesses) yield* this.reap();
  }

  /** Waits for one of the commands that run. */
  private *reap(): Blocking<void> {
    const { tool } = this;
    const ended = yield* tool.sys.waitpid(-1);
    if (!ended) return;
    const name = this.running.get(ended.pid) ?? "";
    this.running.delete(ended.pid);
    const status = exitStatus(ended);
    if (status === 255) throw tool.fail(`${name}: exited with status 255; aborting`, 124);
    if (status > 128)
      throw new ToolExit(125, `${tool.name}: ${name}: terminated by signal ${status - 128}\n`);
    if (status !== 0) tool.status = 123;
  }
}
