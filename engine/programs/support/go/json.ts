/** encoding/json: how Go writes JSON (sorted maps, `omitempty`, `<`, `>` and `&` escaped). */
import { sortedKeys, type GoMap, type GoStruct, type GoType, type GoValue } from "./type.ts";

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

function jsonString(text: string, escapeHtml = true): string {
  const special = escapeHtml ? /["\\\x00-\x1f<>&\u2028\u2029]/g : /["\\\x00-\x1f\u2028\u2029]/g;
  const body = text.replace(
    special,
    (char) => SHORT[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `"${body}"`;
}

export function marshal(value: GoValue | null, escapeHtml = true): string {
  return value === null ? "null" : encode(value.type, value.data, escapeHtml);
}

function encode(type: GoType, data: unknown, escapeHtml: boolean): string {
  if (type.json !== undefined && !(type.kind === "ptr" && data === null)) return type.json(data);
  switch (type.kind) {
    case "bool":
    case "int":
    case "uint":
    case "float":
      return String(data);
    case "string":
      return jsonString(String(data), escapeHtml);
    case "slice":
    case "array": {
      if (data === null) return "null";
      const elem = type.elem as GoType;
      const items = (data as readonly unknown[]).map((item) => encode(elem, item, escapeHtml));
      return `[${items.join(",")}]`;
    }
    case "map": {
      if (data === null) return "null";
      const map = data as GoMap;
      const elem = type.elem as GoType;
      const entries = sortedKeys(map).map(
        (key) => `${jsonString(key, escapeHtml)}:${encode(elem, map.get(key), escapeHtml)}`,
      );
      return `{${entries.join(",")}}`;
    }
    case "struct":
      return `{${structEntries(type, data as GoStruct, escapeHtml).join(",")}}`;
    case "ptr":
      return data === null ? "null" : encode(type.elem as GoType, data, escapeHtml);
    case "interface":
      return marshal(data as GoValue | null, escapeHtml);
    case "func":
      return "null";
  }
}

function structEntries(type: GoType, data: GoStruct, escapeHtml: boolean): string[] {
  const out: string[] = [];
  for (const field of type.fields ?? []) {
    const value = data[field.name];
    if (field.key === undefined) {
      if (value === null) continue;
      const embedded = field.type.kind === "ptr" ? (field.type.elem as GoType) : field.type;
      out.push(...structEntries(embedded, value as GoStruct, escapeHtml));
    } else if (field.key !== "-" && !(field.omitEmpty && isEmpty(field.type, value))) {
      out.push(`${jsonString(field.key)}:${encode(field.type, value, escapeHtml)}`);
    }
  }
  return out;
}

function isEmpty(type: GoType, data: unknown): boolean {
  switch (type.kind) {
    case "slice":
      return data === null || (data as readonly unknown[]).length === 0;
    case "map":
      return data === null || (data as GoMap).size === 0;
    case "struct":
    case "array":
      return false;
    default:
      return data === false || data === 0 || data === "" || data === null;
  }
}

/** Parsed JSON, written as Go would write the struct it came from: keys in their order. */
export function stringifyJson(json: unknown, escapeHtml = true): string {
  if (typeof json === "string") return jsonString(json, escapeHtml);
  if (Array.isArray(json)) {
    return `[${json.map((item) => stringifyJson(item, escapeHtml)).join(",")}]`;
  }
  if (typeof json === "object" && json !== null) {
    const entries = Object.entries(json)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => `${jsonString(key, escapeHtml)}:${stringifyJson(item, escapeHtml)}`);
    return `{${entries.join(",")}}`;
  }
  return json === undefined ? "null" : String(json);
}

/** json.Indent: empty arrays and objects stay on their line. */
export function indentJson(json: unknown, indent: string, escapeHtml = true, prefix = ""): string {
  const inner = prefix + indent;
  if (Array.isArray(json)) {
    if (json.length === 0) return "[]";
    const items = json.map((item) => inner + indentJson(item, indent, escapeHtml, inner));
    return `[\n${items.join(",\n")}\n${prefix}]`;
  }
  if (typeof json === "object" && json !== null) {
    const entries = Object.entries(json).filter(([, item]) => item !== undefined);
    if (entries.length === 0) return "{}";
    const lines = entries.map(
      ([key, item]) =>
        `${inner}${jsonString(key, escapeHtml)}: ${indentJson(item, indent, escapeHtml, inner)}`,
    );
    return `{\n${lines.join(",\n")}\n${prefix}}`;
  }
  return stringifyJson(json, escapeHtml);
}
