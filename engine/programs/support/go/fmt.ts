/** Go's fmt: verbs and their flags over reflected values. https://pkg.go.dev/fmt */
import { describeRune, quote, quoteRune } from "./quote.ts";
import { encodeUtf8 } from "../../../sim/utf8.ts";
import { sortedKeys, type GoMap, type GoStruct, type GoType, type GoValue } from "./type.ts";

interface Flags {
  plus: boolean;
  minus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  width?: number;
  precision?: number;
}

const NO_FLAGS: Flags = { plus: false, minus: false, sharp: false, space: false, zero: false };

/** Widths beyond this are not honoured, as in Go (fmt's tooLarge). */
const LARGEST_WIDTH = 1_000_000;

function pad(text: string, flags: Flags, zeroes = false): string {
  const missing = (flags.width ?? 0) - [...text].length;
  if (missing <= 0) return text;
  if (flags.minus) return text + " ".repeat(missing);
  if (!zeroes || !flags.zero) return " ".repeat(missing) + text;
  const sign = /^[+\- ]/.test(text) ? text.charAt(0) : "";
  return sign + "0".repeat(missing) + text.slice(sign.length);
}

function formatInteger(value: number, verb: string, flags: Flags): string | undefined {
  const base = { d: 10, v: 10, b: 2, o: 8, O: 8, x: 16, X: 16 }[verb];
  if (base === undefined) {
    if (verb === "c") return pad(runeText(value), flags);
    if (verb === "q") return pad(quoteRune(value), flags);
    if (verb === "U") {
      const text = runeText(value);
      const plain = `U+${value.toString(16).toUpperCase().padStart(4, "0")}`;
      return pad(flags.sharp ? describeRune(text) : plain, flags);
    }
    return undefined;
  }
  let digits = BigInt(Math.abs(value)).toString(base);
  if (flags.precision !== undefined) digits = digits.padStart(flags.precision, "0");
  if (verb === "O") digits = `0o${digits}`;
  else if (flags.sharp && base === 2) digits = `0b${digits}`;
  else if (flags.sharp && base === 8) digits = `0${digits}`;
  else if (flags.sharp && base === 16) digits = `0x${digits}`;
  if (verb === "X") digits = digits.toUpperCase();
  const sign = value < 0 ? "-" : flags.plus ? "+" : flags.space ? " " : "";
  return pad(sign + digits, flags, flags.precision === undefined);
}

function runeText(code: number): string {
  const valid = code >= 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return valid ? String.fromCodePoint(code) : "\ufffd";
}

/** `1e+06`: two digits of exponent at least. */
const goExponent = (text: string) => text.replace(/e([+-])(\d)$/, "e$10$2");

/** %v and %g without precision: the shortest text that reads back, with an exponent from 1e6 on. */
function formatFloat(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  if (exponent < -4 || exponent >= 6) return goExponent(value.toExponential());
  return plainDecimal(value);
}

function plainDecimal(value: number): string {
  const text = String(value);
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign = "", lead = "", rest = "", power = "0"] = match;
  const shift = Number(power);
  if (shift < 0) return `${sign}0.${"0".repeat(-shift - 1)}${lead}${rest}`;
  return sign + lead + rest.padEnd(shift, "0");
}

function formatReal(value: number, verb: string, flags: Flags): string | undefined {
  let text: string;
  const finite = Number.isFinite(value);
  switch (verb) {
    case "v":
    case "g":
    case "G":
      if (flags.precision === undefined || !finite) text = formatFloat(value);
      else text = significant(value, Math.max(flags.precision, 1));
      break;
    case "f":
    case "F":
      text = finite ? value.toFixed(Math.min(flags.precision ?? 6, 100)) : formatFloat(value);
      break;
    case "e":
    case "E":
      text = finite
        ? goExponent(value.toExponential(Math.min(flags.precision ?? 6, 100)))
        : formatFloat(value);
      break;
    default:
      return undefined;
  }
  if (verb === "G" || verb === "E") text = text.toUpperCase();
  if (flags.plus && !/^[+-]/.test(text)) text = `+${text}`;
  else if (flags.space && !/^[+-]/.test(text)) text = ` ${text}`;
  return pad(text, flags, true);
}

/** %.Ng: N significant digits, trailing zeroes dropped. */
function significant(value: number, digits: number): string {
  const text = value.toExponential(Math.min(digits, 100) - 1);
  const [mantissa = "", power = "0"] = text.split("e");
  const exponent = Number(power);
  const trimmed = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
  if (exponent < -4 || exponent >= digits) return goExponent(`${trimmed}e${power}`);
  return plainDecimal(Number(`${trimmed}e${power}`));
}

