import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { quoteText } from "../support/quote.ts";
import { defineTool, type Tool } from "../support/tool.ts";

/** Where tab stops are: every n columns, or a list. */
type Stops = readonly number[];

export const expand = defineTool({
  name: "expand",
  package: "coreutils",
  summary: "convert tabs to spaces",
  usage: ["[OPTION]... [FILE]..."],
  options: [
    ["-i, --initial", "do not convert tabs after non blanks"],
    ["-t, --tabs=N", "have tabs N characters apart, or a LIST of positions"],
  ],
  *run(tool, args) {
    const stops = readStops(tool, args.value("t") ?? "8");
    yield* tool.eachInput(args.operands, function* (source): Blocking<void> {
      for (let line = yield* source.next(); line !== undefined; line = yield* source.next()) {
        let out = "";
        let initial = true;
        for (const char of line) {
          if (char === "\t" && (initial || !args.has("i")))
            out += " ".repeat(nextStop(out.length, stops) - out.length);
          else out += char;
          if (char !== " " && char !== "\t") initial = false;
        }
        yield* tool.out.write(out + (source.terminated ? "\n" : ""));
      }
    });
  },
});

export const unexpand = defineTool({
  name: "unexpand",
  package: "coreutils",
  summary: "convert spaces to tabs",
  usage: ["[OPTION]... [FILE]..."],
  options: [
    ["-a, --all", "convert all blanks, instead of just initial blanks"],
    ["--first-only", "convert only leading sequences of blanks"],
    ["-t, --tabs=N", "have tabs N characters apart; enables -a"],
  ],
  *run(tool, args) {
    const stops = readStops(tool, args.value("t") ?? "8");
    const all = args.has("a", "t") && !args.has("first-only");
    yield* tool.eachInput(args.operands, function* (source): Blocking<void> {
      for (let line = yield* source.next(); line !== undefined; line = yield* source.next()) {
        const text = all
          ? line.replace(/[ \t]+/g, (run, at: number) =>
              tabs(run, width(line.slice(0, at), stops), stops),
            )
          : line.replace(/^[ \t]+/, (run) => tabs(run, 0, stops));
        yield* tool.out.write(text + (source.terminated ? "\n" : ""));
      }
    });
  },
});

function width(text: string, stops: Stops): number {
  let at = 0;
  for (const char of text) at = char === "\t" ? nextStop(at, stops) : at + 1;
  return at;
}

/** A run of blanks as tabs and spaces; a lone space before a stop stays. */
function tabs(run: string, from: number, stops: Stops): string {
  let end = from;
  for (const char of run) end = char === "\t" ? nextStop(end, stops) : end + 1;
  let out = "";
  let at = from;
  while (nextStop(at, stops) <= end) {
    const next = nextStop(at, stops);
    out += next - at === 1 && !run.includes("\t") && next === end && at === from ? " " : "\t";
    at = next;
  }
  return out + " ".repeat(end - at);
}

function readStops(tool: Tool, text: string): Stops {
  const stops = text.split(/[, ]/).filter(Boolean);
  for (const stop of stops) {
    if (!/^\d+$/.test(stop))
      throw tool.fail(`tab size contains invalid character(s): ${quoteText(stop)}`);
    if (Number(stop) === 0) throw tool.fail("tab size cannot be 0");
  }
  return stops.map(Number);
}

function nextStop(column: number, stops: Stops): number {
  if (stops.length === 1)
    return (Math.floor(column / (stops[0] as number)) + 1) * (stops[0] as number);
  return stops.find((stop) => stop > column) ?? column + 1;
}
