import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { isErrno } from "../support/command.ts";
import { LineSource } from "../support/input.ts";
import { quoteIfNeeded } from "../support/quote.ts";
import { defineTool, type Tool } from "../support/tool.ts";

interface Style {
  readonly number: "none" | "all" | "nonblank";
  readonly squeeze: boolean;
  readonly ends: boolean;
  readonly tabs: boolean;
  readonly nonprinting: boolean;
}

export const cat = defineTool({
  name: "cat",
  package: "coreutils",
  summary: "concatenate files and print on the standard output",
  usage: ["[OPTION]... [FILE]..."],
  description:
    "Concatenate FILE(s) to standard output.\n\nWith no FILE, or when FILE is -, read standard input.",
  options: [
    ["-A, --show-all", "equivalent to -vET"],
    ["-b, --number-nonblank", "number nonempty output lines, overrides -n"],
    ["-e", "equivalent to -vE"],
    ["-E, --show-ends", "display $ at end of each line"],
    ["-n, --number", "number all output lines"],
    ["-s, --squeeze-blank", "suppress repeated empty output lines"],
    ["-t", "equivalent to -vT"],
    ["-T, --show-tabs", "display TAB characters as ^I"],
    ["-u", "(ignored)"],
    ["-v, --show-nonprinting", "use ^ and M- notation, except for LFD and TAB"],
  ],
  examples: ["cat /etc/hosts", "cat -A notes"],
  *run(tool, args) {
    const style: Style = {
      number: args.has("b") ? "nonblank" : args.has("n") ? "all" : "none",
      squeeze: args.has("s"),
      ends: args.has("A", "e", "E"),
      tabs: args.has("A", "t", "T"),
      nonprinting: args.has("A", "e", "t", "v"),
    };
    const plain =
      style.number === "none" && !(style.squeeze || style.ends || style.tabs || style.nonprinting);
    const formatter = new Formatter(style);
    for (const path of args.operands.length === 0 ? ["-"] : args.operands) {
      const fd = yield* tool.openInput(path);
      if (fd === undefined) continue;
      try {
        if (plain) yield* copy(tool, fd);
        else yield* formatter.copy(tool, fd);
      } catch (error) {
        if (!isErrno(error, "EISDIR", "EIO")) throw error;
        const text = error.errno === "EISDIR" ? "Is a directory" : "Input/output error";
        yield* tool.warn(`${quoteIfNeeded(path)}: ${text}`);
      } finally {
        tool.closeInput(fd);
      }
    }
  },
});

function* copy(tool: Tool, fd: number): Blocking<void> {
  for (;;) {
    const chunk = yield* tool.sys.read(fd, 131072);
    if (chunk.length === 0) return;
    yield* tool.sys.write(1, chunk);
    yield* tool.sys.yieldCpu();
  }
}

/** Line numbers and squeezing go on from file to file. */
class Formatter {
  private line = 0;
  private blank = false;
  private atLineStart = true;

  constructor(private readonly style: Style) {}

  *copy(tool: Tool, fd: number): Blocking<void> {
    const { style } = this;
    const source = new LineSource(tool.sys, fd);
    for (let line = yield* source.next(); line !== undefined; line = yield* source.next()) {
      const empty = line === "" && source.terminated && this.atLineStart;
      if (empty && this.blank && style.squeeze) continue;
      this.blank = empty;
      if (this.atLineStart && (style.number === "all" || (style.number === "nonblank" && !empty))) {
        yield* tool.out.write(`${String(++this.line).padStart(6)}\t`);
      }
      yield* tool.out.write(
        this.show(line) + (source.terminated ? (style.ends ? "$\n" : "\n") : ""),
      );
      this.atLineStart = source.terminated;
    }
  }

  private show(line: string): string {
    let text = line;
    if (this.style.nonprinting) {
      text = text.replace(/[\x00-\x08\x0b-\x1f\x7f-\xff]/g, (char) => caret(char.charCodeAt(0)));
    }
    return this.style.tabs ? text.replaceAll("\t", "^I") : text;
  }
}

function caret(code: number): string {
  if (code >= 128)
    return `M-${code - 128 === 127 || code - 128 < 32 ? caret(code - 128) : String.fromCharCode(code - 128)}`;
  return code === 127 ? "^?" : `^${String.fromCharCode(code + 64)}`;
}
