import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { byteString, stringToBytes } from "../support/bytes.ts";
import { readText, splitLines } from "../support/input.ts";
import { quoteIfNeeded, quoteText } from "../support/quote.ts";
import { defineTool, reason, type Arguments, type Tool } from "../support/tool.ts";
import { compareVersions } from "../support/version-order.ts";

/** `-k F.C,F.C`: fields and characters counted from 0 at the start, from 1 at the end. */
interface Key {
  readonly startField: number;
  readonly startChar: number;
  /** Undefined: to the end of the line. */
  readonly endField: number | undefined;
  /** 0: to the end of the field. */
  readonly endChar: number;
  readonly order: string;
}

const ORDERS = "bdfghinMRrV";

export const sort = defineTool({
  name: "sort",
  package: "coreutils",
  summary: "sort lines of text files",
  usage: ["[OPTION]... [FILE]..."],
  description: "Write sorted concatenation of all FILE(s) to standard output.",
  usageStatus: 2,
  options: [
    ["-b, --ignore-leading-blanks", "ignore leading blanks"],
    ["-d, --dictionary-order", "consider only blanks and alphanumeric characters"],
    ["-f, --ignore-case", "fold lower case to upper case characters"],
    ["-g, --general-numeric-sort", "compare according to general numerical value"],
    ["-i, --ignore-nonprinting", "consider only printable characters"],
    ["-M, --month-sort", "compare (unknown) < 'JAN' < ... < 'DEC'"],
    ["-h, --human-numeric-sort", "compare human readable numbers (e.g., 2K 1G)"],
    ["-n, --numeric-sort", "compare according to string numerical value"],
    ["-r, --reverse", "reverse the result of comparisons"],
    ["-V, --version-sort", "natural sort of (version) numbers within text"],
    ["-c, --check", "check for sorted input; do not sort"],
    ["-C", "like -c, but do not report first bad line"],
    ["-k, --key=KEYDEF", "sort via a key; KEYDEF gives location and type"],
    ["-m, --merge", "merge already sorted files; do not sort"],
    ["-o, --output=FILE", "write result to FILE instead of standard output"],
    ["-s, --stable", "stabilize sort by disabling last-resort comparison"],
    ["-S, --buffer-size=SIZE", "(ignored)"],
    ["-t, --field-separator=SEP", "use SEP instead of non-blank to blank transition"],
    ["-u, --unique", "output only the first of an equal run"],
    ["-z, --zero-terminated", "line delimiter is NUL, not newline"],
  ],
  unmodelled: [
    "-R, --random-sort",
    "--random-source=FILE",
    "--sort=WORD",
    "--batch-size=NMERGE",
    "--compress-program=PROG",
    "--debug",
    "--files0-from=F",
    "-T DIR",
    "--temporary-directory=DIR",
    "--parallel=N",
  ],
  examples: ["sort -n sizes", "sort -t: -k3,3n /etc/passwd", "sort -u names"],
  limitations: ["Order is by bytes, as in the C locale."],
  *run(tool, args) {
    const { sys } = tool;
    const delimiter = args.has("z") ? "\0" : "\n";
    if (new Set(args.values("t")).size > 1) throw tool.fail("incompatible tabs", 2);
    const separator = readSeparator(tool, args.value("t"));
    const global = args.list
      .map(({ name }) => name)
      .filter((name) => ORDERS.includes(name))
      .join("");
    const keys = args.values("k").map((text) => parseKey(tool, text, global));
    if (keys.length === 0) {
      keys.push({ startField: 0, startChar: 0, endField: undefined, endChar: 0, order: global });
    }
    const compare = comparison(keys, separator, args.has("u", "s") ? undefined : global);
    if (args.has("c", "C")) {
      tool.status = yield* check(tool, args, compare, delimiter);
      return;
    }

    let lines: string[] = [];
    for (const path of args.operands.length === 0 ? ["-"] : args.operands) {
      let fd = 0;
      try {
        if (path !== "-") fd = sys.open(path, { read: true });
        const read = splitLines(yield* readText(sys, fd), delimiter);
        lines = args.has("m") ? merge(lines, read, compare) : lines.concat(read);
      } catch (error) {
        const verb = fd === 0 && path !== "-" ? "cannot read" : "read failed";
        throw tool.fail(`${verb}: ${quoteIfNeeded(path)}: ${reason(error)}`, 2);
      }
      tool.closeInput(fd);
    }
    if (!args.has("m")) lines.sort(compare);
    const output = args.value("o");
    if (output !== undefined) {
      try {
        const fd = sys.open(output, { write: true, create: true, truncate: true }, 0o666);
        sys.dup(fd, { to: 1 });
        sys.close(fd);
      } catch (error) {
        throw tool.fail(`open failed: ${quoteIfNeeded(output)}: ${reason(error)}`, 2);
      }
      tool.out.buffering = "full";
    }
    let previous: string | undefined;
    for (const line of lines) {
      if (args.has("u") && previous !== undefined && compare(previous, line) === 0) continue;
      yield* tool.out.write(line + delimiter);
      previous = line;
    }
  },
});

