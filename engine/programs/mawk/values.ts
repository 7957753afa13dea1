/** awk's values: numbers, strings, and strings that look like numbers (they compare as such). */
import { formatDirective } from "../support/printf.ts";

/** Text from outside the program that looks like a number. */
export class NumericText {
  constructor(
    readonly text: string,
    readonly number: number,
  ) {}
}

/** Undefined: a variable never set, both "" and 0. */
export type Value = number | string | NumericText | undefined;

const NUMBER = /^[ \t\n\r\f\v]*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[ \t\n\r\f\v]*$/;
const PREFIX =
  /^[ \t\n\r\f\v]*([+-]?(?:0[xX][0-9A-Fa-f]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf(?:inity)?|nan))/i;

/** Text of a field, of getline, ARGV, -v or the environment. */
export function inputValue(text: string): Value {
  const first = text.charCodeAt(0);
  // Digits, signs, points and blanks are all that a number may begin with.
  if (first > 57 || Number.isNaN(first) || !NUMBER.test(text)) return text;
  return new NumericText(text, Number(text));
}

export function toNumber(value: Value): number {
  if (typeof value === "number") return value;
  if (value === undefined) return 0;
  if (value instanceof NumericText) return value.number;
  const found = PREFIX.exec(value);
  if (!found) return 0;
  const text = (found[1] as string).toLowerCase();
  if (text.includes("n"))
    return text.includes("nan") ? Number.NaN : text.startsWith("-") ? -Infinity : Infinity;
  return text.startsWith("-") ? -Number(text.slice(1)) : Number(text.replace("+", ""));
}

/** mawk writes whole numbers within 32 bits as such, others by CONVFMT or OFMT. */
function numberToText(value: number, format: string): string {
  if (Number.isInteger(value) && value >= -2147483647 && value <= 2147483647)
    return String(value === 0 ? 0 : value);
  return formatDirective(format, value);
}

export function toText(value: Value, format: string): string {
  if (typeof value === "string") return value;
  if (value === undefined) return "";
  return value instanceof NumericText ? value.text : numberToText(value, format);
}

export function toBoolean(value: Value): boolean {
  if (typeof value === "string") return value !== "";
  return toNumber(value) !== 0;
}

export function compareValues(a: Value, b: Value, format: string): number {
  if (typeof a !== "string" && typeof b !== "string") {
    const x = toNumber(a);
    const y = toNumber(b);
    return x < y ? -1 : x > y ? 1 : x === y ? 0 : 1;
  }
  const x = toText(a, format);
  const y = toText(b, format);
  return x < y ? -1 : x > y ? 1 : 0;
}
