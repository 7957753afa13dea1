/**
 * Values as Go programs see them through reflection: templates, fmt and encoding/json ask a value's
 * type for its fields, methods and kind.
 */

export type Kind =
  | "bool"
  | "int"
  | "uint"
  | "float"
  | "string"
  | "slice"
  | "array"
  | "map"
  | "struct"
  | "ptr"
  | "interface"
  | "func";

export interface Field {
  readonly name: string;
  readonly type: GoType;
  /** Its key in JSON; undefined: the fields of an embedded struct stand in its place. */
  readonly key: string | undefined;
  readonly omitEmpty: boolean;
}

/** An exported method: what it takes besides the receiver, and what it makes of it. */
export interface Method {
  readonly parameters: readonly GoType[];
  call(receiver: unknown, args: readonly unknown[]): GoValue;
}

export interface GoType {
  readonly kind: Kind;
  /** As `%T` prints it. */
  readonly name: string;
  /** Of slices, arrays, maps and pointers. */
  readonly elem?: GoType;
  /** Of maps; `string` unless said. */
  readonly key?: GoType;
  readonly fields?: readonly Field[];
  readonly methods?: Readonly<Record<string, Method>>;
  /** fmt.Stringer */
  readonly string?: (data: unknown) => string;
  /** json.Marshaler */
  readonly json?: (data: unknown) => string;
}

/**
 * `data` by kind: boolean; number; string; array or null; Map with string keys or null; an object
 * keyed by field name; for a pointer the data of what it points to or null; for an interface a
 * GoValue or null.
 */
export interface GoValue {
  readonly type: GoType;
  readonly data: unknown;
}

export type GoMap = ReadonlyMap<string, unknown>;
export type GoStruct = Readonly<Record<string, unknown>>;

export const BOOL: GoType = { kind: "bool", name: "bool" };
export const INT: GoType = { kind: "int", name: "int" };
export const INT64: GoType = { kind: "int", name: "int64" };
export const UINT64: GoType = { kind: "uint", name: "uint64" };
export const FLOAT64: GoType = { kind: "float", name: "float64" };
export const STRING: GoType = { kind: "string", name: "string" };
export const ANY: GoType = { kind: "interface", name: "interface {}" };
/** A number whose text is kept, as json.Decoder.UseNumber leaves it. */
const JSON_NUMBER: GoType = {
  kind: "string",
  name: "json.Number",
  json: (data) => String(data),
};

export const sliceOf = (elem: GoType, name = `[]${elem.name}`): GoType => ({
  kind: "slice",
  name,
  elem,
});

export const mapOf = (elem: GoType, name = `map[string]${elem.name}`): GoType => ({
  kind: "map",
  name,
  elem,
});

export const pointerTo = (elem: GoType): GoType => ({ kind: "ptr", name: `*${elem.name}`, elem });

export const named = (type: GoType, name: string, more: Partial<GoType> = {}): GoType => ({
  ...type,
  name,
  ...more,
});

const TIME_ZERO = "0001-01-01T00:00:00Z";

/** time.Time, kept as the text of RFC 3339; it prints as `2026-11-24 01:42:21.2 +0000 UTC`. */
export const TIME: GoType = {
  kind: "struct",
  name: "time.Time",
  fields: [],
  string: (data) => String(data).replace("T", " ").replace(/Z$/, " +0000 UTC"),
  json: (data) => `"${String(data)}"`,
};

/**
 * A struct's type from a compact table: `Name`, `Name,omitempty` or `Name=json_key,omitempty` for
 * each field. An embedded struct is named `.Name`.
 */
export function structOf(
  name: string,
  fields: Readonly<Record<string, GoType>>,
  methods?: Readonly<Record<string, Method>>,
): GoType {
  const list = Object.entries(fields).map(([spec, type]): Field => {
    const [first = "", ...options] = spec.split(",");
    const [field = "", key = field] = first.split("=");
    const embedded = field.startsWith(".");
    return {
      name: embedded ? field.slice(1) : field,
      type,
      key: embedded ? undefined : key,
      omitEmpty: options.includes("omitempty"),
    };
  });
  return { kind: "struct", name, fields: list, ...(methods !== undefined && { methods }) };
}

