/** The functions that are not written in jq. */
import { encodeUtf8 } from "../../sim/utf8.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { split } from "./arithmetic.ts";
import { brokenDown, formatDate, mktime, parseDate } from "./dates.ts";
import { type Closure, extend, type Native } from "./evaluator.ts";
import { format, toText } from "./formats.ts";
import {
  array,
  compare,
  isArray,
  isObject,
  JqError,
  JqLimit,
  type Json,
  jsonText,
  kindOf,
  object,
  sortedKeys,
  text,
} from "./json.ts";
import { ParseError, parseAll } from "./json-parser.ts";
import { library } from "./library.ts";
import { deletePaths, describe, getPath, indices, setPath } from "./paths.ts";
import { findMatches, matchObject, namedCaptures } from "./regex.ts";

/** Ends the program at once. */
export class Halt {
  constructor(
    readonly status: number,
    readonly message: Json | undefined,
  ) {}
}

type Value = (input: Json, ...args: readonly Json[]) => Json;

/** A function of values: called for each combination of its arguments' outputs. */
function ofValues(compute: Value): Native {
  return function* (run, args, value, path, emit) {
    const combine = (at: number, chosen: readonly Json[]): Blocking<void> => {
      const closure = args[at];
      if (!closure) return emit(compute(value, ...chosen), path && null);
      return run.apply(closure, value, undefined, (out) => combine(at + 1, [...chosen, out]));
    };
    yield* combine(0, []);
  };
}

function requireNumber(value: Json): number {
  if (typeof value !== "number") throw new JqError(`${describe(value)} number required`);
  return value;
}

function requireArray(value: Json): readonly Json[] {
  if (!isArray(value))
    throw new JqError(`${describe(value)} cannot be sorted, as it is not an array`);
  return value;
}

const MATHS: Readonly<Record<string, (x: number) => number>> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round: (x) => Math.sign(x) * Math.round(Math.abs(x)),
  trunc: Math.trunc,
  sqrt: Math.sqrt,
  cbrt: Math.cbrt,
  fabs: Math.abs,
  exp: Math.exp,
  exp2: (x) => 2 ** x,
  exp10: (x) => 10 ** x,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  significand: (x) => (x === 0 ? 0 : x / 2 ** Math.floor(Math.log2(Math.abs(x)))),
};

function frexp(x: number): Json {
  if (x === 0 || !Number.isFinite(x)) return array([x, 0]);
  let exponent = Math.floor(Math.log2(Math.abs(x))) + 1;
  if (Math.abs(x) / 2 ** exponent >= 1) exponent += 1;
  return array([x / 2 ** exponent, exponent]);
}

function length(value: Json): Json {
  if (value === null) return 0;
  if (typeof value === "string") return [...value].length;
  if (typeof value === "number") return Math.abs(value);
  if (isArray(value)) return value.length;
  if (isObject(value)) return value.size;
  throw new JqError(`${describe(value)} has no length`);
}

function keys(value: Json, sorted: boolean): Json {
  if (isArray(value)) return array(value.map((_, index) => index));
  if (isObject(value)) return array(sorted ? sortedKeys(value) : [...value.keys()]);
  throw new JqError(`${describe(value)} has no keys`);
}

function has(value: Json, key: Json): Json {
  if (isObject(value) && typeof key === "string") return value.has(key);
  if (isArray(value) && typeof key === "number") return key >= 0 && key < value.length;
  throw new JqError(
    `Cannot check whether ${kindOf(value)} has a ${typeof key === "string" ? "string" : kindOf(key)} key`,
  );
}

function contains(value: Json, part: Json): boolean {
  if (isObject(value) && isObject(part)) {
    return [...part].every(([key, wanted]) => {
      const own = value.get(key);
      return own !== undefined && contains(own, wanted);
    });
  }
  if (isArray(value) && isArray(part)) {
    return part.every((wanted) =>
      value.some((own) => kindOf(own) === kindOf(wanted) && contains(own, wanted)),
    );
  }
  if (typeof value === "string" && typeof part === "string") return value.includes(part);
  if (kindOf(value) === kindOf(part)) return compare(value, part) === 0;
  throw new JqError(
    `${describe(value)} and ${describe(part)} cannot have their containment checked`,
  );
}

