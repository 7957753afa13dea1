/** Assignments: `x=1`, `x+=1`, `a[i]=v`, `a=(…)`. */
import type { ArrayValue, Assignment, Word } from "unbash";
import type { Blocking } from "../kernel/process/wait-queue.ts";
import { AssignmentError } from "./control-flow.ts";
import { evaluateExpression, expandToString, expandWords } from "./expansion/word.ts";
import { quoteIfNeeded } from "./quoting.ts";
import type { Shell } from "./shell.ts";
import { setVariable, writableKey } from "./shell-variables.ts";
import { SourceText } from "./source-text.ts";
import { parseWord } from "./syntax.ts";
import type { Variable } from "./variables.ts";

/** Assigns in the shell; returns what `set -x` shows. */
export function* assignVariable(shell: Shell, assignment: Assignment): Blocking<string> {
  const { name, value } = assignment;
  const append = assignment.append ?? false;
  if (value.type === "ArrayValue") {
    if (assignment.index)
      throw new AssignmentError(
        `${name}[${assignment.index.text}]: cannot assign list to array member`,
      );
    yield* assignArray(shell, shell.variables.writable(name), name, value, append);
    return assignment.text;
  }
  const text = yield* expandToString(shell, value, { assignment: true });
  const key = assignment.index ? yield* subscriptKey(shell, name, assignment.index) : undefined;
  setVariable(shell, name, key, text, append);
  const head = assignment.index ? `${name}[${assignment.index.text}]` : name;
  return `${head}${append ? "+" : ""}=${text === "" ? "" : quoteIfNeeded(text)}`;
}

function* subscriptKey(shell: Shell, name: string, index: Word): Blocking<string> {
  const subscript = yield* expandToString(shell, index);
  return writableKey(shell, name, subscript);
}

/** An assignment as an argument: `name=value` with the value expanded. */
export function* assignmentText(shell: Shell, assignment: Assignment): Blocking<string> {
  const { name, value } = assignment;
  let head = name;
  if (assignment.index) head += `[${yield* expandToString(shell, assignment.index)}]`;
  if (value.type === "ArrayValue") return head;
  const text = yield* expandToString(shell, value, { assignment: true });
  return `${head}${assignment.append ? "+" : ""}=${text}`;
}

/** `name=(…)` into a variable whose attributes are set. */
export function* assignArray(
  shell: Shell,
  variable: Variable,
  name: string,
  array: ArrayValue,
  append: boolean,
): Blocking<void> {
  // Everything is expanded before the old elements go: `a=("${a[@]}" x)`.
  const items = yield* arrayItems(shell, variable, array);
  if (variable.kind === "scalar") variable.convertTo("indexed");
  if (!append) variable.clear();
  variable.assignedEmpty = items.length === 0;
  const last = variable.kind === "indexed" ? variable.keys().at(-1) : undefined;
  let next = last === undefined ? 0n : BigInt(last) + 1n;
  for (const item of items) {
    let { key } = item;
    if (key === undefined) key = String(next);
    if (variable.kind === "indexed") next = BigInt(key) + 1n;
    setElement(shell, variable, name, key, item.value, item.append);
  }
  shell.variables.onChange(name);
}

function setElement(
  shell: Shell,
  variable: Variable,
  name: string,
  key: string,
  value: string,
  append: boolean,
): void {
  if (variable.integer || variable.lowercase || variable.uppercase) {
    setVariable(shell, name, key, value, append);
  } else variable.setElement(key, append ? (variable.element(key) ?? "") + value : value);
}

interface ArrayItem {
  readonly key: string | undefined;
  readonly value: string;
  readonly append: boolean;
}

function* arrayItems(shell: Shell, variable: Variable, array: ArrayValue): Blocking<ArrayItem[]> {
  const items: ArrayItem[] = [];
  const associative = variable.kind === "associative";
  const pairs: string[] = [];
  for (const element of array.elements) {
    const keyed = splitKeyed(element.text);
    if (!keyed) {
      const words = yield* expandWords(shell, [element]);
      if (associative) pairs.push(...words);
      else for (const value of words) items.push({ key: undefined, value, append: false });
      continue;
    }
    const subscript = keyed.subscript;
    const key = associative
      ? yield* expandText(shell, subscript)
      : String(yield* evaluateExpression(shell, subscript));
    if (key.startsWith("-") && !associative) {
      throw new AssignmentError(`[${subscript}]=${keyed.value}: bad array subscript`);
    }
    items.push({ key, value: yield* expandText(shell, keyed.value), append: keyed.append });
  }
  // `m=(a 1 b 2)`: keys and values in turn.
  for (let at = 0; at < pairs.length; at += 2) {
    items.push({ key: pairs[at] as string, value: pairs[at + 1] ?? "", append: false });
  }
  return items;
}

/** `[key]=value`, as text. */
function splitKeyed(
  text: string,
): { subscript: string; value: string; append: boolean } | undefined {
  if (!text.startsWith("[")) return undefined;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === "\\") at += 1;
    else if (char === '"' || char === "'") {
      const end = text.indexOf(char, at + 1);
      if (end < 0) return undefined;
      at = end;
    } else if (char === "[") depth += 1;
    else if (char === "]" && --depth === 0) {
      const rest = /^(\+?)=/.exec(text.slice(at + 1));
      if (!rest) return undefined;
      return {
        subscript: text.slice(1, at),
        value: text.slice(at + 1 + rest[0].length),
        append: rest[1] === "+",
      };
    }
  }
  return undefined;
}

function* expandText(shell: Shell, text: string): Blocking<string> {
  if (text === "") return "";
  const parsed = parseWord(text);
  if (!parsed) return text;
  const { source, position } = shell;
  shell.source = new SourceText(parsed.source, shell.line);
  shell.position = 0;
  try {
    return yield* expandToString(shell, parsed.word, { assignment: true });
  } finally {
    shell.source = source;
    shell.position = position;
  }
}
