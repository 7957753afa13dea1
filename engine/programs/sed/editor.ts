/** Runs a sed script over the input. */
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { byteString } from "../support/bytes.ts";
import { isErrno } from "../support/command.ts";
import { LineSource } from "../support/input.ts";
import { Output } from "../support/output.ts";
import { TooComplexError, type Match, type Regex } from "../support/regex.ts";
import { reason, type Tool } from "../support/tool.ts";
import type { InputStream } from "./input-stream.ts";
import type {
  Address,
  Command,
  EndAddress,
  Pattern,
  ReplacementPart,
  Substitution,
} from "./script.ts";

export interface EditorOptions {
  readonly quiet: boolean;
  readonly delimiter: string;
  /** -i, -s: line numbers and ranges begin anew with each file. */
  readonly separate: boolean;
  readonly unbuffered: boolean;
  /** Width of `l`. */
  readonly width: number;
}

/** What a spaces may grow to; beyond it there is no memory. */
const MAX_SPACE = 16 * 1024 * 1024;
const STEPS_BETWEEN_YIELDS = 32;

type Flow = "next" | "delete" | "restart" | "quit";

export class Editor {
  private space = "";
  private hold = "";
  private line = 0;
  private replaced = false;
  private exitCode = 0;
  private missingNewline = false;
  private lastRegex: Regex | undefined;
  /** Written when the cycle ends: text of `a`, files of `r` and `R`. */
  private appended: (() => Blocking<void>)[] = [];
  private readonly ranges = new Map<Command, number>();
  private readonly files = new Map<string, Output>();
  private readonly readers = new Map<string, LineSource | undefined>();
  private steps = 0;

  constructor(
    private readonly tool: Tool,
    private readonly commands: readonly Command[],
    private readonly input: InputStream,
    private readonly options: EditorOptions,
    /** Where the result goes: standard output, or the file edited in place. */
    public out: Output,
  ) {}

  fileStarted(): void {
    if (this.options.separate) {
      this.line = 0;
      this.ranges.clear();
    }
  }

  *run(): Blocking<number> {
    let restart = false;
    for (;;) {
      if (!restart) {
        const line = yield* this.input.next();
        if (line === undefined) break;
        this.take(line);
      }
      const flow = yield* this.cycle();
      restart = flow === "restart";
      if (flow === "next" || (flow === "quit" && this.exitCode >= 0)) {
        if (!this.options.quiet) yield* this.print(this.space);
      }
      yield* this.endCycle();
      if (flow === "quit") break;
    }
    for (const output of this.files.values()) yield* output.flush();
    return this.exitCode < 0 ? -this.exitCode - 1 : this.exitCode;
  }

  private take(line: string): void {
    this.space = line;
    this.line += 1;
    // Only an N or D restart keeps the flag of `t`.
    this.replaced = false;
  }

  private *endCycle(): Blocking<void> {
    const { appended } = this;
    this.appended = [];
    for (const write of appended) yield* write();
    if (this.options.unbuffered) yield* this.out.flush();
  }

  /** A line and its newline, which the input's last line may lack. */
  private *print(text: string): Blocking<void> {
    yield* this.emit(this.out, text, this.input.terminated);
  }

  private *emit(out: Output, text: string, terminated: boolean): Blocking<void> {
    const main = out === this.out;
    const before = main && this.missingNewline ? this.options.delimiter : "";
    yield* out.write(before + text + (terminated ? this.options.delimiter : ""));
    if (main) this.missingNewline = !terminated;
  }

  /** Text that is written as it is, after a newline that may be owed. */
  private *raw(text: string): Blocking<void> {
    yield* this.out.write((this.missingNewline ? this.options.delimiter : "") + text);
    this.missingNewline = false;
  }

  private *cycle(): Blocking<Flow> {
    const { commands } = this;
    for (let at = 0; at < commands.length;) {
      if (++this.steps % STEPS_BETWEEN_YIELDS === 0) yield* this.tool.sys.yieldCpu();
      const command = commands[at] as Command;
      const selected = (yield* this.selects(command)) !== command.negated;
      if (!selected) {
        at = command.name === "{" ? command.target : at + 1;
        continue;
      }
      const result = yield* this.execute(command);
      if (typeof result === "number") at = result;
      else if (result === undefined) at += 1;
      else return result;
    }
    return "next";
  }