function parseText(value: Json, how: string): Json {
  if (typeof value !== "string") throw new JqError(`${describe(value)} cannot be parsed as ${how}`);
  try {
    const values = parseAll(value);
    if (values.length > 1) throw new ParseError("Unexpected extra JSON values");
    return values[0] ?? null;
  } catch (error) {
    if (error instanceof ParseError)
      throw new JqError(`${error.message} (while parsing '${value}')`);
    throw error;
  }
}

function toNumber(value: Json): Json {
  if (typeof value === "number") return value;
  if (typeof value === "string") return parseText(value, "a number");
  throw new JqError(`${describe(value)} cannot be parsed as a number`);
}

function flatten(value: Json, depth: Json): Json {
  if (typeof depth !== "number" || depth < 0)
    throw new JqError("flatten depth must not be negative");
  if (!isArray(value) && !isObject(value))
    throw new JqError(`Cannot iterate over ${describe(value)}`);
  const flat: Json[] = [];
  const visit = (items: Iterable<Json>, left: number): void => {
    for (const item of items) {
      if (isArray(item) && left > 0) visit(item, left - 1);
      else flat.push(item);
    }
  };
  visit(isArray(value) ? value : value.values(), depth);
  return array(flat);
}

function implode(value: Json): Json {
  if (!isArray(value)) throw new JqError("implode input must be an array");
  return value
    .map((point) => {
      if (typeof point !== "number") throw new JqError("Unicode codepoint must be numeric");
      const isScalar = point >= 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
      return String.fromCodePoint(isScalar ? point : 0xfffd);
    })
    .join("");
}

function explode(value: Json): Json {
  if (typeof value !== "string") throw new JqError("explode input must be a string");
  return array([...value].map((char) => char.codePointAt(0) as number));
}

function textIndices(value: Json, wanted: Json): Json {
  if (value === null) return null;
  if (typeof value === "string" && typeof wanted === "string") {
    // The real one never ends here.
    if (wanted === "") return null;
    const found: Json[] = [];
    for (let at = value.indexOf(wanted); at >= 0; at = value.indexOf(wanted, at + 1)) {
      found.push(encodeUtf8(value.slice(0, at)).length);
    }
    return array(found);
  }
  if (isArray(value)) return indices(value, isArray(wanted) ? wanted : [wanted]);
  throw new JqError(
    `Cannot index ${kindOf(value)} with ${typeof wanted === "string" ? `string "${wanted}"` : kindOf(wanted)}`,
  );
}

function edge(which: "startsWith" | "endsWith", name: string): Value {
  return (value, part) => {
    if (typeof value !== "string" || typeof part !== "string") {
      throw new JqError(`${name}() requires string inputs`);
    }
    return value[which](part);
  };
}

/** Pairs of a value and what it is sorted by. */
function keyed(value: Json, by: Json): (readonly [value: Json, key: Json])[] {
  const order = requireArray(by);
  return requireArray(value).map((item, index) => [item, order[index] ?? null] as const);
}

const sortKeyed = (value: Json, by: Json) => keyed(value, by).sort((a, b) => compare(a[1], b[1]));

function groups(value: Json, by: Json): Json {
  const found: Json[][] = [];
  let last: Json | undefined;
  for (const [item, key] of sortKeyed(value, by)) {
    if (last !== undefined && compare(last, key) === 0) (found.at(-1) as Json[]).push(item);
    else found.push([item]);
    last = key;
  }
  return array(found.map(array));
}

function extreme(value: Json, by: Json, sign: number): Json {
  let best: readonly [Json, Json] | undefined;
  for (const pair of keyed(value, by)) {
    const order = best === undefined ? -1 : sign * compare(pair[1], best[1]);
    // Of equals the first is the least, and the last is the greatest.
    if (order < 0 || (order === 0 && sign < 0)) best = pair;
  }
  return best?.[0] ?? null;
}

