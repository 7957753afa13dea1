import { LineSource } from "../support/input.ts";
import { quoteIfNeeded, quoteText } from "../support/quote.ts";
import { defineTool, reason, type Arguments, type Tool } from "../support/tool.ts";

export const uniq = defineTool({
  name: "uniq",
  package: "coreutils",
  summary: "report or omit repeated lines",
  usage: ["[OPTION]... [INPUT [OUTPUT]]"],
  description:
    "Filter adjacent matching lines from INPUT (or standard input),\nwriting to OUTPUT (or standard output).",
  options: [
    ["-c, --count", "prefix lines by the number of occurrences"],
    ["-d, --repeated", "only print duplicate lines, one for each group"],
    ["-D", "print all duplicate lines"],
    ["-f, --skip-fields=N", "avoid comparing the first N fields"],
    ["-i, --ignore-case", "ignore differences in case when comparing"],
    ["-s, --skip-chars=N", "avoid comparing the first N characters"],
    ["-u, --unique", "only print unique lines"],
    ["-w, --check-chars=N", "compare no more than N characters in lines"],
    ["-z, --zero-terminated", "line delimiter is NUL, not newline"],
  ],
  unmodelled: ["--all-repeated[=METHOD]", "--group[=METHOD]"],
  examples: ["sort names | uniq -c"],
  *run(tool, args) {
    const { sys } = tool;
    const [input = "-", output = "-", extra] = args.operands;
    if (extra !== undefined) throw tool.usage(`extra operand ${quoteText(extra)}`);
    if (args.has("c") && args.has("D")) {
      throw tool.usage("printing all duplicated lines and repeat counts is meaningless");
    }
    const key = comparisonKey(tool, args);
    const delimiter = args.has("z") ? "\0" : "\n";
    try {
      if (output !== "-") {
        const fd = sys.open(output, { write: true, create: true, truncate: true }, 0o666);
        sys.dup(fd, { to: 1 });
        sys.close(fd);
        tool.out.buffering = "full";
      }
    } catch (error) {
      throw tool.fail(`${quoteIfNeeded(output)}: ${reason(error)}`);
    }
    const fd = yield* tool.openInput(input);
    if (fd === undefined) return;
    const source = new LineSource(sys, fd, delimiter);
    const shows = (count: number) =>
      (count > 1 ? !args.has("u") : !args.has("d", "D")) ||
      (count > 1 && args.has("D") && args.has("u"));

    let line: string | undefined;
    let group: string | undefined;
    let held: string[] = [];
    let count = 0;
    do {
      line = yield* source.next();
      const next = line === undefined ? undefined : key(line);
      if (next !== undefined && next === group) {
        count += 1;
        if (args.has("D")) held.push(line as string);
        continue;
      }
      if (group !== undefined && shows(count)) {
        const prefix = args.has("c") ? `${String(count).padStart(7)} ` : "";
        for (const one of held) yield* tool.out.write(prefix + one + delimiter);
      }
      group = next;
      held = [line ?? ""];
      count = 1;
    } while (line !== undefined);
    tool.closeInput(fd);
  },
});

function comparisonKey(tool: Tool, args: Arguments): (line: string) => string {
  const number = (name: string, what: string): number | undefined => {
    const text = args.value(name);
    if (text === undefined) return undefined;
    if (!/^\d+$/.test(text)) throw tool.fail(`${quoteIfNeeded(text)}: invalid number of ${what}`);
    return Number(text);
  };
  const fields = number("f", "fields to skip") ?? 0;
  const skip = number("s", "bytes to skip") ?? 0;
  const width = number("w", "bytes to compare");
  return (line) => {
    let at = 0;
    for (let index = 0; index < fields && at < line.length; index++) {
      while (line[at] === " " || line[at] === "\t") at += 1;
      while (at < line.length && line[at] !== " " && line[at] !== "\t") at += 1;
    }
    const from = at + skip;
    const part = line.slice(from, width === undefined ? undefined : from + width);
    return args.has("i") ? part.replace(/[a-z]/g, (char) => char.toUpperCase()) : part;
  };
}
