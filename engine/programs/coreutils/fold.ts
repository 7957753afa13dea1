import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { quoteText } from "../support/quote.ts";
import { defineTool } from "../support/tool.ts";

export const fold = defineTool({
  name: "fold",
  package: "coreutils",
  summary: "wrap each input line to fit in specified width",
  usage: ["[OPTION]... [FILE]..."],
  options: [
    ["-b, --bytes", "count bytes rather than columns"],
    ["-s, --spaces", "break at spaces"],
    ["-w, --width=WIDTH", "use WIDTH columns instead of 80"],
  ],
  rewrite: (argv) => argv.map((word) => (/^-\d+$/.test(word) ? `-w${word.slice(1)}` : word)),
  *run(tool, args) {
    const typed = args.value("w") ?? "80";
    const width = Number(typed);
    if (!/^\d+$/.test(typed) || width < 1) {
      const range = width === 0 ? ": Numerical result out of range" : "";
      throw tool.fail(`invalid number of columns: ${quoteText(typed)}${range}`);
    }
    const columns = !args.has("b");
    yield* tool.eachInput(args.operands, function* (source): Blocking<void> {
      for (let line = yield* source.next(); line !== undefined; line = yield* source.next()) {
        const parts = wrap(line, width, columns, args.has("s"));
        yield* tool.out.write(parts.join("\n") + (source.terminated ? "\n" : ""));
      }
    });
  },
});

function wrap(line: string, width: number, columns: boolean, atSpaces: boolean): readonly string[] {
  const parts: string[] = [];
  let part = "";
  let column = 0;
  for (const char of line) {
    const next = advance(column, char, columns);
    if (next > width && part !== "") {
      const space = atSpaces ? part.search(/[ \t][^ \t]*$/) : -1;
      const cut = space >= 0 ? space + 1 : part.length;
      parts.push(part.slice(0, cut));
      part = part.slice(cut);
      column = [...part].reduce((at, one) => advance(at, one, columns), 0);
    }
    part += char;
    column = advance(column, char, columns);
  }
  parts.push(part);
  return parts;
}

function advance(column: number, char: string, columns: boolean): number {
  if (!columns) return column + 1;
  if (char === "\t") return column + 8 - (column % 8);
  if (char === "\b") return Math.max(0, column - 1);
  return char === "\r" ? 0 : column + 1;
}
