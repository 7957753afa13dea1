import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { byteString } from "../support/bytes.ts";
import { quoteText } from "../support/quote.ts";
import { compileRegex, RegexError } from "../support/regex.ts";
import { defineTool, type Tool } from "../support/tool.ts";

const FORMATS: Record<string, (text: string, width: number) => string> = {
  ln: (text, width) => text.padEnd(width),
  rn: (text, width) => text.padStart(width),
  rz: (text, width) => text.padStart(width, "0"),
};

export const nl = defineTool({
  name: "nl",
  package: "coreutils",
  summary: "number lines of files",
  usage: ["[OPTION]... [FILE]..."],
  description: "Write each FILE to standard output, with line numbers added.",
  options: [
    [
      "-b, --body-numbering=STYLE",
      "a: all lines, t: nonempty lines, n: none, pBRE: those that match",
    ],
    ["-i, --line-increment=NUMBER", "line number increment at each line"],
    ["-n, --number-format=FORMAT", "ln: left, rn: right, rz: right with zeros"],
    ["-s, --number-separator=STRING", "add STRING after (possible) line number"],
    ["-v, --starting-line-number=NUMBER", "first line number"],
    ["-w, --number-width=NUMBER", "use NUMBER columns for line numbers"],
  ],
  unmodelled: [
    "-d CC",
    "--section-delimiter=CC",
    "-f STYLE",
    "--footer-numbering=STYLE",
    "-h STYLE",
    "--header-numbering=STYLE",
    "-l NUMBER",
    "--join-blank-lines=NUMBER",
    "-p",
    "--no-renumber",
  ],
  limitations: ["Logical pages (\\:\\:\\:) are not modelled."],
  *run(tool, args) {
    const integer = (name: string, otherwise: number, what: string) => {
      const text = args.value(name);
      if (text === undefined) return otherwise;
      if (!/^-?\d+$/.test(text)) throw tool.fail(`invalid ${what}: ${quoteText(text)}`);
      return Number(text);
    };
    const numbered = bodyStyle(tool, args.value("b") ?? "t");
    const step = integer("i", 1, "line number increment");
    const width = integer("w", 6, "line number field width");
    const format = FORMATS[args.value("n") ?? "rn"];
    if (!format)
      throw tool.usage(`invalid line numbering format: ${quoteText(args.value("n") ?? "")}`);
    const separator = byteString(args.value("s") ?? "\t");
    let number = integer("v", 1, "starting line number");
    yield* tool.eachInput(args.operands, function* (source): Blocking<void> {
      for (let line = yield* source.next(); line !== undefined; line = yield* source.next()) {
        if (numbered(line)) {
          yield* tool.out.write(`${format(String(number), width)}${separator}${line}\n`);
          number += step;
        } else {
          yield* tool.out.write(`${" ".repeat(width + separator.length)}${line}\n`);
        }
      }
    });
  },
});

function bodyStyle(tool: Tool, style: string): (line: string) => boolean {
  if (style === "a") return () => true;
  if (style === "t") return (line) => line !== "";
  if (style === "n") return () => false;
  if (!style.startsWith("p")) throw tool.usage(`invalid body numbering style: ${quoteText(style)}`);
  try {
    const regex = compileRegex(byteString(style.slice(1)), { syntax: "basic" });
    return (line) => regex.test(line);
  } catch (error) {
    if (error instanceof RegexError) throw tool.fail(error.message);
    throw error;
  }
}