  private *execute(command: Command): Blocking<Flow | number | undefined> {
    switch (command.name) {
      case "{":
      case ":":
      case "v":
        return undefined;
      case "=":
        yield* this.raw(`${this.line}\n`);
        return undefined;
      case "a":
        this.appended.push(() => this.raw(command.text));
        return undefined;
      case "i":
        yield* this.raw(command.text);
        return undefined;
      case "c":
        return yield* this.change(command);
      case "b":
        return command.target;
      case "t":
      case "T": {
        const jump = this.replaced === (command.name === "t");
        this.replaced = false;
        return jump ? command.target : undefined;
      }
      case "d":
        return "delete";
      case "D": {
        const end = this.space.indexOf("\n");
        if (end < 0) return "delete";
        this.space = this.space.slice(end + 1);
        return "restart";
      }
      case "F":
        yield* this.raw(`${byteString(this.input.path)}\n`);
        return undefined;
      case "g":
        this.space = this.hold;
        return undefined;
      case "G":
        this.space = this.grow(`${this.space}\n${this.hold}`);
        return undefined;
      case "h":
        this.hold = this.space;
        return undefined;
      case "H":
        this.hold = this.grow(`${this.hold}\n${this.space}`);
        return undefined;
      case "x":
        [this.space, this.hold] = [this.hold, this.space];
        return undefined;
      case "l":
        yield* this.raw(
          unambiguous(this.space, command.text === "" ? this.options.width : Number(command.text)),
        );
        return undefined;
      case "n":
        return yield* this.nextLine();
      case "N":
        return yield* this.appendLine();
      case "p":
        yield* this.print(this.space);
        return undefined;
      case "P":
        yield* this.emit(this.out, this.space.split("\n", 1)[0] ?? "", true);
        return undefined;
      case "q":
        this.exitCode = Number(command.text || 0);
        return "quit";
      case "Q":
        this.exitCode = -Number(command.text || 0) - 1;
        return "quit";
      case "r":
        this.appended.push(() => this.appendFile(command.text));
        return undefined;
      case "R":
        yield* this.queueLine(command.text);
        return undefined;
      case "s":
        yield* this.substitute(command.substitution as Substitution);
        return undefined;
      case "w":
        yield* this.emit(yield* this.file(command.text), this.space, true);
        return undefined;
      case "W":
        yield* this.emit(yield* this.file(command.text), this.space.split("\n", 1)[0] ?? "", true);
        return undefined;
      case "y": {
        const map = command.map as ReadonlyMap<string, string>;
        this.space = [...this.space].map((char) => map.get(char) ?? char).join("");
        return undefined;
      }
      case "z":
        this.space = "";
        return undefined;
      default:
        throw new Error(`sed: no such command: ${command.name}`);
    }
  }

  private grow(text: string): string {
    if (text.length > MAX_SPACE) throw this.tool.fail("couldn't re-allocate memory", 4);
    return text;
  }

  /** The text once, at the end of a range. */
  private *change(command: Command): Blocking<Flow> {
    const inRange = command.to !== undefined && !command.negated;
    if (!inRange || !this.ranges.has(command)) yield* this.raw(command.text);
    return "delete";
  }

  private *nextLine(): Blocking<Flow | undefined> {
    if (yield* this.input.isLast()) return "quit";
    if (!this.options.quiet) yield* this.print(this.space);
    yield* this.endCycle();
    const line = yield* this.input.next();
    if (line === undefined) return "quit";
    this.space = line;
    this.line += 1;
    return undefined;
  }

  private *appendLine(): Blocking<Flow | undefined> {
    // GNU sed prints the pattern space when there is no next line.
    if (yield* this.input.isLast()) return "quit";
    yield* this.endCycle();
    const line = yield* this.input.next();
    if (line === undefined) return "quit";
    this.space = this.grow(`${this.space}\n${line}`);
    this.line += 1;
    return undefined;
  }

  private *appendFile(path: string): Blocking<void> {
    const { sys } = this.tool;
    let fd: number;
    try {
      fd = path === "/dev/stdin" ? 0 : sys.open(path, { read: true });
    } catch (error) {
      // A file that cannot be read is as good as an empty one.
      if (isErrno(error)) return;
      throw error;
    }
    const source = new LineSource(sys, fd);
    for (let line = yield* source.next(); line !== undefined; line = yield* source.next()) {
      yield* this.raw(line + (source.terminated ? "\n" : ""));
      this.missingNewline = !source.terminated;
    }
    if (fd !== 0) sys.close(fd);
  }

  private *queueLine(path: string): Blocking<void> {
    const { sys } = this.tool;
    if (!this.readers.has(path)) {
      try {
        this.readers.set(
          path,
          new LineSource(sys, path === "/dev/stdin" ? 0 : sys.open(path, { read: true })),
        );
      } catch (error) {
        if (!isErrno(error)) throw error;
        this.readers.set(path, undefined);
      }
    }
    const line = yield* this.readers.get(path)?.next() ?? none();
    if (line !== undefined) this.appended.push(() => this.emit(this.out, line, true));
  }

  private *file(path: string): Blocking<Output> {
    if (path === "/dev/stdout") return this.out;
    let output = this.files.get(path);
    if (!output) output = this.openFile(path);
    return output;
  }

  /** Opened before the first line, as files of `w` are made even if nothing is written. */
  openFile(path: string): Output {
    try {
      const fd =
        path === "/dev/stderr"
          ? 2
          : this.tool.sys.open(path, { write: true, create: true, truncate: true }, 0o666);
      const output = new Output(this.tool.sys, fd);
      output.buffering = "line";
      this.files.set(path, output);
      return output;
    } catch (error) {
      throw this.tool.fail(`couldn't open file ${path}: ${reason(error)}`, 4);
    }
  }

  // ---------------------------------------------------------------- addresses

