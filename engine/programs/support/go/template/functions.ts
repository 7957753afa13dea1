/** The functions that every template has. https://pkg.go.dev/text/template#hdr-Functions */
import { display, sprint, sprintf, sprintln } from "../fmt.ts";
import { decodeUtf8, encodeUtf8 } from "../../../../sim/utf8.ts";
import {
  ANY,
  bool,
  integer,
  STRING,
  string,
  zero,
  type GoMap,
  type GoType,
  type GoValue,
} from "../type.ts";

/** What a template function refuses: `error calling NAME: …`. */
export class FunctionError extends Error {}

export interface TemplateFunction {
  readonly parameters: readonly GoType[];
  /** The type of further arguments, of which there may be any number. */
  readonly variadic?: GoType;
  /** A null argument is the untyped nil. */
  call(args: readonly (GoValue | null)[]): GoValue | null;
}

export const func = (
  parameters: readonly GoType[],
  call: TemplateFunction["call"],
): TemplateFunction => ({ parameters, call });

const variadic = (
  parameters: readonly GoType[],
  more: GoType,
  call: TemplateFunction["call"],
): TemplateFunction => ({ parameters, variadic: more, call });

/** Follows interfaces, and pointers when asked to. */
function inside(value: GoValue | null, pointers: boolean): GoValue | null {
  let current = value;
  while (current !== null) {
    if (current.type.kind === "interface") current = current.data as GoValue | null;
    else if (pointers && current.type.kind === "ptr" && current.data !== null) {
      current = { type: current.type.elem as GoType, data: current.data };
    } else return current;
  }
  return null;
}

/** Whether `if` takes it for true. */
export function truth(value: GoValue | null): boolean {
  if (value === null) return false;
  switch (value.type.kind) {
    case "string":
      return value.data !== "";
    case "slice":
    case "array":
      return value.data !== null && (value.data as readonly unknown[]).length > 0;
    case "map":
      return value.data !== null && (value.data as GoMap).size > 0;
    case "struct":
      return true;
    case "interface":
      return truth(value.data as GoValue | null);
    default:
      return Boolean(value.data);
  }
}

function indexArgument(value: GoValue | null, length: number): number {
  const plain = inside(value, false);
  if (plain === null) throw new FunctionError("cannot index slice/array with nil");
  if (plain.type.kind !== "int" && plain.type.kind !== "uint") {
    throw new FunctionError(`cannot index slice/array with type ${plain.type.name}`);
  }
  const index = plain.data as number;
  if (index < 0 || index > length) throw new FunctionError(`index out of range: ${index}`);
  return index;
}

function indexOne(item: GoValue | null, key: GoValue | null): GoValue | null {
  const value = inside(item, true);
  if (value === null) throw new FunctionError("index of nil pointer");
  switch (value.type.kind) {
    case "slice":
    case "array":
    case "string": {
      const elements =
        value.type.kind === "string"
          ? encodeUtf8(String(value.data))
          : ((value.data ?? []) as readonly unknown[]);
      const index = indexArgument(key, elements.length);
      if (index === elements.length) throw new FunctionError(`index out of range: ${index}`);
      const elem = value.type.elem ?? { kind: "uint", name: "uint8" };
      return { type: elem, data: elements[index] };
    }
    case "map": {
      const plain = inside(key, false);
      if (plain === null) throw new FunctionError("value is nil; should be of type string");
      if (plain.type.kind !== "string") {
        throw new FunctionError(`value has type ${plain.type.name}; should be string`);
      }
      const elem = value.type.elem as GoType;
      const found = (value.data as GoMap | null)?.get(String(plain.data));
      return { type: elem, data: found === undefined ? zero(elem) : found };
    }
    default:
      throw new FunctionError(`can't index item of type ${value.type.name}`);
  }
}

function index([item = null, ...keys]: readonly (GoValue | null)[]): GoValue | null {
  if (inside(item, false) === null) throw new FunctionError("index of untyped nil");
  return keys.reduce<GoValue | null>(indexOne, item);
}

function slice([item = null, ...indexes]: readonly (GoValue | null)[]): GoValue | null {
  const value = inside(item, true);
  if (value === null) throw new FunctionError("slice of untyped nil");
  if (indexes.length > 3) throw new FunctionError(`too many slice indexes: ${indexes.length}`);
  const { kind } = value.type;
  if (kind === "string" && indexes.length === 3) {
    throw new FunctionError("cannot 3-index slice a string");
  }
  if (kind !== "string" && kind !== "slice" && kind !== "array") {
    throw new FunctionError(`can't slice item of type ${value.type.name}`);
  }
  const bytes = kind === "string" ? encodeUtf8(String(value.data)) : undefined;
  const list = (bytes ?? value.data ?? []) as Uint8Array | readonly unknown[];
  const at = indexes.map((arg) => indexArgument(arg, list.length));
  const [from = 0, to = list.length, limit] = at;
  if (from > to) throw new FunctionError(`invalid slice index: ${from} > ${to}`);
  if (limit !== undefined && to > limit) {
    throw new FunctionError(`invalid slice index: ${to} > ${limit}`);
  }
  const part = list.slice(from, to);
  return { type: value.type, data: bytes === undefined ? part : decodeUtf8(part as Uint8Array) };
}

