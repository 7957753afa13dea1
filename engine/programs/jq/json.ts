/** JSON values as jq has them: ordered by kind, kept in the order in which keys were added. */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = ReadonlyMap<string, Json>;

/** An error of the program that runs, which `try` can catch. */
export class JqError extends Error {
  constructor(
    readonly value: Json,
    /** `break` out of a label, or of an input that has ended. */
    readonly isBreak = false,
  ) {
    super(typeof value === "string" ? value : "");
  }
}

/** Ends the program whatever it says: too deep, or too large. */
export class JqLimit extends Error {}

/** Values in one value, counted with repetition: what writing it out would take. */
const MAX_VALUES = 1_000_000;
/** Characters of one string. */
const MAX_STRING = 16_777_216;

const weights = new WeakMap<object, number>();

function weightOf(value: Json): number {
  return typeof value === "object" && value !== null ? (weights.get(value) ?? 1) : 1;
}

function weigh<T extends readonly Json[] | JsonObject>(value: T, items: Iterable<Json>): T {
  let weight = 1;
  for (const item of items) weight += weightOf(item);
  if (weight > MAX_VALUES) throw new JqLimit(`a value of more than ${MAX_VALUES} parts`);
  weights.set(value, weight);
  return value;
}

export function array(items: readonly Json[]): readonly Json[] {
  return weigh(items, items);
}

export function object(entries: Map<string, Json>): JsonObject {
  return weigh(entries, entries.values());
}

export function text(value: string): string {
  if (value.length > MAX_STRING)
    throw new JqLimit(`a string of more than ${MAX_STRING} characters`);
  return value;
}

export type Kind = "null" | "boolean" | "number" | "string" | "array" | "object";

export function kindOf(value: Json): Kind {
  if (value === null) return "null";
  if (isArray(value)) return "array";
  return typeof value as Kind;
}

export function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

export function isObject(value: Json): value is JsonObject {
  return value instanceof Map;
}

export function isTrue(value: Json): boolean {
  return value !== null && value !== false;
}

const ORDER: readonly Kind[] = ["null", "boolean", "number", "string", "array", "object"];

/** The total order of the manual; strings by code points, objects by keys and then by values. */
export function compare(a: Json, b: Json): number {
  const kind = kindOf(a);
  if (kind !== kindOf(b)) return ORDER.indexOf(kind) - ORDER.indexOf(kindOf(b));
  if (typeof a === "number") return Number.isNaN(a) ? -1 : a - (b as number);
  if (typeof a === "boolean") return Number(a) - Number(b);
  if (typeof a === "string") return compareText(a, b as string);
  if (isArray(a)) {
    const other = b as readonly Json[];
    for (let i = 0; i < a.length && i < other.length; i++) {
      const order = compare(a[i] as Json, other[i] as Json);
      if (order !== 0) return order;
    }
    return a.length - other.length;
  }
  return isObject(a) ? compareObjects(a, b as JsonObject) : 0;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const [one, other] = [[...a], [...b]];
  for (let i = 0; i < one.length && i < other.length; i++) {
    const order = (one[i]?.codePointAt(0) ?? 0) - (other[i]?.codePointAt(0) ?? 0);
    if (order !== 0) return order;
  }
  return one.length - other.length;
}

function compareObjects(a: JsonObject, b: JsonObject): number {
  const keys = sortedKeys(a);
  const order = compare(keys, sortedKeys(b));
  if (order !== 0) return order;
  for (const key of keys) {
    const byValue = compare(a.get(key) ?? null, b.get(key) ?? null);
    if (byValue !== 0) return byValue;
  }
  return 0;
}

export function sortedKeys(value: JsonObject): string[] {
  return [...value.keys()].sort(compareText);
}

// ------------------------------------------------------------------ writing

/** Doubles with up to 17 digits, exponents as C writes them, infinities as the largest number. */
function numberText(value: number): string {
  if (Number.isNaN(value)) return "null";
  if (Object.is(value, -0)) return "-0";
  if (!Number.isFinite(value)) return `${value < 0 ? "-" : ""}1.7976931348623157e+308`;
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(value.toExponential()) as RegExpExecArray;
  const [, sign = "", first = "", more = "", power = ""] = match;
  const digits = first + more;
  const point = Number(power) + 1;
  if (point <= -4 || point > digits.length + 15) {
    const exponent = `${point > 0 ? "+" : "-"}${String(Math.abs(point - 1)).padStart(2, "0")}`;
    return `${sign}${first}${more === "" ? "" : `.${more}`}e${exponent}`;
  }
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits + "0".repeat(point - digits.length);
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

function stringText(value: string, ascii = false): string {
  const unit = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  let out = "";
  for (const char of value) {
    const escape = ESCAPES[char];
    const code = char.codePointAt(0) as number;
    if (escape) out += escape;
    else if (code < 32 || code === 127 || (ascii && code > 126))
      out += char.split("").map(unit).join("");
    else out += char;
  }
  return `"${out}"`;
}

export interface Style {
  /** Spaces a level; 0: everything on one line. A tab stands for itself. */
  readonly indent: string;
  readonly sortKeys: boolean;
  readonly ascii: boolean;
  readonly colour: boolean;
}

const COMPACT: Style = { indent: "", sortKeys: false, ascii: false, colour: false };

const COLOURS: Readonly<Record<Kind, string>> = {
  null: "1;30",
  boolean: "0;39",
  number: "0;39",
  string: "0;32",
  array: "1;39",
  object: "1;39",
};
const KEY_COLOUR = "34;1";
const RESET = "\x1b[0m";

export function jsonText(value: Json, style: Style = COMPACT): string {
  const parts: string[] = [];
  write(value, style, 0, parts);
  return parts.join("");
}

const start = (code: string): string => `\x1b[${code}m`;

function write(value: Json, style: Style, level: number, out: string[]): void {
  if (isArray(value)) writeItems(value, style, level, out);
  else if (isObject(value)) writeEntries(value, style, level, out);
  else {
    const plain =
      typeof value === "string"
        ? stringText(value, style.ascii)
        : typeof value === "number"
          ? numberText(value)
          : String(value);
    out.push(style.colour ? start(COLOURS[kindOf(value)]) + plain + RESET : plain);
  }
}

function newLine(style: Style, level: number): string {
  return style.indent === "" ? "" : `\n${style.indent.repeat(level)}`;
}

function writeItems(value: readonly Json[], style: Style, level: number, out: string[]): void {
  const code = style.colour ? start(COLOURS.array) : "";
  out.push(code, "[");
  for (const [index, item] of value.entries()) {
    if (index > 0) out.push(code, ",");
    out.push(newLine(style, level + 1));
    write(item, style, level + 1, out);
  }
  if (value.length > 0) out.push(code, newLine(style, level), code);
  out.push("]", style.colour ? RESET : "");
}

function writeEntries(value: JsonObject, style: Style, level: number, out: string[]): void {
  const code = style.colour ? start(COLOURS.object) : "";
  const reset = style.colour ? RESET : "";
  const keyCode = style.colour ? start(KEY_COLOUR) : "";
  out.push(code, "{");
  let isFirst = true;
  for (const key of style.sortKeys ? sortedKeys(value) : value.keys()) {
    if (!isFirst) out.push(code, ",");
    isFirst = false;
    out.push(newLine(style, level + 1), reset, keyCode, stringText(key, style.ascii), reset, code);
    out.push(style.indent === "" ? ":" : ": ", reset);
    write(value.get(key) ?? null, style, level + 1, out);
  }
  if (value.size > 0) out.push(code, newLine(style, level), code);
  out.push("}", reset);
}
