import { quoteText } from "../support/quote.ts";
import { defineTool, type Tool } from "../support/tool.ts";
import { formatDirective } from "../support/printf.ts";

interface Operand {
  readonly value: number;
  /** Digits after the point, as typed. */
  readonly decimals: number;
  readonly width: number;
}

export const seq = defineTool({
  name: "seq",
  package: "coreutils",
  summary: "print a sequence of numbers",
  usage: ["[OPTION]... LAST", "[OPTION]... FIRST LAST", "[OPTION]... FIRST INCREMENT LAST"],
  description: "Print numbers from FIRST to LAST, in steps of INCREMENT.",
  options: [
    ["-f, --format=FORMAT", "use printf style floating-point FORMAT"],
    ["-s, --separator=STRING", "use STRING to separate numbers (default: \\n)"],
    ["-w, --equal-width", "equalize width by padding with leading zeroes"],
  ],
  examples: ["seq 3", "seq 10 -2 0", "seq -w 8 11"],
  // A negative number is an operand, not an option.
  rewrite: (argv) => {
    const first = argv.findIndex((word, index) => index > 0 && /^-[\d.]/.test(word));
    return first < 0 || argv.includes("--")
      ? argv
      : [...argv.slice(0, first), "--", ...argv.slice(first)];
  },
  *run(tool, args) {
    const { operands } = args;
    if (operands.length === 0) throw tool.usage("missing operand");
    if (operands.length > 3) throw tool.usage(`extra operand ${quoteText(operands[3] as string)}`);
    const numbers = operands.map((text) => parse(tool, text));
    const last = numbers.at(-1) as Operand;
    const one: Operand = { value: 1, decimals: 0, width: 1 };
    const first = numbers.length > 1 ? (numbers[0] as Operand) : one;
    const step = numbers.length > 2 ? (numbers[1] as Operand) : one;
    if (step.value === 0) {
      throw tool.usage(`invalid Zero increment value: ${quoteText(operands[1] as string)}`);
    }
    const format = args.value("f");
    if (format !== undefined && args.has("w")) {
      throw tool.usage("format string may not be specified when printing equal width strings");
    }
    const decimals = Math.max(first.decimals, step.decimals);
    const width = args.has("w") ? equalWidth(first, last, decimals) : 0;
    const print = (value: number): string => {
      if (format !== undefined) return formatNumber(tool, format, value);
      const text = value.toFixed(decimals);
      if (width === 0) return text;
      return text.startsWith("-")
        ? `-${text.slice(1).padStart(width - 1, "0")}`
        : text.padStart(width, "0");
    };
    const separator = args.value("s") ?? "\n";
    // Counted, not summed: the error of a fractional step must not grow.
    const slack = Math.abs(step.value) * 1e-10;
    for (let index = 0; ; index++) {
      const value = first.value + index * step.value;
      const over = step.value > 0 ? value > last.value + slack : value < last.value - slack;
      if (over) {
        if (index > 0) yield* tool.out.write("\n");
        return;
      }
      yield* tool.print(`${index === 0 ? "" : separator}${print(value)}`);
    }
  },
});

function parse(tool: Tool, text: string): Operand {
  const trimmed = text.trim();
  if (/^[+-]?(inf|infinity)$/i.test(trimmed)) {
    return { value: trimmed.startsWith("-") ? -Infinity : Infinity, decimals: 0, width: 0 };
  }
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed)) {
    throw tool.usage(`invalid floating point argument: ${quoteText(text)}`);
  }
  const [mantissa, exponent] = trimmed.toLowerCase().split("e");
  const point = (mantissa as string).indexOf(".");
  const typed = point < 0 ? 0 : (mantissa as string).length - point - 1;
  return {
    value: Number(trimmed),
    decimals: Math.max(0, typed - Number(exponent ?? 0)),
    width: (mantissa as string).replace(/^\+/, "").length,
  };
}

function equalWidth(first: Operand, last: Operand, decimals: number): number {
  const integer = (operand: Operand) =>
    Math.trunc(operand.value).toString().length +
    (operand.value < 0 && Math.trunc(operand.value) === 0 ? 1 : 0);
  const whole = Math.max(integer(first), integer(last));
  return decimals === 0 ? whole : whole + 1 + decimals;
}

function formatNumber(tool: Tool, format: string, value: number): string {
  const directives = format.replaceAll("%%", "").match(/%/g)?.length ?? 0;
  const found = /^((?:[^%]|%%)*)(%[-+ #0']*\d*(?:\.\d*)?[aefgAEFG])((?:[^%]|%%)*)$/.exec(format);
  if (!found) {
    throw tool.fail(
      directives === 0
        ? `format ${quoteText(format)} has no % directive`
        : directives > 1
          ? `format ${quoteText(format)} has too many % directives`
          : `format ${quoteText(format)} has unknown %${/%[-+ #0'\d.]*(.?)/.exec(format)?.[1] ?? ""} directive`,
    );
  }
  const plain = (text: string) => text.replaceAll("%%", "%");
  return plain(found[1] ?? "") + formatDirective(found[2] as string, value) + plain(found[3] ?? "");
}