  private *selects(command: Command): Blocking<boolean> {
    const { from, to } = command;
    if (!from) return true;
    if (!to) return yield* this.matches(from);
    const active = this.ranges.get(command);
    if (active === undefined) {
      const fromZero = from.kind === "line" && from.line === 0;
      if (fromZero ? this.line !== 1 : !(yield* this.matches(from))) return false;
      const end = this.rangeEnd(to);
      // `0,/re/` may end on the first line; otherwise the end is looked for from the next on.
      if (fromZero && (yield* this.matches(to as Address))) return true;
      if (end > this.line) this.ranges.set(command, end);
      return true;
    }
    if (to.kind === "line" && this.line > to.line) {
      this.ranges.delete(command);
      return yield* this.matches(from);
    }
    const ended =
      active !== Infinity
        ? this.line >= active
        : to.kind === "last"
          ? yield* this.input.isLast()
          : to.kind === "pattern" && (yield* this.matches(to));
    if (ended) this.ranges.delete(command);
    return true;
  }

  /** The line at which a range that begins here ends; Infinity: something else decides. */
  private rangeEnd(to: EndAddress): number {
    switch (to.kind) {
      case "line":
        return to.line;
      case "plus":
        return this.line + to.lines;
      case "multiple":
        return to.of === 0 ? this.line : Math.ceil(this.line / to.of) * to.of;
      default:
        return Infinity;
    }
  }

  private *matches(address: Address | EndAddress): Blocking<boolean> {
    switch (address.kind) {
      case "line":
        return this.line === address.line;
      case "last":
        return yield* this.input.isLast();
      case "step":
        return address.step === 0
          ? this.line === address.first
          : this.line >= address.first && (this.line - address.first) % address.step === 0;
      case "pattern":
        return this.find(address.pattern, 0) !== undefined;
      default:
        return false;
    }
  }

  private find(pattern: Pattern, from: number): Match | undefined {
    const regex = pattern.regex ?? this.lastRegex;
    if (!regex) throw this.tool.fail("no previous regular expression");
    this.lastRegex = regex;
    try {
      return regex.exec(this.space, from);
    } catch (error) {
      if (error instanceof TooComplexError) throw this.tool.fail(error.message);
      throw error;
    }
  }

  // ---------------------------------------------------------------- s

  private *substitute(command: Substitution): Blocking<void> {
    const { space } = this;
    let out = "";
    let copied = 0;
    let count = 0;
    let changed = false;
    for (let at = 0; at <= space.length;) {
      const match = this.find(command.pattern, at);
      if (!match) break;
      // An empty match right after the last one is none.
      const empty = match.start === match.end;
      if (!(empty && match.start === copied && count > 0)) {
        count += 1;
        if (count >= command.nth) {
          out += space.slice(copied, match.start) + expand(command.replacement, match);
          copied = match.end;
          changed = true;
          this.grow(out);
          if (!command.global) break;
        } else {
          out += space.slice(copied, match.end);
          copied = match.end;
        }
      }
      at = empty ? match.end + 1 : match.end;
      if (count % STEPS_BETWEEN_YIELDS === 0) yield* this.tool.sys.yieldCpu();
    }
    if (!changed) return;
    this.space = out + space.slice(copied);
    this.replaced = true;
    if (command.print > 0) yield* this.print(this.space);
    if (command.writeTo !== undefined) {
      yield* this.emit(yield* this.file(command.writeTo), this.space, true);
    }
  }
}

function* none(): Blocking<undefined> {}

function expand(parts: readonly ReplacementPart[], match: Match): string {
  let out = "";
  let mode: "U" | "L" | undefined;
  let once: "u" | "l" | undefined;
  for (const part of parts) {
    if (part.kind === "case") {
      if (part.to === "u" || part.to === "l") once = part.to;
      else {
        mode = part.to === "E" ? undefined : part.to;
        once = undefined;
      }
      continue;
    }
    let text = part.kind === "text" ? part.text : (match.group(part.index) ?? "");
    if (text === "") continue;
    if (mode) text = changeCase(text, mode);
    if (once) {
      text = changeCase(text.charAt(0), once === "u" ? "U" : "L") + text.slice(1);
      once = undefined;
    }
    out += text;
  }
  return out;
}

function changeCase(text: string, to: "U" | "L"): string {
  return to === "U"
    ? text.replace(/[a-z]/g, (char) => char.toUpperCase())
    : text.replace(/[A-Z]/g, (char) => char.toLowerCase());
}

const LIST_ESCAPES: Record<string, string> = {
  "\\": "\\\\",
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};

/** What `l` prints: escapes, lines folded with a backslash, `$` at the end. */
function unambiguous(text: string, width: number): string {
  const limit = width > 1 ? width - 1 : Infinity;
  let out = "";
  let column = 0;
  for (const char of text) {
    const printable = char >= " " && char < "\x7f";
    const shown =
      LIST_ESCAPES[char] ??
      (printable ? char : `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`);
    if (column + shown.length > limit) {
      out += "\\\n";
      column = 0;
    }
    out += shown;
    column += shown.length;
  }
  return `${out}$\n`;
}
