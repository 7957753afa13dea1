/** One conversion of printf(3): the part that printf(1), awk and seq share. */

export interface Directive {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly conversion: string;
}

/** `%-5.2f` and a number or a text, as printf(3) writes it. */
export function formatDirective(directive: string, value: number | bigint | string): string {
  const found = /^%([-+ #0']*)(\d*)(?:\.(\d*))?[hlqLjzt]*([a-zA-Z])$/.exec(directive);
  if (!found) return directive;
  return formatValue(
    {
      flags: found[1] ?? "",
      width: Number(found[2] || 0),
      precision: found[3] === undefined ? undefined : Number(found[3]),
      conversion: found[4] as string,
    },
    value,
  );
}

export function formatValue(directive: Directive, value: number | bigint | string): string {
  const { flags, precision, conversion } = directive;
  switch (conversion) {
    case "s": {
      const text = String(value);
      return pad(directive, precision === undefined ? text : text.slice(0, precision), "");
    }
    case "c":
      return pad(directive, String(value).slice(0, 1), "");
    case "d":
    case "i": {
      const whole = toInteger(value);
      const digits = (whole < 0n ? -whole : whole).toString();
      const sign = whole < 0n ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
      return pad(directive, integerDigits(digits, precision), sign, precision === undefined);
    }
    case "u":
    case "o":
    case "x":
    case "X": {
      const radix = { u: 10, o: 8, x: 16, X: 16 }[conversion];
      const whole = BigInt.asUintN(64, toInteger(value));
      let digits = integerDigits(whole.toString(radix), precision);
      if (conversion === "X") digits = digits.toUpperCase();
      let prefix = "";
      if (flags.includes("#") && whole !== 0n) {
        if (radix === 16) prefix = `0${conversion}`;
        else if (radix === 8 && !digits.startsWith("0")) digits = `0${digits}`;
      }
      return pad(directive, digits, prefix, precision === undefined);
    }
    default:
      return formatFloat(directive, Number(value));
  }
}

function toInteger(value: number | bigint | string): bigint {
  if (typeof value === "bigint") return value;
  const number = Math.trunc(Number(value));
  if (Number.isNaN(number)) return -(2n ** 63n);
  if (number >= 2 ** 63) return 2n ** 63n - 1n;
  if (number <= -(2 ** 63)) return -(2n ** 63n);
  return BigInt(number);
}

function integerDigits(digits: string, precision: number | undefined): string {
  if (precision === 0 && digits === "0") return "";
  return digits.padStart(precision ?? 0, "0");
}

function formatFloat(directive: Directive, value: number): string {
  const { flags, conversion } = directive;
  const negative = value < 0 || Object.is(value, -0);
  const sign = negative ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
  const upper = conversion !== conversion.toLowerCase();
  if (!Number.isFinite(value)) {
    const text = Number.isNaN(value) ? "nan" : "inf";
    return pad(directive, upper ? text.toUpperCase() : text, sign);
  }
  const text = floatDigits(directive, Math.abs(value));
  return pad(directive, upper ? text.toUpperCase() : text, sign, true);
}

function floatDigits(directive: Directive, value: number): string {
  const precision = directive.precision ?? 6;
  switch (directive.conversion.toLowerCase()) {
    case "e":
      return exponential(value, precision);
    case "g": {
      const significant = precision === 0 ? 1 : precision;
      const exponent = value === 0 ? 0 : Number(exponential(value, significant - 1).split("e")[1]);
      const trim = (text: string) =>
        directive.flags.includes("#") || !text.includes(".") ? text : text.replace(/\.?0+$/, "");
      if (exponent < -4 || exponent >= significant) {
        const [mantissa, power] = exponential(value, significant - 1).split("e");
        return `${trim(mantissa as string)}e${power}`;
      }
      return trim(fixed(value, significant - 1 - exponent));
    }
    default:
      return fixed(value, precision);
  }
}

/** toExponential and toFixed stop at 100 digits, and toFixed at 10^21. */
function exponential(value: number, digits: number): string {
  const text = evenTies(Math.min(digits, 100), (count) => value.toExponential(count));
  const [mantissa, power] = text.split("e");
  const exponent = Number(power);
  return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

function fixed(value: number, digits: number): string {
  const text =
    value >= 1e21
      ? `${BigInt(value)}${digits > 0 ? `.${"0".repeat(Math.min(digits, 100))}` : ""}`
      : evenTies(Math.min(digits, 100), (count) => value.toFixed(count));
  return digits > 100 ? text + "0".repeat(Math.min(digits, 1000) - 100) : text;
}

/** C rounds a tie to the even digit, JavaScript away from zero. */
function evenTies(digits: number, write: (digits: number) => string): string {
  const more = Math.min(100, digits + 40);
  const exact = /^(\d+)(?:\.(\d*))?(e.*)?$/.exec(write(more));
  const fraction = exact?.[2] ?? "";
  if (!exact || !/^50*$/.test(fraction.slice(digits))) return write(digits);
  const kept = fraction.slice(0, digits);
  const last = digits === 0 ? (exact[1] as string).at(-1) : kept.at(-1);
  if (Number(last) % 2 === 1) return write(digits);
  return `${exact[1]}${digits === 0 ? "" : `.${kept}`}${exact[3] ?? ""}`;
}

/** A width beyond this would only serve to fill the memory. */
const MAX_WIDTH = 1 << 20;

function pad(directive: Directive, body: string, sign: string, zeros = false): string {
  const width = Math.min(directive.width, MAX_WIDTH);
  const text = sign + body;
  if (text.length >= width) return text;
  if (directive.flags.includes("-")) return text.padEnd(width);
  if (directive.flags.includes("0") && zeros) return sign + body.padStart(width - sign.length, "0");
  return text.padStart(width);
}