/** Two sorted lists as one; of equal lines those of the first come first. */
function merge(
  a: readonly string[],
  b: readonly string[],
  compare: (a: string, b: string) => number,
): string[] {
  const out: string[] = [];
  let at = 0;
  for (const line of b) {
    while (at < a.length && compare(a[at] as string, line) <= 0) out.push(a[at++] as string);
    out.push(line);
  }
  return out.concat(a.slice(at));
}

function* check(
  tool: Tool,
  args: Arguments,
  compare: (a: string, b: string) => number,
  delimiter: string,
): Blocking<number> {
  const [path = "-", extra] = args.operands;
  if (extra !== undefined) {
    throw tool.fail(
      `extra operand ${quoteText(extra)} not allowed with -${args.has("c") ? "c" : "C"}`,
      2,
    );
  }
  let text: string;
  try {
    const fd = path === "-" ? 0 : tool.sys.open(path, { read: true });
    text = yield* readText(tool.sys, fd);
  } catch (error) {
    throw tool.fail(`cannot read: ${quoteIfNeeded(path)}: ${reason(error)}`, 2);
  }
  const lines = splitLines(text, delimiter);
  const limit = args.has("u") ? 0 : 1;
  for (let index = 1; index < lines.length; index++) {
    if (compare(lines[index - 1] as string, lines[index] as string) < limit) continue;
    if (args.has("c")) {
      yield* tool.sys.write(
        2,
        stringToBytes(
          `${tool.name}: ${quoteIfNeeded(path)}:${index + 1}: disorder: ${lines[index]}\n`,
        ),
      );
    }
    return 1;
  }
  return 0;
}

function readSeparator(tool: Tool, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (text === "") throw tool.fail("empty tab", 2);
  if (text === "\\0") return "\0";
  const bytes = byteString(text);
  if (bytes.length > 1) throw tool.fail(`multi-character tab ${quoteText(text)}`, 2);
  return bytes;
}

function parseKey(tool: Tool, text: string, global: string): Key {
  const found = /^(\d+)(?:\.(\d+))?([a-zA-Z]*)(?:,(\d+)(?:\.(\d+))?([a-zA-Z]*))?$/.exec(text);
  if (!found) {
    const why = /^\d/.test(text)
      ? "stray character in field spec"
      : "invalid number at field start";
    const where = /^\d/.test(text) ? "invalid field specification" : "invalid count at start of";
    throw tool.fail(`${why}: ${where} ${quoteText(text)}`, 2);
  }
  const [, field, char, flags = "", endField, endChar, endFlags = ""] = found;
  if (Number(field) === 0) {
    throw tool.fail(`field number is zero: invalid field specification ${quoteText(text)}`, 2);
  }
  if (char !== undefined && Number(char) === 0) {
    throw tool.fail(`character offset is zero: invalid field specification ${quoteText(text)}`, 2);
  }
  const own = flags + endFlags;
  if ([...own].some((flag) => !ORDERS.includes(flag))) {
    throw tool.fail(
      `stray character in field spec: invalid field specification ${quoteText(text)}`,
      2,
    );
  }
  return {
    startField: Number(field) - 1,
    startChar: Number(char ?? 1) - 1,
    endField: endField === undefined ? undefined : Number(endField),
    endChar: Number(endChar ?? 0),
    order: own === "" ? global : own,
  };
}

/** `lastResort`: the global options, whose `r` also turns the whole-line comparison. */
function comparison(
  keys: readonly Key[],
  separator: string | undefined,
  lastResort: string | undefined,
): (a: string, b: string) => number {
  const compiled = keys.map((key) => ({
    extract: (line: string) => extractKey(line, key, separator),
    compare: keyComparison(key.order),
    reverse: key.order.includes("r"),
  }));
  return (a, b) => {
    for (const key of compiled) {
      const order = key.compare(key.extract(a), key.extract(b));
      if (order !== 0) return key.reverse ? -order : order;
    }
    if (lastResort === undefined) return 0;
    const order = compareBytes(a, b);
    return lastResort.includes("r") ? -order : order;
  };
}