const VALUES: Readonly<Record<string, Value>> = {
  "length/0": length,
  "utf8bytelength/0": (value) => {
    if (typeof value !== "string")
      throw new JqError(`${describe(value)} only strings have UTF-8 byte length`);
    return encodeUtf8(value).length;
  },
  "not/0": (value) => value === null || value === false,
  "keys/0": (value) => keys(value, true),
  "keys_unsorted/0": (value) => keys(value, false),
  "has/1": has,
  "contains/1": contains,
  "type/0": kindOf,
  "tostring/0": (value) => text(toText(value)),
  "tojson/0": (value) => text(jsonText(value)),
  "fromjson/0": (value) => parseText(value, "JSON"),
  "tonumber/0": toNumber,
  "isinfinite/0": (value) => Math.abs(requireNumber(value)) === Number.POSITIVE_INFINITY,
  "isnan/0": (value) => Number.isNaN(requireNumber(value)),
  "isnormal/0": (value) =>
    Number.isFinite(requireNumber(value)) && Math.abs(value as number) >= 2 ** -1022,
  "infinite/0": () => Number.POSITIVE_INFINITY,
  "nan/0": () => Number.NaN,
  "pow/2": (_, a, b) => requireNumber(a as Json) ** requireNumber(b as Json),
  "atan2/2": (_, a, b) => Math.atan2(requireNumber(a as Json), requireNumber(b as Json)),
  "fmin/2": (_, a, b) => Math.min(requireNumber(a as Json), requireNumber(b as Json)),
  "fmax/2": (_, a, b) => Math.max(requireNumber(a as Json), requireNumber(b as Json)),
  "frexp/0": (value) => frexp(requireNumber(value)),
  "ldexp/2": (_, a, b) => requireNumber(a as Json) * 2 ** requireNumber(b as Json),
  "sort/0": (value) => array([...requireArray(value)].sort(compare)),
  "_sort_by/1": (value, by) => array(sortKeyed(value, by as Json).map(([item]) => item)),
  "_group_by/1": (value, by) => groups(value, by as Json),
  "min/0": (value) => extreme(value, value, 1),
  "max/0": (value) => extreme(value, value, -1),
  "_min_by/1": (value, by) => extreme(value, by as Json, 1),
  "_max_by/1": (value, by) => extreme(value, by as Json, -1),
  "reverse/0": (value) =>
    typeof value === "string"
      ? [...value].reverse().join("")
      : array([...(value === null ? [] : requireArray(value))].reverse()),
  "flatten/1": (value, depth) => flatten(value, depth as Json),
  "explode/0": explode,
  "implode/0": implode,
  "ltrimstr/1": (value, part) =>
    typeof value === "string" && typeof part === "string" && value.startsWith(part)
      ? value.slice(part.length)
      : value,
  "rtrimstr/1": (value, part) =>
    typeof value === "string" && typeof part === "string" && part !== "" && value.endsWith(part)
      ? value.slice(0, -part.length)
      : value,
  "startswith/1": edge("startsWith", "startswith"),
  "endswith/1": edge("endsWith", "endswith"),
  "split/1": (value, separator) => {
    if (typeof value !== "string" || typeof separator !== "string") {
      throw new JqError("split input and separator must be strings");
    }
    return split(value, separator);
  },
  "indices/1": (value, wanted) => textIndices(value, wanted as Json),
  "index/1": (value, wanted) => {
    const found = textIndices(value, wanted as Json);
    return isArray(found) ? (found[0] ?? null) : null;
  },
  "rindex/1": (value, wanted) => {
    const found = textIndices(value, wanted as Json);
    return isArray(found) ? (found.at(-1) ?? null) : null;
  },
  "setpath/2": (value, path, part) => {
    if (!isArray(path as Json)) throw new JqError("Path must be specified as an array");
    return setPath(value, path as readonly Json[], part as Json);
  },
  "delpaths/1": (value, paths) => {
    if (!isArray(paths as Json)) throw new JqError("Paths must be specified as an array");
    return deletePaths(value, paths as readonly Json[]);
  },
  "gmtime/0": brokenDown,
  "localtime/0": brokenDown,
  "mktime/0": mktime,
  "strftime/1": (value, layout) => formatDate(value, layout as Json),
  "strflocaltime/1": (value, layout) => formatDate(value, layout as Json),
  "strptime/1": (value, layout) => parseDate(value, layout as Json),
  "format/1": (value, name) => format(toText(name as Json), value),
  "test/2": (value, ...args) => findMatches(value, ...pattern(args)).length > 0,
  "split/2": (value, ...args) => {
    const subject = value as string;
    const pieces: Json[] = [];
    let from = 0;
    for (const { start, end } of findMatches(value, ...pattern(args), true)) {
      pieces.push(subject.slice(from, start));
      from = end;
    }
    return array([...pieces, subject.slice(from)]);
  },
  "builtins/0": () => array(builtinNames()),
  "get_search_list/0": () => array(["~/.jq", "$ORIGIN/../lib/jq", "$ORIGIN/lib"]),
};

