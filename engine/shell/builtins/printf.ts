/** printf */
import { encodeBytes, joinEscapedBytes } from "../bytes.ts";
import { backslashQuote, quoteForReuse } from "../quoting.ts";
import { elementKey, setVariable } from "../shell-variables.ts";
import { formatTime } from "../strftime.ts";
import { isName } from "../variables.ts";
import { fail, failUsage, print, type Builtin, type BuiltinCall } from "./builtin.ts";
import { decodeFormat, decodePercentB } from "./escapes.ts";

/** Longer results are refused: a width is at most this many characters. */
const MAX_WIDTH = 1_000_000;
const MAX_PRECISION = 10_000;

export const printf: Builtin = {
  name: "printf",
  posix: true,
  synopsis: "[-v var] format [arguments]",
  summary: "Formats and prints ARGUMENTS under control of the FORMAT.",
  *run(call) {
    let { args } = call;
    let variable: string | undefined;
    if (call.shell.isBash && args[0]?.startsWith("-v")) {
      variable = args[0] === "-v" ? args[1] : args[0].slice(2);
      args = args.slice(args[0] === "-v" ? 2 : 1);
      if (variable === undefined) return yield* failUsage(call, "-v: option requires an argument");
      if (!/^[A-Za-z_]\w*(\[.*\])?$/s.test(variable)) {
        return yield* fail(call, `\`${variable}': not a valid identifier`, 2);
      }
    } else if (args[0] !== undefined && /^-[^-]/.test(args[0])) {
      return yield* failUsage(call, `${args[0].slice(0, 2)}: invalid option`);
    }
    if (args[0] === "--") args = args.slice(1);
    const [format, ...rest] = args;
    if (format === undefined) {
      yield* call.shell.write(2, `printf: usage: printf ${call.synopsis}\n`, true);
      return 2;
    }
    const formatter = new Formatter(call, rest);
    const text = joinEscapedBytes(formatter.run(format));
    if (variable !== undefined) assign(call, variable, text);
    else yield* print(call, text);
    for (const text of [...formatter.warnings, ...formatter.errors]) yield* fail(call, text);
    return formatter.errors.length > 0 ? 1 : 0;
  },
};

function assign(call: BuiltinCall, variable: string, text: string): void {
  if (isName(variable)) {
    setVariable(call.shell, variable, undefined, text);
    return;
  }
  const open = variable.indexOf("[");
  const name = variable.slice(0, open);
  const key = elementKey(call.shell, name, variable.slice(open + 1, -1));
  setVariable(call.shell, name, key, text);
}

