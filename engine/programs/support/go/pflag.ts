/** Command-line flags as spf13/pflag parses and lists them: what docker and kubectl are built on. */
import { quote, quoteRune } from "./quote.ts";

export interface Flag {
  readonly name: string;
  readonly short?: string;
  /** As help shows it: `string`, `list`, `int`; empty: a switch. */
  readonly type: string;
  /** Help's text, its default in parentheses included. */
  readonly usage: string;
  /** Why a value is refused; undefined: it is fine. */
  readonly check?: (value: string) => string | undefined;
}

/** A wrong command line, in pflag's words. */
export class FlagError extends Error {}

/** `--help` was asked for; `shorthand`: as `-h`. */
export class HelpRequest extends Error {
  constructor(readonly shorthand: boolean) {
    super("pflag: help requested");
  }
}

export interface ParsedFlags {
  readonly args: readonly string[];
  /** Each flag's values in the order given; a switch's are `true` and `false`. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

const INTEGER: Readonly<Record<string, { readonly parse: string; readonly bits: number }>> = {
  int: { parse: "ParseInt", bits: 64 },
  int32: { parse: "ParseInt", bits: 32 },
  int64: { parse: "ParseInt", bits: 64 },
  uint: { parse: "ParseUint", bits: 64 },
  uint16: { parse: "ParseUint", bits: 16 },
  uint64: { parse: "ParseUint", bits: 64 },
};

const BOOLEANS = /^(?:1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/;

/** strconv.ParseInt and ParseUint with base 0: what they say of a text; undefined: it is a number. */
export function integerProblem(text: string, type: string): string | undefined {
  const { parse, bits } = INTEGER[type] ?? { parse: "ParseInt", bits: 64 };
  const fail = (why: string) => `strconv.${parse}: parsing ${quote(text)}: ${why}`;
  const unsigned = parse === "ParseUint";
  const body = unsigned ? text : text.replace(/^[+-]/, "");
  if (!/^(?:\d+(_\d+)*|0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+)$/.test(body)) {
    return fail("invalid syntax");
  }
  const limit = unsigned ? 2n ** BigInt(bits) - 1n : 2n ** BigInt(bits - 1) - 1n;
  const digits = body.replaceAll("_", "").replace(/^0(?=\d)/, "0o");
  return BigInt(digits) > limit ? fail("value out of range") : undefined;
}

function problem(flag: Flag, value: string): string | undefined {
  if (flag.check !== undefined) return flag.check(value);
  if (flag.type === "" && !BOOLEANS.test(value)) {
    return `strconv.ParseBool: parsing ${quote(value)}: invalid syntax`;
  }
  return INTEGER[flag.type] === undefined ? undefined : integerProblem(value, flag.type);
}

const isTrue = (value: string) => /^[1tT]/.test(value);

/** Throws FlagError, HelpRequest. Without `interspersed` the first operand ends the flags. */
export function parseFlags(
  flags: readonly Flag[],
  argv: readonly string[],
  interspersed = true,
): ParsedFlags {
  const byName = new Map(flags.map((flag) => [flag.name, flag]));
  const byShort = new Map(flags.map((flag) => [flag.short ?? "", flag]));
  const args: string[] = [];
  const values = new Map<string, string[]>();
  let at = 0;

  const set = (flag: Flag, value: string) => {
    if (flag.name === "help") throw new HelpRequest(false);
    const why = problem(flag, value);
    if (why !== undefined) {
      const shown = flag.short === undefined ? "" : `-${flag.short}, `;
      throw new FlagError(
        `invalid argument ${quote(value)} for ${quote(`${shown}--${flag.name}`)} flag: ${why}`,
      );
    }
    const plain = flag.type === "" ? String(isTrue(value)) : value;
    const given = values.get(flag.name);
    if (given === undefined) values.set(flag.name, [plain]);
    else given.push(plain);
  };

  const long = (arg: string) => {
    const text = arg.slice(2);
    if (/^[-=]/.test(text)) throw new FlagError(`bad flag syntax: ${arg}`);
    const equals = text.indexOf("=");
    const name = equals < 0 ? text : text.slice(0, equals);
    const flag = byName.get(name);
    if (flag === undefined) {
      if (name === "help") throw new HelpRequest(false);
      throw new FlagError(`unknown flag: --${name}`);
    }
    if (equals >= 0) set(flag, text.slice(equals + 1));
    else if (flag.type === "") set(flag, "true");
    else if (at < argv.length) set(flag, argv[at++] as string);
    else throw new FlagError(`flag needs an argument: --${name}`);
  };

  const short = (letters: string) => {
    for (let i = 0; i < letters.length; i++) {
      const letter = letters[i] as string;
      const rest = letters.slice(i + 1);
      const flag = byShort.get(letter);
      const shown = quoteRune(letter.codePointAt(0) as number);
      if (flag === undefined) {
        if (letter === "h") throw new HelpRequest(true);
        throw new FlagError(`unknown shorthand flag: ${shown} in -${letters.slice(i)}`);
      }
      if (rest.length > 1 && rest.startsWith("=")) return set(flag, rest.slice(1));
      if (flag.type === "") {
        set(flag, "true");
        continue;
      }
      if (rest !== "") return set(flag, rest);
      if (at < argv.length) return set(flag, argv[at++] as string);
      throw new FlagError(`flag needs an argument: ${shown} in -${letters.slice(i)}`);
    }
  };

  while (at < argv.length) {
    const arg = argv[at++] as string;
    if (!arg.startsWith("-") || arg === "-") {
      args.push(arg);
      if (!interspersed) break;
    } else if (arg === "--") break;
    else if (arg.startsWith("--")) long(arg);
    else short(arg.slice(1));
  }
  args.push(...argv.slice(at));
  return { args, values };
}

/** The last blank of a text, for breaking it there. */
function lastBlank(text: string): number {
  return Math.max(text.lastIndexOf(" "), text.lastIndexOf("\t"), text.lastIndexOf("\n"));
}

/** A first line of at most `length` characters, give or take `slop`, and the rest. */
function breakLine(length: number, slop: number, text: string): [line: string, rest: string] {
  if (length + slop > text.length) return [text, ""];
  const head = text.slice(0, length);
  const blank = lastBlank(head);
  if (blank <= 0) return [text, ""];
  const newline = head.lastIndexOf("\n");
  const cut = newline > 0 && newline < blank ? newline : blank;
  return [text.slice(0, cut), text.slice(cut + 1)];
}

const NARROWEST = 24;
const SLOP = 5;

function wrap(indent: number, columns: number, text: string): string {
  let start = indent;
  let head = "";
  let room = columns - start;
  if (room < NARROWEST) {
    start = 16;
    room = columns - start;
    head = `\n${" ".repeat(start)}`;
  }
  const margin = `\n${" ".repeat(start)}`;
  if (room < NARROWEST) return text.replaceAll("\n", margin);
  const lines: string[] = [];
  let rest = text;
  do {
    const [line, more] = breakLine(room - SLOP, SLOP, rest);
    lines.push(line.replaceAll("\n", margin));
    rest = more;
  } while (rest !== "");
  return head + lines.join(margin);
}

/** The list of flags in help, sorted by name and wrapped. */
export function flagUsages(flags: readonly Flag[], columns: number): string {
  const sorted = [...flags].sort((a, b) => (a.name < b.name ? -1 : 1));
  const rows = sorted.map((flag) => {
    const short = flag.short === undefined ? "      " : `  -${flag.short}, `;
    const type = flag.type === "" ? "" : ` ${flag.type}`;
    return { head: `${short}--${flag.name}${type}`, usage: flag.usage };
  });
  const width = Math.max(0, ...rows.map((row) => row.head.length)) + 2;
  return rows
    .map(({ head, usage }) => `${head.padEnd(width)} ${wrap(width + 1, columns, usage)}\n`)
    .join("");
}