function length(value: GoValue | null): GoValue {
  const plain = inside(value, true);
  if (plain === null) {
    throw new FunctionError("reflect: call of reflect.Value.Type on zero Value");
  }
  if (plain.type.kind === "ptr") throw new FunctionError("len of nil pointer");
  switch (plain.type.kind) {
    case "string":
      return integer(encodeUtf8(String(plain.data)).length);
    case "slice":
    case "array":
      return integer(((plain.data ?? []) as readonly unknown[]).length);
    case "map":
      return integer((plain.data as GoMap | null)?.size ?? 0);
    default:
      throw new FunctionError(`len of type ${plain.type.name}`);
  }
}

const isNil = (value: GoValue | null) =>
  value === null || (value.data === null && value.type.kind !== "string");

function comparable(value: GoValue | null): GoValue | null {
  const plain = inside(value, false);
  if (plain !== null && (plain.type.kind === "slice" || plain.type.kind === "map")) {
    if (plain.data !== null) {
      throw new FunctionError(`non-comparable type ${display(plain)}: ${plain.type.name}`);
    }
  }
  return plain;
}

function equal(first: GoValue | null, second: GoValue | null): boolean {
  const a = comparable(first);
  const b = comparable(second);
  if (isNil(a) || isNil(b)) return isNil(a) && isNil(b);
  const left = a as GoValue;
  const right = b as GoValue;
  const numbers = ["int", "uint"];
  if (numbers.includes(left.type.kind) && numbers.includes(right.type.kind)) {
    return left.data === right.data;
  }
  if (left.type.kind !== right.type.kind) {
    throw new FunctionError("incompatible types for comparison");
  }
  return left.data === right.data;
}

function less(first: GoValue | null, second: GoValue | null): boolean {
  const a = inside(first, false);
  const b = inside(second, false);
  const orderable = ["int", "uint", "float", "string"];
  if (a === null || !orderable.includes(a.type.kind)) {
    throw new FunctionError("invalid type for comparison");
  }
  const numbers = ["int", "uint"];
  const compatible =
    b !== null &&
    (a.type.kind === b.type.kind ||
      (numbers.includes(a.type.kind) && numbers.includes(b.type.kind)));
  if (!compatible) throw new FunctionError("incompatible types for comparison");
  return (a.data as number) < ((b as GoValue).data as number);
}

const compare = (test: (a: GoValue | null, b: GoValue | null) => boolean) =>
  func([ANY, ANY], ([a = null, b = null]) => bool(test(a, b)));

const HTML: Readonly<Record<string, string>> = {
  "\0": "\ufffd",
  '"': "&#34;",
  "'": "&#39;",
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
};
const JS: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  '"': '\\"',
  "<": "\\u003C",
  ">": "\\u003E",
  "&": "\\u0026",
  "=": "\\u003D",
};

const escaping = (escape: (text: string) => string) =>
  variadic([], ANY, (args) => string(escape(sprint(args))));

const escapeJs = (text: string) =>
  text.replace(
    /[\\'"<>&=\x00-\x1f]/g,
    (char) => JS[char] ?? `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`,
  );

const queryByte = (byte: number) => {
  const char = String.fromCharCode(byte);
  if (/[A-Za-z0-9\-_.~]/.test(char)) return char;
  return char === " " ? "+" : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
};

/** `and` and `or` are evaluated by the executor, which stops at the first that decides. */
export const BUILTINS: Readonly<Record<string, TemplateFunction>> = {
  and: variadic([ANY], ANY, ([first = null]) => first),
  or: variadic([ANY], ANY, ([first = null]) => first),
  call: variadic([ANY], ANY, () => {
    throw new FunctionError("call of nil");
  }),
  html: escaping((text) => text.replace(/[\0"'&<>]/g, (char) => HTML[char] ?? char)),
  index: variadic([ANY], ANY, index),
  slice: variadic([ANY], ANY, slice),
  js: escaping(escapeJs),
  len: func([ANY], ([value = null]) => length(value)),
  not: func([ANY], ([value = null]) => bool(!truth(value))),
  print: variadic([], ANY, (args) => string(sprint(args))),
  printf: variadic([STRING], ANY, ([format, ...args]) =>
    string(sprintf(String(format?.data), args)),
  ),
  println: variadic([], ANY, (args) => string(sprintln(args))),
  urlquery: escaping((text) => [...encodeUtf8(text)].map(queryByte).join("")),
  eq: variadic([ANY], ANY, ([first = null, ...others]) => {
    if (others.length === 0) throw new FunctionError("missing argument for comparison");
    return bool(others.some((other) => equal(first, other)));
  }),
  ne: compare((a, b) => !equal(a, b)),
  lt: compare(less),
  le: compare((a, b) => less(a, b) || equal(a, b)),
  gt: compare((a, b) => !less(a, b) && !equal(a, b)),
  ge: compare((a, b) => !less(a, b)),
};