function extractKey(line: string, key: Key, separator: string | undefined): string {
  if (key.startField === 0 && key.startChar === 0 && key.endField === undefined) {
    return key.order.includes("b") ? line.replace(/^[ \t]+/, "") : line;
  }
  const start = fieldStart(line, key.startField, separator);
  let from = start;
  if (key.order.includes("b")) from = skipBlanks(line, from);
  from = Math.min(from + key.startChar, line.length);
  if (key.endField === undefined) return line.slice(from);
  let to: number;
  if (key.endChar === 0) {
    to = fieldEnd(line, key.endField, separator);
  } else {
    let end = fieldStart(line, key.endField - 1, separator);
    if (key.order.includes("b")) end = skipBlanks(line, end);
    to = end + key.endChar;
  }
  return line.slice(from, Math.max(from, to));
}

function skipBlanks(line: string, from: number): number {
  let at = from;
  while (line[at] === " " || line[at] === "\t") at += 1;
  return at;
}

/** Without a separator, a field begins with the blanks before it. */
function fieldStart(line: string, field: number, separator: string | undefined): number {
  let at = 0;
  for (let index = 0; index < field && at < line.length; index++) {
    if (separator !== undefined) {
      const next = line.indexOf(separator, at);
      at = next < 0 ? line.length : next + 1;
    } else {
      at = nextBlank(line, skipBlanks(line, at));
    }
  }
  return at;
}

function fieldEnd(line: string, field: number, separator: string | undefined): number {
  if (separator === undefined) return fieldStart(line, field, separator);
  const start = fieldStart(line, field - 1, separator);
  const next = line.indexOf(separator, start);
  return next < 0 ? line.length : next;
}

function nextBlank(line: string, from: number): number {
  let at = from;
  while (at < line.length && line[at] !== " " && line[at] !== "\t") at += 1;
  return at;
}

function compareBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function keyComparison(order: string): (a: string, b: string) => number {
  if (order.includes("n")) return compareNumbers;
  if (order.includes("h")) return compareHuman;
  if (order.includes("g")) return compareGeneral;
  if (order.includes("M")) return (a, b) => month(a) - month(b);
  const clean = (text: string): string => {
    let out = text;
    if (order.includes("d")) out = out.replace(/[^A-Za-z0-9 \t]/g, "");
    if (order.includes("i")) out = out.replace(/[^ -~]/g, "");
    if (order.includes("f")) out = out.replace(/[a-z]/g, (char) => char.toUpperCase());
    return out;
  };
  const plain = order.includes("V") ? compareVersions : compareBytes;
  return /[dif]/.test(order) ? (a, b) => plain(clean(a), clean(b)) : plain;
}

/** Digits compared as text, so that no precision is lost; anything else is zero. */
function compareNumbers(a: string, b: string): number {
  const x = splitNumber(a);
  const y = splitNumber(b);
  if (x.negative !== y.negative) return x.negative ? -1 : 1;
  const order =
    x.integer.length - y.integer.length ||
    compareBytes(x.integer, y.integer) ||
    compareBytes(x.fraction, y.fraction);
  return x.negative ? -order : order;
}

function splitNumber(text: string) {
  const found = /^[ \t]*(-?)(\d*)(?:\.(\d*))?/.exec(text);
  const integer = (found?.[2] ?? "").replace(/^0+/, "");
  const fraction = (found?.[3] ?? "").replace(/0+$/, "");
  const zero = integer === "" && fraction === "";
  return { negative: found?.[1] === "-" && !zero, integer, fraction };
}

function compareHuman(a: string, b: string): number {
  return unitOrder(a) - unitOrder(b) || compareNumbers(a, b);
}

/** The sign and the power of the suffix decide before the digits. */
function unitOrder(text: string): number {
  const found = /^[ \t]*(-?)(\d*\.?\d*)([kKMGTPEZY]?)/.exec(text);
  if (!found || !/[1-9]/.test(found[2] ?? "")) return 0;
  const power = found[3] ? "KMGTPEZY".indexOf(found[3].toUpperCase()) + 1 : 0;
  return found[1] === "-" ? -power - 0.5 : power + 0.5;
}

function compareGeneral(a: string, b: string): number {
  const read = (text: string): number => {
    const found = /^[ \t]*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[+-]?inf)/i.exec(text);
    if (!found) return Number.NaN;
    return Number((found[1] as string).replace(/inf/i, "Infinity"));
  };
  const x = read(a);
  const y = read(b);
  if (Number.isNaN(x)) return Number.isNaN(y) ? 0 : -1;
  if (Number.isNaN(y)) return 1;
  return x < y ? -1 : x > y ? 1 : 0;
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

function month(text: string): number {
  return MONTHS.indexOf(text.trimStart().slice(0, 3).toUpperCase()) + 1;
}
