import { byteString } from "../support/bytes.ts";
import { LineSource } from "../support/input.ts";
import { quoteIfNeeded } from "../support/quote.ts";
import { defineTool, reason } from "../support/tool.ts";

export const paste = defineTool({
  name: "paste",
  package: "coreutils",
  summary: "merge lines of files",
  usage: ["[OPTION]... [FILE]..."],
  description: "Write lines consisting of the sequentially corresponding lines from each FILE.",
  options: [
    ["-d, --delimiters=LIST", "reuse characters from LIST instead of TABs"],
    ["-s, --serial", "paste one file at a time instead of in parallel"],
    ["-z, --zero-terminated", "line delimiter is NUL, not newline"],
  ],
  examples: ["paste -sd, names"],
  *run(tool, args) {
    const end = args.has("z") ? "\0" : "\n";
    const delimiters = readList(byteString(args.value("d") ?? "\t"));
    const between = (index: number) => delimiters[index % delimiters.length] as string;
    const standardInput = new LineSource(tool.sys, 0, end);
    const sources: LineSource[] = [];
    for (const path of args.operands.length === 0 ? ["-"] : args.operands) {
      try {
        sources.push(
          path === "-"
            ? standardInput
            : new LineSource(tool.sys, tool.sys.open(path, { read: true }), end),
        );
      } catch (error) {
        if (!args.has("s")) throw tool.fail(`${quoteIfNeeded(path)}: ${reason(error)}`);
        yield* tool.warn(`${quoteIfNeeded(path)}: ${reason(error)}`);
      }
    }
    if (args.has("s")) {
      for (const source of sources) {
        let index = 0;
        for (let line = yield* source.next(); line !== undefined; line = yield* source.next()) {
          yield* tool.out.write((index > 0 ? between(index - 1) : "") + line);
          index += 1;
        }
        yield* tool.out.write(end);
      }
      return;
    }
    for (;;) {
      const lines: (string | undefined)[] = [];
      for (const source of sources) lines.push(yield* source.next());
      if (lines.every((line) => line === undefined)) return;
      const text = lines.reduce<string>(
        (all, line, index) => all + (index > 0 ? between(index - 1) : "") + (line ?? ""),
        "",
      );
      yield* tool.out.write(text + end);
    }
  },
});

/** `\n \t \\ \0` (nothing) stand for characters. */
function readList(text: string): readonly string[] {
  const escapes: Record<string, string> = { n: "\n", t: "\t", "0": "", "\\": "\\" };
  const found = text.match(/\\[^]|[^\\]/g) ?? [""];
  return found.map((one) =>
    one.length === 2 ? (escapes[one[1] as string] ?? (one[1] as string)) : one,
  );
}