const DIRECTIVE =
  /%([-+ 0#']*)(\*|\d+)?(?:\.(\*|-?\d*))?(?:hh|h|ll|l|j|z|t|L)?(\([^)]*\)T|[\s\S])?/g;

class Formatter {
  readonly errors: string[] = [];
  /** Printed, but no failure. */
  readonly warnings: string[] = [];
  private used = 0;
  private stopped = false;

  constructor(
    private readonly call: BuiltinCall,
    private readonly args: readonly string[],
  ) {}

  run(format: string): string {
    let out = "";
    do {
      const before = this.used;
      out += this.once(format);
      // A format that takes no argument is used once.
      if (this.used === before) break;
    } while (this.used < this.args.length && !this.stopped && out.length < MAX_WIDTH * 16);
    return out;
  }

  private once(format: string): string {
    let out = "";
    let at = 0;
    for (const found of format.matchAll(DIRECTIVE)) {
      if (this.stopped) return out;
      out += decodeFormat(format.slice(at, found.index));
      at = found.index + found[0].length;
      const piece = this.directive(found);
      if (piece === undefined) {
        this.stopped = true;
        return out;
      }
      out += piece;
    }
    return this.stopped ? out : out + decodeFormat(format.slice(at));
  }

  private next(): string | undefined {
    const argument = this.args[this.used];
    this.used += 1;
    return argument;
  }

  private directive(found: RegExpExecArray): string | undefined {
    const [all, givenFlags, givenWidth, givenPrecision, conversion] = found as unknown as [
      string,
      string,
      string | undefined,
      string | undefined,
      string | undefined,
    ];
    if (conversion === "%") return "%";
    let flags = givenFlags;
    let width = givenWidth === "*" ? Number(this.integer(this.next())) : Number(givenWidth ?? 0);
    if (width < 0) {
      flags += "-";
      width = -width;
    }
    width = Math.min(width, MAX_WIDTH);
    let precision: number | undefined;
    if (givenPrecision !== undefined) {
      precision =
        givenPrecision === "*" ? Number(this.integer(this.next())) : Number(givenPrecision);
      if (precision < 0) precision = undefined;
      else precision = Math.min(precision, MAX_PRECISION);
    }
    const pad = (text: string): string => padText(text, width, flags);
    switch (conversion?.at(-1)) {
      case "s":
        return pad(cut(this.next() ?? "", precision));
      case "b": {
        const decoded = decodePercentB(this.next() ?? "");
        if (decoded.stopped) this.stopped = true;
        return pad(cut(joinEscapedBytes(decoded.text), precision));
      }
      case "q":
        return pad(cut(backslashQuote(this.next() ?? ""), precision));
      case "Q":
        return pad(quoteForReuse(cut(this.next() ?? "", precision)));
      case "c":
        return pad((this.next() ?? "").slice(0, 1));
      case "d":
      case "i":
        return formatInteger(this.integer(this.next()), flags, width, precision);
      case "u":
        return formatUnsigned(this.integer(this.next()), 10, "", flags, width, precision);
      case "o":
        return formatUnsigned(
          this.integer(this.next()),
          8,
          flags.includes("#") ? "0" : "",
          flags,
          width,
          precision,
        );
      case "x":
        return formatUnsigned(
          this.integer(this.next()),
          16,
          flags.includes("#") ? "0x" : "",
          flags,
          width,
          precision,
        );
      case "X":
        return formatUnsigned(
          this.integer(this.next()),
          16,
          flags.includes("#") ? "0x" : "",
          flags,
          width,
          precision,
        ).toUpperCase();
      case "e":
      case "E":
      case "f":
      case "F":
      case "g":
      case "G":
        return formatFloat(this.float(this.next()), conversion as string, flags, width, precision);
      case "T":
        return pad(this.time((conversion as string).slice(1, -2)));
      case "n":
        this.next();
        return "";
      default: {
        const shown = conversion === undefined ? all : `${conversion}`;
        this.errors.push(
          conversion === undefined
            ? `\`${shown}': missing format character`
            : `\`${shown}': invalid format character`,
        );
        return undefined;
      }
    }
  }

  private time(format: string): string {
    const argument = this.next();
    const seconds =
      argument === undefined || argument === "-1"
        ? this.call.shell.sys.realtimeSeconds()
        : argument === "-2"
          ? this.call.shell.sys.realtimeSeconds() - this.call.shell.sys.monotonicNs() / 1e9
          : Number(this.integer(argument));
    return formatTime(seconds, format === "" ? "%X" : format);
  }

  private integer(text: string | undefined): bigint {
    if (text === undefined || text === "") return 0n;
    if (/^["']/.test(text)) return characterCode(text.slice(1));
    const number = /^\s*([+-]?)(0[xX][0-9A-Fa-f]+|0[0-7]*|[1-9]\d*)/.exec(text);
    if (!number) {
      this.errors.push(`${text}: invalid number`);
      return 0n;
    }
    if (number[0].length !== text.length) this.errors.push(`${text}: invalid number`);
    const digits = number[2] as string;
    const octal = /^0[0-7]/.test(digits);
    const value = BigInt(octal ? `0o${digits.slice(1)}` : digits) * (number[1] === "-" ? -1n : 1n);
    const max = (1n << 63n) - 1n;
    if (value > max || value < -max - 1n) {
      this.warnings.push(`warning: ${text}: Numerical result out of range`);
      return value > 0n ? max : -max - 1n;
    }
    return value;
  }

  private float(text: string | undefined): number {
    if (text === undefined || text === "") return 0;
    if (/^["']/.test(text)) return Number(characterCode(text.slice(1)));
    const number =
      /^\s*[+-]?(?:0[xX][0-9A-Fa-f]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf(?:inity)?|nan)/i.exec(
        text,
      );
    if (!number || number[0].length !== text.length) this.errors.push(`${text}: invalid number`);
    const found = number?.[0].trim().toLowerCase() ?? "0";
    if (found.includes("inf")) return found.startsWith("-") ? -Infinity : Infinity;
    return found.includes("nan") ? NaN : Number(found);
  }
}

function characterCode(text: string): bigint {
  const code = text.codePointAt(0) ?? 0;
  return BigInt(code >= 0xdc80 && code <= 0xdcff ? code - 0xdc00 : code);
}

/** Precision of `%s` counts bytes, but never splits a character here. */
function cut(text: string, precision: number | undefined): string {
  if (precision === undefined) return text;
  if (/^[\0-\x7f]*$/.test(text)) return text.slice(0, precision);
  let out = "";
  let size = 0;
  for (const char of text) {
    size += encodeBytes(char).length;
    if (size > precision) break;
    out += char;
  }
  return out;
}

function padText(text: string, width: number, flags: string): string {
  const length = encodeBytes(text).length;
  if (length >= width) return text;
  const blanks = " ".repeat(width - length);
  return flags.includes("-") ? text + blanks : blanks + text;
}

function formatInteger(
  value: bigint,
  flags: string,
  width: number,
  precision: number | undefined,
): string {
  const sign = value < 0n ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
  return padNumber(sign, String(value < 0n ? -value : value), flags, width, precision);
}

function formatUnsigned(
  value: bigint,
  base: number,
  prefix: string,
  flags: string,
  width: number,
  precision: number | undefined,
): string {
  const digits = BigInt.asUintN(64, value).toString(base);
  return padNumber(value === 0n ? "" : prefix, digits, flags, width, precision);
}

function padNumber(
  sign: string,
  digits: string,
  flags: string,
  width: number,
  precision: number | undefined,
): string {
  let body = digits;
  if (precision !== undefined)
    body = precision === 0 && digits === "0" ? "" : digits.padStart(precision, "0");
  else if (flags.includes("0") && !flags.includes("-"))
    body = digits.padStart(width - sign.length, "0");
  return padText(sign + body, width, flags);
}

function formatFloat(
  value: number,
  conversion: string,
  flags: string,
  width: number,
  precision = 6,
): string {
  const negative = value < 0 || Object.is(value, -0);
  const sign = negative ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
  const size = Math.abs(value);
  let body: string;
  if (!Number.isFinite(size)) body = Number.isNaN(size) ? "nan" : "inf";
  else if (conversion.toLowerCase() === "f") body = exactFixed(size, precision);
  else if (conversion.toLowerCase() === "e") body = exponent(size, precision);
  else body = general(size, precision, flags.includes("#"));
  if (conversion !== conversion.toLowerCase()) body = body.toUpperCase();
  const zeros = flags.includes("0") && !flags.includes("-") && Number.isFinite(size);
  if (zeros) body = body.padStart(width - sign.length, "0");
  return padText(sign + body, width, flags);
}

function exponent(size: number, precision: number): string {
  return size.toExponential(Math.min(precision, 100)).replace(/e([+-])(\d)$/, "e$10$2");
}

/** `%g`: the shorter of `%e` and `%f`, without zeros at the end. */
function general(size: number, precision: number, keepZeros: boolean): string {
  const digits = Math.max(precision, 1);
  const power = size === 0 ? 0 : Number(size.toExponential(digits - 1).split("e")[1]);
  const text =
    power < -4 || power >= digits
      ? exponent(size, digits - 1)
      : size.toFixed(Math.max(digits - 1 - power, 0));
  return keepZeros ? text : text.replace(/(\.\d*?)0+(?=e|$)/, "$1").replace(/\.(?=e|$)/, "");
}

/** Digits of the binary fraction itself, halves to even, as printf(3) rounds. */
function exactFixed(size: number, precision: number): string {
  let scale = 0n;
  let whole = size;
  while (!Number.isInteger(whole)) {
    whole *= 2;
    scale += 1n;
  }
  const ten = 10n ** BigInt(precision);
  const numerator = BigInt(whole) * ten;
  let rounded = numerator >> scale;
  const rest = numerator - (rounded << scale);
  const half = scale === 0n ? 1n : 1n << (scale - 1n);
  if (scale > 0n && (rest > half || (rest === half && (rounded & 1n) === 1n))) rounded += 1n;
  const digits = rounded.toString().padStart(precision + 1, "0");
  if (precision === 0) return digits;
  return `${digits.slice(0, -precision)}.${digits.slice(-precision)}`;
}