function formatText(text: string, verb: string, flags: Flags): string | undefined {
  const cut = flags.precision === undefined ? text : [...text].slice(0, flags.precision).join("");
  switch (verb) {
    case "v":
    case "s":
      return pad(verb === "v" && flags.sharp ? quote(cut) : cut, flags);
    case "q":
      if (flags.sharp && !/[`\x00-\x08\x0a-\x1f\x7f]/.test(cut)) return pad(`\`${cut}\``, flags);
      return pad(quote(cut, flags.plus), flags);
    case "x":
    case "X": {
      const bytes = [...encodeUtf8(text)].slice(0, flags.precision);
      const hex = bytes
        .map((byte) => byte.toString(16).padStart(2, "0"))
        .join(flags.space ? " " : "");
      return pad((flags.sharp ? "0x" : "") + (verb === "X" ? hex.toUpperCase() : hex), flags);
    }
    default:
      return undefined;
  }
}

/** An address that stands for an object: pointers inside a value print as one. */
function address(data: unknown): string {
  let hash = 0x811c9dc5;
  for (const char of JSON.stringify(data, (_, item) => (item instanceof Map ? [...item] : item))) {
    hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0;
  }
  return `0xc000${(((hash & 0xffffff) >>> 3) << 3).toString(16).padStart(6, "0")}`;
}

function format(value: GoValue | null, verb: string, flags: Flags, depth: number): string {
  if (value === null) {
    return verb === "v" || verb === "T" ? pad("<nil>", flags) : `%!${verb}(<nil>)`;
  }
  const { type, data } = value;
  if (verb === "T") return pad(type.name, flags);
  // %+v asks structs for their field names, not numbers for their sign.
  if (verb === "v" && flags.plus && isNumber(type)) {
    return format(value, verb, { ...flags, plus: false }, depth);
  }
  if (type.kind === "interface") return format(data as GoValue | null, verb, flags, depth);
  if (type.string !== undefined && /[vsqxX]/.test(verb) && !flags.sharp) {
    return formatText(type.string(data), verb, flags) ?? badVerb(value, verb);
  }
  switch (type.kind) {
    case "bool":
      return verb === "v" || verb === "t" ? pad(String(data), flags) : badVerb(value, verb);
    case "int":
    case "uint":
      return formatInteger(data as number, verb, flags) ?? badVerb(value, verb);
    case "float":
      return formatReal(data as number, verb, flags) ?? badVerb(value, verb);
    case "string":
      return formatText(String(data), verb, flags) ?? badVerb(value, verb);
    case "slice":
    case "array":
      return formatList(type, data as readonly unknown[] | null, verb, flags, depth);
    case "map":
      return formatMap(type, data as GoMap | null, verb, flags, depth);
    case "struct":
      return formatStruct(type, data as GoStruct, verb, flags, depth);
    case "ptr":
      if (data === null) return pad("<nil>", flags);
      if (depth === 0 && (type.elem as GoType).kind === "struct" && verb !== "p") {
        return `&${format({ type: type.elem as GoType, data }, verb, flags, depth + 1)}`;
      }
      return pad(address(data), flags);
    case "func":
      return pad("0x4f3b20", flags);
  }
}

const isNumber = (type: GoType) => ["int", "uint", "float"].includes(type.kind);

function formatList(
  type: GoType,
  data: readonly unknown[] | null,
  verb: string,
  flags: Flags,
  depth: number,
): string {
  const elem = type.elem as GoType;
  const items = (data ?? []).map((item) =>
    format({ type: elem, data: item }, verb, flags, depth + 1),
  );
  if (verb !== "v" || !flags.sharp) return `[${items.join(" ")}]`;
  return data === null ? `${type.name}(nil)` : `${type.name}{${items.join(", ")}}`;
}

function formatMap(
  type: GoType,
  data: GoMap | null,
  verb: string,
  flags: Flags,
  depth: number,
): string {
  const elem = type.elem as GoType;
  const items = sortedKeys(data ?? new Map()).map((key) => {
    const shown = formatText(key, verb, flags) ?? key;
    return `${shown}:${format({ type: elem, data: data?.get(key) }, verb, flags, depth + 1)}`;
  });
  if (verb !== "v" || !flags.sharp) return `map[${items.join(" ")}]`;
  return data === null ? `${type.name}(nil)` : `${type.name}{${items.join(", ")}}`;
}

function formatStruct(
  type: GoType,
  data: GoStruct,
  verb: string,
  flags: Flags,
  depth: number,
): string {
  const named = verb === "v" && (flags.plus || flags.sharp);
  const items = (type.fields ?? []).map((field) => {
    const text = format({ type: field.type, data: data[field.name] }, verb, flags, depth + 1);
    return named ? `${field.name}:${text}` : text;
  });
  return verb === "v" && flags.sharp ? `${type.name}{${items.join(", ")}}` : `{${items.join(" ")}}`;
}

function badVerb(value: GoValue, verb: string): string {
  return `%!${verb}(${value.type.name}=${format(value, "v", NO_FLAGS, 1)})`;
}

/** fmt.Sprint with %v: what a template prints for a value. */
export function display(value: GoValue | null): string {
  return format(value, "v", NO_FLAGS, 0);
}

const isText = (value: GoValue | null) => value !== null && unwrap(value)?.type.kind === "string";

function unwrap(value: GoValue | null): GoValue | null {
  return value?.type.kind === "interface" ? (value.data as GoValue | null) : value;
}

/** fmt.Sprint: a space between operands when neither is a string. */
export function sprint(values: readonly (GoValue | null)[]): string {
  let out = "";
  values.forEach((value, i) => {
    const before = values[i - 1];
    if (i > 0 && !isText(value) && !isText(before ?? null)) out += " ";
    out += display(value);
  });
  return out;
}

export function sprintln(values: readonly (GoValue | null)[]): string {
  return `${values.map(display).join(" ")}\n`;
}

/** fmt.Sprintf */
export function sprintf(text: string, values: readonly (GoValue | null)[]): string {
  return new Formatter(text, values).run();
}

class Formatter {
  private at = 0;
  private argument = 0;
  private reordered = false;
  private goodIndex = true;

  constructor(
    private readonly text: string,
    private readonly values: readonly (GoValue | null)[],
  ) {}

  run(): string {
    let out = "";
    while (this.at < this.text.length) {
      const percent = this.text.indexOf("%", this.at);
      if (percent < 0) {
        out += this.text.slice(this.at);
        break;
      }
      out += this.text.slice(this.at, percent);
      this.at = percent + 1;
      out += this.directive();
    }
    if (!this.reordered && this.argument < this.values.length) {
      const extra = this.values
        .slice(this.argument)
        .map((value) => (value === null ? "<nil>" : `${value.type.name}=${display(value)}`));
      out += `%!(EXTRA ${extra.join(", ")})`;
    }
    return out;
  }

  private directive(): string {
    const flags = this.flags();
    this.goodIndex = true;
    this.index();
    const width = this.number();
    if (width !== undefined) flags.width = width;
    if (width !== undefined && width < 0) {
      flags.minus = true;
      flags.width = -width;
    }
    if (this.text[this.at] === ".") {
      this.at += 1;
      this.index();
      flags.precision = Math.max(this.number() ?? 0, 0);
    }
    this.index();
    const verb = String.fromCodePoint(this.text.codePointAt(this.at) ?? 0);
    if (this.at >= this.text.length) return "%!(NOVERB)";
    this.at += verb.length;
    if (verb === "%") return "%";
    if (!this.goodIndex) return `%!${verb}(BADINDEX)`;
    if (this.argument >= this.values.length) return `%!${verb}(MISSING)`;
    return format(this.values[this.argument++] ?? null, verb, flags, 0);
  }

  private flags(): Flags {
    const flags: Flags = { ...NO_FLAGS };
    for (;;) {
      const char = this.text[this.at];
      if (char === "+") flags.plus = true;
      else if (char === "-") flags.minus = true;
      else if (char === "#") flags.sharp = true;
      else if (char === " ") flags.space = true;
      else if (char === "0") flags.zero = true;
      else return flags;
      this.at += 1;
    }
  }

  /** `[2]`: the operand to take next. */
  private index(): void {
    if (this.text[this.at] !== "[") return;
    this.reordered = true;
    const match = /^\[(\d+)\]/.exec(this.text.slice(this.at, this.at + 12));
    const wanted = Number(match?.[1] ?? 0);
    if (match === null || wanted < 1 || wanted > this.values.length) {
      this.goodIndex = false;
      const end = this.text.indexOf("]", this.at);
      this.at = end < 0 ? this.at + 1 : end + 1;
      return;
    }
    this.argument = wanted - 1;
    this.at += match[0].length;
  }

  /** A width or precision: digits, or `*` for the next operand. */
  private number(): number | undefined {
    if (this.text[this.at] === "*") {
      this.at += 1;
      const value = unwrap(this.values[this.argument++] ?? null);
      const wanted = value?.type.kind === "int" ? (value.data as number) : 0;
      return Math.abs(wanted) > LARGEST_WIDTH ? 0 : wanted;
    }
    const digits = /^\d+/.exec(this.text.slice(this.at, this.at + 8))?.[0];
    if (digits === undefined) return undefined;
    this.at += digits.length;
    return Math.min(Number(digits), LARGEST_WIDTH);
  }
}