/** The pattern and its flags; an array holds both. */
function pattern([regex = null, flags = null]: readonly Json[]): readonly [Json, Json] {
  if (!isArray(regex)) return [regex, flags];
  return [regex[0] ?? null, regex[1] ?? flags];
}

const FILTERS: Readonly<Record<string, Native>> = {
  "empty/0": function* () {
    // No output is its meaning.
  },
  "error/0": function* (_run, _args, value) {
    yield* fail(value);
  },
  "error/1": (run, [message], value) => run.apply(message as Closure, value, undefined, fail),
  "path/1": (run, [filter], value, path, emit) =>
    run.paths(filter as Closure, value, (found) => emit(array(found), path && null)),
  "getpath/1": (run, [filter], value, path, emit) =>
    run.apply(filter as Closure, value, undefined, (wanted) => {
      if (!isArray(wanted)) throw new JqError("Path must be specified as an array");
      return emit(getPath(value, wanted), path && [...path, ...wanted]);
    }),
  "first/1": function* (run, [filter], value, path, emit) {
    let first: readonly [Json, typeof path] | undefined;
    yield* run.untilBroken((leave) =>
      run.apply(filter as Closure, value, path, function* (out, at) {
        first = [out, at];
        leave();
      }),
    );
    if (first) yield* emit(...first);
  },
  "last/1": function* (run, [filter], value, path, emit) {
    let last: readonly [Json, typeof path] | undefined;
    yield* run.apply(filter as Closure, value, path, function* (out, at) {
      last = [out, at];
    });
    if (last) yield* emit(...last);
  },
  "isempty/1": function* (run, [filter], value, path, emit) {
    let isEmpty = true;
    yield* run.untilBroken((leave) =>
      run.apply(filter as Closure, value, undefined, function* () {
        isEmpty = false;
        leave();
      }),
    );
    yield* emit(isEmpty, path && null);
  },
  "limit/2": (run, [count, filter], value, path, emit) =>
    run.apply(count as Closure, value, undefined, (most) => {
      if (requireNumber(most) < 0) return run.apply(filter as Closure, value, path, emit);
      let given = 0;
      return run.untilBroken((leave) =>
        run.apply(filter as Closure, value, path, function* (out, at) {
          given += 1;
          yield* emit(out, at);
          if (given >= (most as number)) leave();
        }),
      );
    }),
  "range/3": (run, [from, to, by], value, path, emit) =>
    run.apply(from as Closure, value, undefined, (first) =>
      run.apply(to as Closure, value, undefined, (last) =>
        run.apply(by as Closure, value, undefined, function* (step) {
          if (typeof first !== "number" || typeof last !== "number" || typeof step !== "number") {
            throw new JqError("Range bounds must be numeric");
          }
          for (
            let at = first;
            step > 0 ? at < last : step < 0 ? at > last : at < last;
            at += step
          ) {
            yield* run.step();
            yield* emit(at, path && null);
          }
        }),
      ),
    ),
  "until/2": function* (run, [condition, update], value, path, emit) {
    let state = value;
    for (;;) {
      const [isDone = null] = yield* run.collect(condition as Closure, state);
      if (isDone !== null && isDone !== false) break;
      const next = yield* run.collect(update as Closure, state);
      if (next[0] === undefined) return;
      state = next[0];
    }
    yield* emit(state, path && null);
  },
  "while/2": function* (run, [condition, update], value, path, emit) {
    const rest = [value];
    for (let state = rest.pop(); state !== undefined; state = rest.pop()) {
      const [goesOn = null] = yield* run.collect(condition as Closure, state);
      if (goesOn === null || goesOn === false) continue;
      yield* emit(state, path && null);
      rest.push(...(yield* run.collect(update as Closure, state)).reverse());
    }
  },
  "repeat/1": function* (run, [update], value, path, emit) {
    const rest = (yield* run.collect(update as Closure, value)).reverse();
    for (let state = rest.pop(); state !== undefined; state = rest.pop()) {
      yield* emit(state, path && null);
      rest.push(...(yield* run.collect(update as Closure, state)).reverse());
    }
  },
  "input/0": function* (run, _args, _value, path, emit) {
    const next = yield* run.surroundings.nextInput();
    if (next === undefined) throw new JqError("break", true);
    yield* emit(next, path && null);
  },
  "inputs/0": function* (run, _args, _value, path, emit) {
    for (;;) {
      const next = yield* run.surroundings.nextInput();
      if (next === undefined) return;
      yield* emit(next, path && null);
    }
  },
  "debug/0": function* (run, _args, value, path, emit) {
    yield* run.surroundings.debug(`${jsonText(array(["DEBUG:", value]))}\n`);
    yield* emit(value, path);
  },
  "stderr/0": function* (run, _args, value, path, emit) {
    yield* run.surroundings.debug(jsonText(value));
    yield* emit(value, path);
  },
  "input_filename/0": (run, _args, _value, path, emit) =>
    emit(run.surroundings.inputName() ?? null, path && null),
  "input_line_number/0": (run, _args, _value, path, emit) =>
    emit(run.surroundings.inputLine(), path && null),
  "now/0": (run, _args, _value, path, emit) => emit(run.surroundings.nowSeconds(), path && null),
  "halt/0": function* () {
    throw new Halt(0, undefined);
  },
  "halt_error/1": (run, [status], value) =>
    run.apply(status as Closure, value, undefined, function* (code) {
      if (typeof code !== "number") throw new JqError("halt_error/1: number required");
      throw new Halt(code, value);
    }),
  "match/2": (run, [regex, flags], value, path, emit) =>
    run.apply(regex as Closure, value, undefined, (wanted) =>
      run.apply(flags as Closure, value, undefined, function* (letters) {
        for (const found of findMatches(value, ...pattern([wanted, letters]))) {
          yield* emit(matchObject(value as string, found), path && null);
        }
      }),
    ),
  "sub/3": (run, [regex, replacement, flags], value, path, emit) =>
    run.apply(regex as Closure, value, undefined, (wanted) =>
      run.apply(flags as Closure, value, undefined, function* (letters) {
        const found = findMatches(value, ...pattern([wanted, letters]));
        const subject = value as string;
        let versions = [""];
        let from = 0;
        for (const match of found) {
          const words = yield* run.collect(replacement as Closure, namedCaptures(match));
          const before = subject.slice(from, match.start);
          versions = versions.flatMap((version) =>
            words.map((word) => {
              if (typeof word !== "string") {
                throw new JqError(
                  `${describe(version + before)} and ${describe(word)} cannot be added`,
                );
              }
              return text(version + before + word);
            }),
          );
          if (versions.length > 10_000) throw new JqLimit("so many replacements");
          from = match.end;
        }
        for (const version of versions) yield* emit(version + subject.slice(from), path && null);
      }),
    ),
  "env/0": (run, _args, _value, path, emit) =>
    emit(object(new Map<string, Json>(run.surroundings.environment)), path && null),
  "recurse/1": function* (run, [filter], value, path, emit) {
    const rest: (readonly [Json, typeof path])[] = [[value, path]];
    for (let next = rest.pop(); next; next = rest.pop()) {
      const found: (readonly [Json, typeof path])[] = [];
      yield* emit(...next);
      yield* run.apply(filter as Closure, ...next, function* (out, at) {
        found.push([out, at]);
      });
      rest.push(...found.reverse());
    }
  },
  "recurse/0": function* (run, _args, value, path, emit) {
    const rest: (readonly [Json, typeof path])[] = [[value, path]];
    for (let next = rest.pop(); next; next = rest.pop()) {
      const [part, at] = next;
      yield* run.step();
      yield* emit(part, at);
      if (isArray(part)) {
        for (let i = part.length - 1; i >= 0; i--)
          rest.push([part[i] as Json, extend(at, i, part)]);
      } else if (isObject(part)) {
        for (const [key, item] of [...part].reverse()) rest.push([item, extend(at, key, part)]);
      }
    }
  },
};

/** An error without a message ends its filter silently, as in jq 1.6. */
function* fail(message: Json): Blocking<void> {
  if (message !== null) throw new JqError(message);
}

export const NATIVES: ReadonlyMap<string, Native> = new Map([
  ...Object.entries(MATHS).map(
    ([name, compute]) => [`${name}/0`, ofValues((value) => compute(requireNumber(value)))] as const,
  ),
  ...Object.entries(VALUES).map(([name, compute]) => [name, ofValues(compute)] as const),
  ...Object.entries(FILTERS),
]);

function builtinNames(): string[] {
  const names = [...NATIVES.keys()];
  for (let one = library(); one; one = one.outer) names.push(one.name);
  return names.filter((name) => !name.startsWith("_"));
}
