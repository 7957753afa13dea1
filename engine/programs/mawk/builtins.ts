/** awk's own functions. */
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { daysFromCivil, strftime } from "../support/calendar.ts";
import type { Interpreter } from "./interpreter.ts";
import { splitByRegex } from "./record.ts";
import type { Expression, LValue } from "./syntax.ts";
import { inputValue, toNumber, type Value } from "./values.ts";

type Builtin = (awk: Interpreter, values: readonly Value[]) => Value;

const num = (values: readonly Value[], index: number) => toNumber(values[index]);

/** Those that take values and do not block. */
const PLAIN: Record<string, Builtin> = {
  atan2: (_, v) => Math.atan2(num(v, 0), num(v, 1)),
  cos: (_, v) => Math.cos(num(v, 0)),
  sin: (_, v) => Math.sin(num(v, 0)),
  exp: (_, v) => Math.exp(num(v, 0)),
  log: (_, v) => Math.log(num(v, 0)),
  sqrt: (_, v) => Math.sqrt(num(v, 0)),
  int: (_, v) => Math.trunc(num(v, 0)),
  rand: (awk) => awk.tool.sys.random.fraction(),
  srand: (awk, v) => seed(awk, v),
  index: (awk, v) => awk.textOf(v[0]).indexOf(awk.textOf(v[1])) + 1,
  length: (awk, v) => (v.length === 0 ? awk.record.whole : awk.textOf(v[0])).length,
  substr: (awk, v) => substr(awk.textOf(v[0]), num(v, 1), v.length > 2 ? num(v, 2) : undefined),
  sprintf: (awk, v) => awk.format(v, "sprintf"),
  tolower: (awk, v) => awk.textOf(v[0]).replace(/[A-Z]/g, (char) => char.toLowerCase()),
  toupper: (awk, v) => awk.textOf(v[0]).replace(/[a-z]/g, (char) => char.toUpperCase()),
  systime: (awk) => Math.floor(awk.tool.sys.realtimeSeconds()),
  strftime: (awk, v) =>
    strftime(
      v.length > 0 ? awk.textOf(v[0]) : "%c",
      v.length > 1 ? num(v, 1) : Math.floor(awk.tool.sys.realtimeSeconds()),
    ),
  mktime: (awk, v) => {
    const parts = awk.textOf(v[0]).trim().split(/\s+/).map(Number);
    if (parts.length < 6 || parts.some(Number.isNaN)) return -1;
    const [year, month, day, hour, minute, second] = parts as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    return daysFromCivil(year, month - 1, day) * 86400 + hour * 3600 + minute * 60 + second;
  },
};

export function* callBuiltin(
  awk: Interpreter,
  name: string,
  args: readonly Expression[],
): Blocking<Value> {
  switch (name) {
    case "sub":
    case "gsub":
      return yield* substitute(awk, name === "gsub", args);
    case "match": {
      const text = awk.textOf(yield* awk.evaluate(args[0] as Expression));
      const found = (yield* awk.regexOf(args[1] as Expression)).exec(text);
      awk.setVariable("RSTART", found ? found.start + 1 : 0);
      awk.setVariable("RLENGTH", found ? found.end - found.start : -1);
      return found ? found.start + 1 : 0;
    }
    case "split":
      return yield* split(awk, args);
  }
  const values: Value[] = [];
  for (const arg of args) {
    // A regex given as a value is text to look for, not a test of the record, in index() only.
    values.push(yield* awk.evaluate(arg));
  }
  switch (name) {
    case "system":
      return yield* awk.streams.system(awk.textOf(values[0]));
    case "close":
      return yield* awk.streams.close(awk.textOf(values[0]));
    case "fflush":
      if (values.length > 0) return (yield* awk.streams.flushOne(awk.textOf(values[0]))) ? 0 : -1;
      yield* awk.streams.flush();
      return 0;
    default:
      return (PLAIN[name] as Builtin)(awk, values);
  }
}

/** The previous seed; the numbers themselves come from the lab's generator. */
function seed(awk: Interpreter, values: readonly Value[]): Value {
  const cell = awk.globals.get(" seed") ?? { value: 0 };
  const old = cell.value as Value;
  awk.globals.set(" seed", {
    value: values.length > 0 ? values[0] : Math.floor(awk.tool.sys.realtimeSeconds()),
  });
  return old;
}

/** mawk cuts fractions off and counts a start before the text into the length. */
function substr(text: string, begin: number, length: number | undefined): string {
  let from = Math.trunc(begin);
  let count = length === undefined ? text.length : Math.trunc(length);
  if (from <= 0) {
    count -= from;
    from = 1;
  }
  return count > 0 ? text.slice(from - 1, from - 1 + count) : "";
}

function* substitute(
  awk: Interpreter,
  global: boolean,
  args: readonly Expression[],
): Blocking<Value> {
  const regex = yield* awk.regexOf(args[0] as Expression);
  const replacement = awk.textOf(yield* awk.evaluate(args[1] as Expression));
  const target: Expression = args[2] ?? { kind: "field", index: { kind: "number", value: 0 } };
  const text = awk.textOf(yield* awk.evaluate(target));
  const parts = replacement.split(/(\\\\&|\\&|&)/);
  let out = "";
  let copied = 0;
  let count = 0;
  for (let at = 0; at <= text.length;) {
    const match = regex.exec(text, at);
    if (!match) break;
    const empty = match.start === match.end;
    if (!(empty && count > 0 && match.start === copied)) {
      count += 1;
      const matched = text.slice(match.start, match.end);
      const made = parts
        .map((part) =>
          part === "&" ? matched : part === "\\&" ? "&" : part === "\\\\&" ? `\\${matched}` : part,
        )
        .join("");
      out = awk.bounded(out + text.slice(copied, match.start) + made);
      copied = match.end;
      if (!global) break;
    }
    at = empty ? match.end + 1 : match.end;
    if (count % 1000 === 0) yield* awk.tool.sys.yieldCpu();
  }
  if (count === 0) return 0;
  if (target.kind === "variable" || target.kind === "field" || target.kind === "element") {
    yield* awk.assign(target satisfies LValue, out + text.slice(copied));
  }
  return count;
}

function* split(awk: Interpreter, args: readonly Expression[]): Blocking<Value> {
  const text = awk.textOf(yield* awk.evaluate(args[0] as Expression));
  const into = args[1] as Expression;
  if (into.kind !== "variable") throw awk.fatal("line 1: type error in arg(2) in call to split");
  const separator = args[2];
  let parts: string[];
  if (separator?.kind === "regex") parts = splitByRegex(text, separator.regex);
  else {
    const by = separator ? awk.textOf(yield* awk.evaluate(separator)) : awk.text("FS");
    parts = awk.splitterOf(by)(text);
  }
  const array = awk.array(into.name);
  array.clear();
  parts.forEach((part, index) => awk.setElement(array, String(index + 1), inputValue(part)));
  return parts.length;
}
