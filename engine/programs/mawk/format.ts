/** awk's printf: the conversions of C over awk's values. */
import { formatValue } from "../support/printf.ts";
import { NumericText, toNumber, toText, type Value } from "./values.ts";

const MAX_INT = 2147483647;

/** Undefined: there are fewer values than conversions. */
export function formatText(
  format: string,
  values: readonly Value[],
  convfmt: string,
): string | undefined {
  let next = 0;
  let missing = false;
  const take = (): Value => {
    if (next >= values.length) missing = true;
    return values[next++];
  };
  const text = format.replace(
    /%(?:%|([-+ #0]*)(\*|\d*)(?:\.(\*|\d*))?[hlL]*([a-zA-Z]))/g,
    (
      whole,
      flags: string,
      typedWidth: string,
      typedPrecision: string | undefined,
      letter: string,
    ) => {
      if (whole === "%%") return "%";
      let width = typedWidth === "*" ? Math.trunc(toNumber(take())) : Number(typedWidth || 0);
      let allFlags = flags;
      if (width < 0) {
        width = -width;
        allFlags += "-";
      }
      const precision =
        typedPrecision === undefined
          ? undefined
          : typedPrecision === "*"
            ? Math.trunc(toNumber(take()))
            : Number(typedPrecision || 0);
      const directive = { flags: allFlags, width, precision, conversion: letter };
      const value = take();
      switch (letter) {
        case "s":
          return formatValue(directive, toText(value, convfmt));
        case "c":
          return formatValue(directive, character(value));
        case "d":
        case "i":
          return formatValue(directive, clamp(toNumber(value), -MAX_INT, MAX_INT));
        case "u":
        case "o":
        case "x":
        case "X":
          return formatValue(directive, clamp(toNumber(value), 0, 2 * MAX_INT + 1));
        case "e":
        case "E":
        case "f":
        case "F":
        case "g":
        case "G":
          return formatValue(directive, toNumber(value));
        default:
          return whole;
      }
    },
  );
  return missing ? undefined : text;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, Math.trunc(value)));
}

function character(value: Value): string {
  if (typeof value === "number") return String.fromCharCode(Math.trunc(value) & 255);
  if (value instanceof NumericText) return String.fromCharCode(Math.trunc(value.number) & 255);
  return value === undefined ? "\0" : value.charAt(0);
}
