/** Looking into values and changing parts of them, by key, index, slice or path. */
import {
  array,
  compare,
  isArray,
  isObject,
  JqError,
  JqLimit,
  type Json,
  type JsonObject,
  jsonText,
  kindOf,
  object,
} from "./json.ts";

/** jq refuses larger arrays, too. */
const MAX_INDEX = 536_870_911;
/** What is filled with nulls up to an index; far less than that. */
const MAX_GAP = 1_000_000;

const MAX_SHOWN = 14;

/** `string ("a")`, cut as ERRORMAX_TRUNC does. */
export function describe(value: Json): string {
  const dump = jsonText(value);
  const shown = dump.length > MAX_SHOWN ? `${dump.slice(0, MAX_SHOWN - 3)}...` : dump;
  return `${kindOf(value)} (${shown})`;
}

function cannotIndex(value: Json, key: Json): JqError {
  const what = typeof key === "string" ? `string "${key}"` : kindOf(key);
  return new JqError(`Cannot index ${kindOf(value)} with ${what}`);
}

/** `.[key]` */
export function getKey(value: Json, key: Json): Json {
  if (isObject(value) && typeof key === "string") return value.get(key) ?? null;
  if (isArray(value) && typeof key === "number") {
    const index = Math.floor(key);
    return value[index < 0 ? index + value.length : index] ?? null;
  }
  if (isObject(key) && (isArray(value) || value === null || typeof value === "string")) {
    return getSlice(value, key.get("start") ?? null, key.get("end") ?? null);
  }
  if (isArray(value) && isArray(key)) return indices(value, key);
  if (value === null && (typeof key === "string" || typeof key === "number" || key === null)) {
    return null;
  }
  throw cannotIndex(value, key);
}

/** Where a part of an array begins, in each place where it does. */
export function indices(value: readonly Json[], wanted: readonly Json[]): Json {
  if (wanted.length === 0) return null;
  const found: Json[] = [];
  for (let at = 0; at + wanted.length <= value.length; at++) {
    if (wanted.every((item, i) => compare(item, value[at + i] as Json) === 0)) found.push(at);
  }
  return array(found);
}

function bounds(length: number, from: Json, to: Json): readonly [number, number] {
  if ((from !== null && typeof from !== "number") || (to !== null && typeof to !== "number")) {
    throw new JqError("Start and end indices of an array slice must be numbers");
  }
  const place = (index: number): number =>
    Math.max(0, Math.min(length, index < 0 ? index + length : index));
  const start = from === null ? 0 : Math.floor(place(from));
  const end = to === null ? length : Math.ceil(place(to));
  return [start, Math.max(start, end)];
}

/** `.[from:to]` */
export function getSlice(value: Json, from: Json, to: Json): Json {
  if (value === null) return null;
  if (typeof value === "string") {
    const points = [...value];
    return points.slice(...bounds(points.length, from, to)).join("");
  }
  if (!isArray(value)) throw new JqError(`Cannot index ${kindOf(value)} with object`);
  return array(value.slice(...bounds(value.length, from, to)));
}

export function sliceKey(from: Json, to: Json): Json {
  return object(
    new Map([
      ["start", from],
      ["end", to],
    ]),
  );
}

function setKey(value: Json, key: Json, part: Json): Json {
  if (typeof key === "string" && (value === null || isObject(value))) {
    return object(new Map(value ?? []).set(key, part));
  }
  if (typeof key === "number" && (value === null || isArray(value))) {
    const items = [...(value ?? [])];
    let index = Math.floor(key);
    if (index < 0) index += items.length;
    if (index < 0) throw new JqError("Out of bounds negative array index");
    if (index > MAX_INDEX) throw new JqError("Array index too large");
    if (index > items.length + MAX_GAP) throw new JqLimit("an array with so large a gap");
    while (items.length < index) items.push(null);
    items[index] = part;
    return array(items);
  }
  if (isObject(key) && (value === null || isArray(value))) {
    if (!isArray(part)) throw new JqError("A slice of an array can only be assigned another array");
    const items = [...(value ?? [])];
    const [start, end] = bounds(items.length, key.get("start") ?? null, key.get("end") ?? null);
    items.splice(start, end - start, ...part);
    return array(items);
  }
  if (isArray(value) && isArray(key))
    throw new JqError("Cannot update field at array index of array");
  throw cannotIndex(value, key);
}

export function getPath(value: Json, path: readonly Json[]): Json {
  let part = value;
  for (const key of path) {
    if (part === null) return null;
    part = getKey(part, key);
  }
  return part;
}

export function setPath(value: Json, path: readonly Json[], part: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return part;
  return setKey(value, key, setPath(getKey(value, key), rest, part));
}

/** The longest paths and the last indices go first, so that the others stay true. */
export function deletePaths(value: Json, paths: readonly Json[]): Json {
  const sorted = [...paths].sort((a, b) => compare(b, a));
  return sorted.reduce<Json>((rest, path) => {
    if (!isArray(path)) throw new JqError("Path must be specified as an array");
    return deletePath(rest, path);
  }, value);
}

function deletePath(value: Json, path: readonly Json[]): Json {
  const [key, ...rest] = path;
  if (key === undefined || value === null) return null;
  if (rest.length === 0) return deleteKey(value, key);
  const part = getKey(value, key);
  return part === null ? value : setKey(value, key, deletePath(part, rest));
}

function deleteKey(value: Json, key: Json): Json {
  if (isObject(value) && typeof key === "string") {
    const entries = new Map(value);
    entries.delete(key);
    return object(entries);
  }
  if (isArray(value) && typeof key === "number") {
    const index = Math.floor(key < 0 ? key + value.length : key);
    return array(value.filter((_, at) => at !== index));
  }
  if (isArray(value) && isObject(key)) {
    const [start, end] = bounds(value.length, key.get("start") ?? null, key.get("end") ?? null);
    return array(value.filter((_, at) => at < start || at >= end));
  }
  throw cannotIndex(value, key);
}

/** `*` of objects: what both have is merged in turn. */
export function mergeDeep(a: JsonObject, b: JsonObject): JsonObject {
  const merged = new Map(a);
  for (const [key, value] of b) {
    const own = merged.get(key);
    merged.set(
      key,
      own !== undefined && isObject(own) && isObject(value) ? mergeDeep(own, value) : value,
    );
  }
  return object(merged);
}