export function zero(type: GoType): unknown {
  switch (type.kind) {
    case "bool":
      return false;
    case "int":
    case "uint":
    case "float":
      return 0;
    case "string":
      return "";
    case "struct":
      if (type === TIME) return TIME_ZERO;
      return Object.fromEntries((type.fields ?? []).map((field) => [field.name, zero(field.type)]));
    case "array":
    case "slice":
    case "map":
    case "ptr":
    case "interface":
    case "func":
      return null;
  }
}

/** What json.Unmarshal into a value of this type makes of parsed JSON. */
export function fromJson(type: GoType, json: unknown): unknown {
  if (json === null || json === undefined) return zero(type);
  switch (type.kind) {
    case "bool":
    case "int":
    case "uint":
    case "float":
    case "string":
      return json;
    case "slice":
    case "array": {
      const elem = type.elem as GoType;
      return (json as readonly unknown[]).map((item) => fromJson(elem, item));
    }
    case "map": {
      const elem = type.elem as GoType;
      return new Map(Object.entries(json).map(([key, item]) => [key, fromJson(elem, item)]));
    }
    case "struct":
      return structFromJson(type, json);
    case "ptr":
      return fromJson(type.elem as GoType, json);
    case "interface":
      return anyFromJson(json);
    case "func":
      return null;
  }
}

function structFromJson(type: GoType, json: unknown): unknown {
  if (typeof json === "string") return json;
  const source = json as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    (type.fields ?? []).map((field) => [
      field.name,
      fromJson(field.type, field.key === undefined ? source : source[field.key]),
    ]),
  );
}

const ANY_SLICE = sliceOf(ANY);
const ANY_MAP = mapOf(ANY);

/** Parsed JSON as an `interface {}` holds it, numbers as json.Number. */
export function anyFromJson(json: unknown): GoValue | null {
  if (json === null || json === undefined) return null;
  if (typeof json === "boolean") return { type: BOOL, data: json };
  if (typeof json === "number") return { type: JSON_NUMBER, data: String(json) };
  if (typeof json === "string") return { type: STRING, data: json };
  if (Array.isArray(json)) return { type: ANY_SLICE, data: json.map(anyFromJson) };
  return {
    type: ANY_MAP,
    data: new Map(Object.entries(json).map(([key, item]) => [key, anyFromJson(item)])),
  };
}

export const string = (text: string): GoValue => ({ type: STRING, data: text });
export const integer = (value: number): GoValue => ({ type: INT, data: value });
export const bool = (value: boolean): GoValue => ({ type: BOOL, data: value });

/** The keys of a map in the order in which Go prints and ranges over them: by bytes. */
export function sortedKeys(map: GoMap): readonly string[] {
  return [...map.keys()].sort(compareBytes);
}

/** Strings by their UTF-8 bytes, which is the order of their code points. */
function compareBytes(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  const shared = Math.min(left.length, right.length);
  for (let i = 0; i < shared; i++) {
    const difference =
      ((left[i] as string).codePointAt(0) as number) -
      ((right[i] as string).codePointAt(0) as number);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** A field by its name, also of embedded structs. */
export function fieldOf(type: GoType, data: unknown, name: string): GoValue | undefined {
  const struct = data as GoStruct;
  for (const field of type.fields ?? []) {
    if (field.name === name) return { type: field.type, data: struct[name] };
  }
  for (const field of type.fields ?? []) {
    if (field.key !== undefined) continue;
    const embedded = field.type.kind === "ptr" ? (field.type.elem as GoType) : field.type;
    const inner = struct[field.name];
    if (inner === null) continue;
    const found = fieldOf(embedded, inner, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A method of a type, of what it points to, or of a struct embedded in it. */
export function methodOf(
  type: GoType,
  data: unknown,
  name: string,
): { readonly method: Method; readonly receiver: unknown } | undefined {
  const method = type.methods?.[name];
  if (method !== undefined) return { method, receiver: data };
  if (type.kind === "ptr" && data !== null) return methodOf(type.elem as GoType, data, name);
  for (const field of type.fields ?? []) {
    if (field.key !== undefined) continue;
    const found = methodOf(field.type, (data as GoStruct)[field.name], name);
    if (found !== undefined) return found;
  }
  return undefined;
}
