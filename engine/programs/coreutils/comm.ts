import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { byteString } from "../support/bytes.ts";
import { LineSource } from "../support/input.ts";
import { quoteIfNeeded, quoteText } from "../support/quote.ts";
import { defineTool, reason, type Tool } from "../support/tool.ts";

export const comm = defineTool({
  name: "comm",
  package: "coreutils",
  summary: "compare two sorted files line by line",
  usage: ["[OPTION]... FILE1 FILE2"],
  description: "Compare sorted files FILE1 and FILE2 line by line.",
  options: [
    ["-1", "suppress column 1 (lines unique to FILE1)"],
    ["-2", "suppress column 2 (lines unique to FILE2)"],
    ["-3", "suppress column 3 (lines that appear in both files)"],
    ["--nocheck-order", "do not check that the input is correctly sorted"],
    ["--output-delimiter=STR", "separate columns with STR"],
    ["--total", "output a summary"],
  ],
  unmodelled: ["--check-order", "-z", "--zero-terminated"],
  *run(tool, args) {
    const [first, second, extra] = args.operands;
    if (first === undefined) throw tool.usage("missing operand");
    if (second === undefined) throw tool.usage(`missing operand after ${quoteText(first)}`);
    if (extra !== undefined) throw tool.usage(`extra operand ${quoteText(extra)}`);
    const glue = byteString(args.value("output-delimiter") ?? "\t");
    const shown = [!args.has("1"), !args.has("2"), !args.has("3")] as const;
    const totals = [0, 0, 0];
    const write = function* (column: 0 | 1 | 2, line: string): Blocking<void> {
      totals[column] = (totals[column] ?? 0) + 1;
      if (!shown[column]) return;
      const indent = shown.slice(0, column).filter(Boolean).length;
      yield* tool.out.write(`${glue.repeat(indent)}${line}\n`);
    };
    const left = new Side(tool, first, 1, !args.has("nocheck-order"));
    const right = new Side(tool, second, 2, !args.has("nocheck-order"));
    let a = yield* left.next();
    let b = yield* right.next();
    while (a !== undefined || b !== undefined) {
      if (b === undefined || (a !== undefined && a < b)) {
        yield* write(0, a as string);
        a = yield* left.next();
      } else if (a === undefined || b < a) {
        yield* write(1, b);
        b = yield* right.next();
      } else {
        yield* write(2, a);
        a = yield* left.next();
        b = yield* right.next();
      }
    }
    if (args.has("total")) yield* tool.out.write(`${totals.join(glue)}${glue}total\n`);
    if (left.disordered || right.disordered) yield* tool.warn("input is not in sorted order");
  },
});

class Side {
  disordered = false;
  private previous: string | undefined;
  private readonly source: LineSource;

  constructor(
    private readonly tool: Tool,
    path: string,
    private readonly number: number,
    private readonly checks: boolean,
  ) {
    try {
      this.source = new LineSource(
        tool.sys,
        path === "-" ? 0 : tool.sys.open(path, { read: true }),
      );
    } catch (error) {
      throw tool.fail(`${quoteIfNeeded(path)}: ${reason(error)}`);
    }
  }

  *next(): Blocking<string | undefined> {
    const line = yield* this.source.next();
    const wrong = line !== undefined && this.previous !== undefined && line < this.previous;
    if (wrong && this.checks && !this.disordered) {
      this.disordered = true;
      yield* this.tool.warn(`file ${this.number} is not in sorted order`);
    }
    this.previous = line;
    return line;
  }
}
