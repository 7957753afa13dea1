import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { byteString } from "../support/bytes.ts";
import { quoteText } from "../support/quote.ts";
import { defineTool, type Tool } from "../support/tool.ts";

/** First and last position, counted from 1; Infinity: to the end of the line. */
type Range = readonly [from: number, to: number];

export const cut = defineTool({
  name: "cut",
  package: "coreutils",
  summary: "remove sections from each line of files",
  usage: ["OPTION... [FILE]..."],
  description: "Print selected parts of lines from each FILE to standard output.",
  options: [
    ["-b, --bytes=LIST", "select only these bytes"],
    ["-c, --characters=LIST", "select only these characters"],
    ["-d, --delimiter=DELIM", "use DELIM instead of TAB for field delimiter"],
    ["-f, --fields=LIST", "select only these fields"],
    ["-n", "(ignored)"],
    ["--complement", "complement the set of selected bytes, characters or fields"],
    ["-s, --only-delimited", "do not print lines not containing delimiters"],
    ["--output-delimiter=STRING", "use STRING as the output delimiter"],
    ["-z, --zero-terminated", "line delimiter is NUL, not newline"],
  ],
  examples: ["cut -d: -f1,7 /etc/passwd", "cut -c1-20", "cut -d' ' -f2-"],
  limitations: ["Characters are bytes, as in the real one."],
  *run(tool, args) {
    const modes = args.list.filter(({ name }) => "bcf".includes(name));
    if (modes.length > 1) throw tool.usage("only one list may be specified");
    const mode = modes[0];
    if (mode === undefined)
      throw tool.usage("you must specify a list of bytes, characters, or fields");
    const fields = mode.name === "f";
    if (!fields && args.has("d")) {
      throw tool.usage("an input delimiter may be specified only when operating on fields");
    }
    if (!fields && args.has("s")) {
      throw tool.usage(
        "suppressing non-delimited lines makes sense\n\tonly when operating on fields",
      );
    }
    const delimiter = byteString(args.value("d") ?? "\t") || "\0";
    if (delimiter.length > 1) throw tool.usage("the delimiter must be a single character");
    let ranges = parseList(tool, mode.value ?? "", fields);
    if (args.has("complement")) ranges = complementOf(ranges);
    const given = args.value("output-delimiter");
    const end = args.has("z") ? "\0" : "\n";
    yield* tool.eachInput(
      args.operands,
      function* (source): Blocking<void> {
        for (let line = yield* source.next(); line !== undefined; line = yield* source.next()) {
          if (!fields) {
            const parts = ranges.map(([from, to]) => line.slice(from - 1, to));
            yield* tool.out.write(
              parts.filter((part) => part !== "").join(byteString(given ?? "")) + end,
            );
          } else if (!line.includes(delimiter)) {
            if (!args.has("s")) yield* tool.out.write(line + end);
          } else {
            const all = line.split(delimiter);
            const chosen = ranges.flatMap(([from, to]) => all.slice(from - 1, to));
            yield* tool.out.write(chosen.join(byteString(given ?? delimiter)) + end);
          }
        }
      },
      end,
    );
  },
});

/** Sorted and merged, as each part is printed once. */
function parseList(tool: Tool, text: string, fields: boolean): Range[] {
  const what = fields ? "field" : "byte/character";
  const ranges: Range[] = [];
  for (const part of text.split(/[, \t]/)) {
    const found = /^(\d*)(-?)(\d*)$/.exec(part);
    if (!found) {
      if (/^[\d-]+$/.test(part))
        throw tool.usage(fields ? "invalid field range" : "invalid byte or character range");
      throw tool.usage(
        fields
          ? `invalid field value ${quoteText(part)}`
          : `invalid byte/character position ${quoteText(part)}`,
      );
    }
    const [, low, dash, high] = found as unknown as readonly [string, string, string, string];
    if (part === "-") throw tool.usage("invalid range with no endpoint: -");
    const from = low === "" && dash !== "" ? 1 : Number(low);
    const to = dash === "" ? from : high === "" ? Infinity : Number(high);
    if (from === 0 || to === 0) {
      throw tool.usage(
        fields
          ? "fields are numbered from 1"
          : `${what} positions are numbered from 1`.replace("byte/character", "byte/character"),
      );
    }
    if (to < from) throw tool.usage("invalid decreasing range");
    ranges.push([from, to]);
  }
  ranges.sort((a, b) => a[0] - b[0]);
  const merged: Range[] = [];
  for (const range of ranges) {
    const previous = merged.at(-1);
    // Adjacent ranges stay apart: an output delimiter goes between them.
    if (previous && range[0] <= previous[1]) {
      merged[merged.length - 1] = [previous[0], Math.max(previous[1], range[1])];
    } else {
      merged.push(range);
    }
  }
  return merged;
}

function complementOf(ranges: readonly Range[]): Range[] {
  const out: Range[] = [];
  let next = 1;
  for (const [from, to] of ranges) {
    if (from > next) out.push([next, from - 1]);
    next = to + 1;
  }
  if (next !== Infinity) out.push([next, Infinity]);
  return out;
}
