import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { byteString } from "../support/bytes.ts";
import { LineSource } from "../support/input.ts";
import { quoteIfNeeded, quoteText } from "../support/quote.ts";
import { defineTool, reason, type Tool } from "../support/tool.ts";

type Fields = readonly string[];

export const join = defineTool({
  name: "join",
  package: "coreutils",
  summary: "join lines of two files on a common field",
  usage: ["[OPTION]... FILE1 FILE2"],
  description:
    "For each pair of input lines with identical join fields, write a line to standard output.",
  options: [
    ["-1 FIELD", "join on this FIELD of file 1"],
    ["-2 FIELD", "join on this FIELD of file 2"],
    ["-j FIELD", "equivalent to '-1 FIELD -2 FIELD'"],
    ["-a FILENUM", "also print unpairable lines from file FILENUM"],
    ["-v FILENUM", "like -a FILENUM, but suppress joined output lines"],
    ["-e STRING", "replace missing (empty) input fields with STRING"],
    ["-i, --ignore-case", "ignore differences in case when comparing fields"],
    ["-o FORMAT", "obey FORMAT while constructing output line"],
    ["-t CHAR", "use CHAR as input and output field separator"],
    ["--nocheck-order", "do not check that the input is correctly sorted"],
  ],
  unmodelled: ["--check-order", "--header", "-z", "--zero-terminated"],
  *run(tool, args) {
    const [first, second, extra] = args.operands;
    if (first === undefined) throw tool.usage("missing operand");
    if (second === undefined) throw tool.usage(`missing operand after ${quoteText(first)}`);
    if (extra !== undefined) throw tool.usage(`extra operand ${quoteText(extra)}`);
    const field = (name: string) => {
      const text = args.value(name) ?? args.value("j") ?? "1";
      if (!/^[1-9]\d*$/.test(text)) throw tool.fail(`invalid field number: ${quoteText(text)}`);
      return Number(text) - 1;
    };
    const keys = [field("1"), field("2")] as const;
    const separator = args.value("t");
    const filler = byteString(args.value("e") ?? "");
    const split = (line: string): Fields =>
      separator === undefined ? (line.match(/[^ \t]+/g) ?? []) : line.split(byteString(separator));
    const left = yield* readLines(tool, first, split);
    const right = yield* readLines(tool, second, split);
    const unpaired = new Set([...args.values("a"), ...args.values("v")]);
    const paired = !args.has("v");
    const format = args.value("o")?.split(/[ ,]+/);
    const glue = separator === undefined ? " " : byteString(separator);
    const fold = (text: string) => (args.has("i") ? text.toUpperCase() : text);
    const keyOf = (fields: Fields | undefined, side: 0 | 1) =>
      fields && fold(fields[keys[side]] ?? "");
    const write = (a: Fields | undefined, b: Fields | undefined): Blocking<void> => {
      const key = a ? a[keys[0]] : b?.[keys[1]];
      const parts =
        format !== undefined && format[0] !== "auto"
          ? format.map(
              (item) =>
                (item === "0"
                  ? key
                  : (item.startsWith("1") ? a : b)?.[Number(item.slice(2)) - 1]) || filler,
            )
          : [
              key || filler,
              ...(a ?? []).filter((_, index) => index !== keys[0]),
              ...(b ?? []).filter((_, index) => index !== keys[1]),
            ].map((part) => part || filler);
      return tool.out.write(`${parts.join(glue)}\n`);
    };
    let i = 0;
    let j = 0;
    let seenUnpaired = false;
    // A line out of order matters once some line had no partner: it may be the one missed.
    const order = function* (side: 0 | 1, row: number): Blocking<void> {
      const lines = side === 0 ? left : right;
      const key = keyOf(lines[row], side);
      if (!seenUnpaired || args.has("nocheck-order") || key === undefined || reported[side]) return;
      if (key >= (keyOf(lines[row - 1], side) as string)) return;
      reported[side] = true;
      const place = `${quoteIfNeeded(side === 0 ? first : second)}:${row + 1}`;
      yield* tool.warn(`${place}: is not sorted: ${lines[row]?.join(glue)}`);
    };
    const reported = [false, false];
    while (i < left.length || j < right.length) {
      const a = keyOf(left[i], 0);
      const b = keyOf(right[j], 1);
      if (a !== undefined && (b === undefined || a < b)) {
        seenUnpaired = true;
        if (unpaired.has("1")) yield* write(left[i], undefined);
        i += 1;
        yield* order(0, i);
      } else if (a === undefined || (b as string) < a) {
        seenUnpaired = true;
        if (unpaired.has("2")) yield* write(undefined, right[j]);
        j += 1;
        yield* order(1, j);
      } else {
        let end = j;
        while (end < right.length && keyOf(right[end], 1) === a) end += 1;
        for (; i < left.length && keyOf(left[i], 0) === a; i++) {
          if (!paired) continue;
          for (let at = j; at < end; at++) yield* write(left[i], right[at]);
        }
        j = end;
      }
    }
    if (tool.status !== 0) yield* tool.warn("input is not in sorted order");
  },
});

function* readLines(tool: Tool, path: string, split: (line: string) => Fields): Blocking<Fields[]> {
  const out: Fields[] = [];
  let fd = 0;
  try {
    if (path !== "-") fd = tool.sys.open(path, { read: true });
  } catch (error) {
    throw tool.fail(`${quoteIfNeeded(path)}: ${reason(error)}`);
  }
  const source = new LineSource(tool.sys, fd);
  for (let line = yield* source.next(); line !== undefined; line = yield* source.next()) {
    out.push(split(line));
  }
  return out;
}
