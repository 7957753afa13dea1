import type { Program } from "../../kernel/process/program.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { byteString } from "../support/bytes.ts";
import { expandEscapes } from "../support/escapes.ts";
import { formatValue } from "../support/printf.ts";
import { quoteName, quoteText } from "../support/quote.ts";
import { runTool, Tool, tryHelp, versionText, ToolExit } from "../support/tool.ts";

const HELP = `Usage: printf FORMAT [ARGUMENT]...
  or:  printf OPTION
Print ARGUMENT(s) according to FORMAT, or execute according to OPTION:

      --help     display this help and exit
      --version  output version information and exit

FORMAT controls the output as in C printf: the escapes \\" \\\\ \\a \\b \\c \\e \\f \\n \\r \\t \\v
\\NNN \\xHH \\uHHHH, the conversions %% %b %q and those of C ending with one of diouxXfeEgGcs.
`;

export const printf: Program = {
  name: "printf",
  package: "coreutils",
  docs: {
    summary: "format and print data",
    synopsis: "printf FORMAT [ARGUMENT]...",
    examples: ["printf '%-10s %5d\\n' eth0 1500", "printf '%02x' 255"],
    limitations: ["The conversions a and A are not modelled."],
  },
  *main(sys, argv) {
    return yield* runTool(new Tool(sys, argv[0] ?? "printf"), function* (tool) {
      const words = argv[1] === "--" ? argv.slice(2) : argv.slice(1);
      const [format, ...values] = words;
      if (format === undefined) {
        throw new ToolExit(1, `${tool.name}: missing operand\n${tryHelp(tool.name)}`);
      }
      if (argv.length === 2 && format === "--help") {
        yield* tool.print(HELP);
      } else if (argv.length === 2 && format === "--version") {
        yield* tool.print(`${versionText("coreutils", "printf")}\n`);
      } else {
        yield* new Formatter(tool, byteString(format), values.map(byteString)).run();
      }
    });
  },
};

class Formatter {
  private next = 0;

  constructor(
    private readonly tool: Tool,
    private readonly format: string,
    private readonly values: readonly string[],
  ) {}

  *run(): Blocking<void> {
    do {
      const before = this.next;
      if (yield* this.pass()) return;
      if (this.next === before) {
        if (this.values.length > this.next) {
          yield* this.tool.say(
            `${this.tool.name}: warning: ignoring excess arguments, starting with ${quoteText(this.values[this.next] as string)}\n`,
          );
        }
        return;
      }
    } while (this.next < this.values.length);
  }

  /** The format once; true: `\c` ended everything. */
  private *pass(): Blocking<boolean> {
    const { format, tool } = this;
    const conversion = /%([-+ #0']*)(\*|\d*)(?:\.(\*|-?\d*))?[hlLjzt]*(.?)/sy;
    for (let at = 0; at < format.length;) {
      const percent = format.indexOf("%", at);
      const end = percent < 0 ? format.length : percent;
      if (end > at) {
        const literal = expandEscapes(format.slice(at, end), "printf");
        yield* tool.out.write(literal.text);
        if (literal.stopped) return true;
        at = end;
        continue;
      }
      if (format[at + 1] === "%") {
        yield* tool.out.write("%");
        at += 2;
        continue;
      }
      conversion.lastIndex = at;
      const found = conversion.exec(format) as RegExpExecArray;
      at = conversion.lastIndex;
      const [whole, typedFlags = "", typedWidth = "", typedPrecision, letter = ""] = found;
      let flags = typedFlags;
      let width =
        typedWidth === "*"
          ? Number(yield* this.integer(this.take() ?? ""))
          : Number(typedWidth || 0);
      if (width < 0) {
        flags += "-";
        width = -width;
      }
      let precision: number | undefined;
      if (typedPrecision !== undefined) {
        precision =
          typedPrecision === "*"
            ? Number(yield* this.integer(this.take() ?? ""))
            : Number(typedPrecision || 0);
        if (precision < 0) precision = undefined;
      }
      if (letter === "b") {
        const expanded = expandEscapes(this.take() ?? "", "%b");
        yield* tool.out.write(
          formatValue({ flags, width, precision, conversion: "s" }, expanded.text),
        );
        if (expanded.stopped) return true;
      } else if (letter === "q") {
        const quoted = quoteForShell(this.take() ?? "");
        yield* tool.out.write(formatValue({ flags, width, precision, conversion: "s" }, quoted));
      } else if (letter === "s" || letter === "c") {
        yield* tool.out.write(
          formatValue({ flags, width, precision, conversion: letter }, this.take() ?? ""),
        );
      } else if ("diouxX".includes(letter) && letter !== "") {
        const value = yield* this.integer(this.take() ?? "0");
        yield* tool.out.write(formatValue({ flags, width, precision, conversion: letter }, value));
      } else if ("eEfFgG".includes(letter) && letter !== "") {
        const value = yield* this.float(this.take() ?? "0");
        yield* tool.out.write(formatValue({ flags, width, precision, conversion: letter }, value));
      } else if (letter === "a" || letter === "A") {
        throw tool.refuse(`the conversion '${whole}'`);
      } else {
        throw tool.fail(`${whole}: invalid conversion specification`);
      }
    }
    return false;
  }

  private take(): string | undefined {
    const value = this.values[this.next];
    if (value !== undefined) this.next += 1;
    return value;
  }

  private *integer(text: string): Blocking<bigint> {
    const quoted = /^['"](.)/s.exec(text);
    if (quoted) return BigInt((quoted[1] as string).charCodeAt(0));
    const found = /^\s*([+-]?)(0[xX][0-9a-fA-F]+|\d+)/.exec(text);
    if (!found) {
      yield* this.tool.warn(`${quoteText(text)}: expected a numeric value`);
      return 0n;
    }
    let digits = found[2] as string;
    let rest = text.slice(found[0].length);
    if (/^0\d/.test(digits)) {
      const octal = (/^0[0-7]*/.exec(digits) as RegExpExecArray)[0];
      rest = digits.slice(octal.length) + rest;
      digits = `0o${octal.slice(1) || "0"}`;
    }
    if (rest !== "") yield* this.tool.warn(`${quoteText(text)}: value not completely converted`);
    const value = BigInt(digits) * (found[1] === "-" ? -1n : 1n);
    const bounded =
      value > 2n ** 64n - 1n ? 2n ** 63n - 1n : value < -(2n ** 63n) ? -(2n ** 63n) : value;
    if (bounded !== value) {
      yield* this.tool.warn(`${quoteText(text)}: Numerical result out of range`);
    }
    return bounded;
  }

  private *float(text: string): Blocking<number> {
    const quoted = /^['"](.)/s.exec(text);
    if (quoted) return (quoted[1] as string).charCodeAt(0);
    const found =
      /^\s*([+-]?)(?:(0[xX][0-9a-fA-F]+)|(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|(inf(?:inity)?|nan))/i.exec(
        text,
      );
    if (!found) {
      yield* this.tool.warn(`${quoteText(text)}: expected a numeric value`);
      return 0;
    }
    if (found[0].length < text.length) {
      yield* this.tool.warn(`${quoteText(text)}: value not completely converted`);
    }
    const magnitude = found[4]
      ? found[4].toLowerCase() === "nan"
        ? Number.NaN
        : Infinity
      : Number(found[2] ?? found[3]);
    return found[1] === "-" ? -magnitude : magnitude;
  }
}

/** `%q`: as the shell needs it, bare if it can be. */
function quoteForShell(text: string): string {
  return /^[A-Za-z0-9_./,+@%^:-]+$/.test(text) ? text : quoteName(text);
}
