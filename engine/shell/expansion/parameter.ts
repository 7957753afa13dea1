/** `$x`, `${x…}`: parameters, arrays, and the operators on them. */
import type { ParameterExpansionPart, ParameterOperation, SimpleExpansionPart, Word } from "unbash";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { ArithmeticError } from "../arithmetic.ts";
import { ExpansionError } from "../control-flow.ts";
import type { Dialect, Shell } from "../shell.ts";
import { elementKey, setVariable, specialParameter } from "../shell-variables.ts";
import { expandPrompt } from "../prompt.ts";
import { isName } from "../variables.ts";
import type { Piece } from "./fields.ts";
import { piecesToText } from "./fields.ts";
import { changeCase, removePattern, replacePattern } from "./operators.ts";
import { transform } from "./transform.ts";
import {
  evaluateExpression,
  expandToPattern,
  expandToString,
  expandWordPieces,
  type ExpansionContext,
} from "./word.ts";

/** What a parameter names: one value, or the elements of a list. */
interface Reference {
  readonly name: string;
  /** The key of an array's element; undefined: the variable itself. */
  readonly key: string | undefined;
  readonly list: "@" | "*" | undefined;
  /** One for a plain parameter; none when it is unset. */
  readonly values: readonly string[];
}

export function expandSimple(
  shell: Shell,
  part: SimpleExpansionPart,
  context: ExpansionContext,
  pieces: Piece[],
): void {
  const name = part.text.slice(1);
  const reference = readParameter(shell, name, undefined);
  requireSet(shell, reference);
  pushReference(shell, reference, context, pieces);
}

export function* expandParameter(
  shell: Shell,
  part: ParameterExpansionPart,
  context: ExpansionContext,
  pieces: Piece[],
): Blocking<void> {
  checkSubstitution(part, shell.dialect);
  if (part.prefix === "#") {
    const reference = yield* resolve(shell, part.parameter, part.index);
    requireSet(shell, reference);
    const length = reference.list ? reference.values.length : characters(reference.values[0] ?? "");
    pieces.push({ kind: "text", text: String(length), quoted: context.quoted, split: true });
    return;
  }
  if (part.prefix === "!" && part.operation?.type === "Names") {
    const names = shell.variables.names().filter((name) => name.startsWith(part.parameter));
    pushList(shell, names, part.operation.operator, context, pieces);
    return;
  }
  const listIndex = part.index?.text;
  if (part.prefix === "!" && (listIndex === "@" || listIndex === "*")) {
    const variable = shell.variables.get(part.parameter);
    pushList(shell, variable?.keys() ?? [], listIndex, context, pieces);
    return;
  }
  let reference = yield* resolve(shell, part.parameter, part.index);
  if (part.prefix === "!") reference = yield* indirect(shell, part, reference);
  if (part.operation === undefined) {
    requireSet(shell, reference);
    pushReference(shell, reference, context, pieces);
    return;
  }
  yield* applyOperation(shell, part.operation, reference, context, pieces);
}

const PARAMETER = /^(?:[A-Za-z_]\w*|\d+|[@*#?$!-])$/;

/** `${}`, `${x y}`, `${a[}`: what the parser lets through but bash calls bad. */
function checkSubstitution(part: ParameterExpansionPart, dialect: Dialect): void {
  const operation = part.operation;
  const bad =
    !PARAMETER.test(part.parameter) ||
    operation?.type === "Unknown" ||
    (operation?.type === "Transform" && !/^[QEPAKakuUL]$/.test(operation.operand.text)) ||
    (part.prefix === "#" && operation !== undefined) ||
    (part.index !== undefined && part.index.text === "") ||
    unreadText(part);
  if (bad) throw new ExpansionError(`${part.text}: bad substitution`);
  const bashOnly =
    (part.prefix === "!" && part.parameter !== "") ||
    part.index !== undefined ||
    (operation !== undefined && operation.type !== "Default" && operation.type !== "Remove");
  if (dialect === "sh" && bashOnly) throw new ExpansionError("Bad substitution", true);
}

/** Characters between the parameter and the closing brace that belong to nothing. */
function unreadText(part: ParameterExpansionPart): boolean {
  if (part.operation !== undefined || part.index !== undefined) return false;
  return part.text !== `\${${part.prefix ?? ""}${part.parameter}}`;
}

function* resolve(shell: Shell, name: string, index: Word | undefined): Blocking<Reference> {
  if (index === undefined) return readParameter(shell, name, undefined);
  if (index.text === "@" || index.text === "*") return readParameter(shell, name, index.text);
  const subscript = yield* expandToString(shell, index);
  return readElement(shell, name, subscript);
}

/** A variable, `arr[@]`, or a special or positional parameter. */
function readParameter(shell: Shell, name: string, list: "@" | "*" | undefined): Reference {
  if (list) {
    const values = shell.variables.get(name)?.values() ?? [];
    return { name, key: undefined, list, values };
  }
  if (name === "@" || name === "*") {
    return { name, key: undefined, list: name, values: shell.positional };
  }
  const value = isName(name) ? shell.variables.value(name) : specialParameter(shell, name);
  return { name, key: undefined, list: undefined, values: value === undefined ? [] : [value] };
}

function readElement(shell: Shell, name: string, subscript: string): Reference {
  const variable = shell.variables.get(name);
  let key: string | undefined;
  try {
    key = elementKey(shell, name, subscript);
  } catch (error) {
    if (error instanceof ArithmeticError) throw new ExpansionError(error.message);
    throw error;
  }
  if (key === undefined) throw new ExpansionError(`${name}: bad array subscript`);
  const value = variable?.element(key);
  return { name, key, list: undefined, values: value === undefined ? [] : [value] };
}

function* indirect(
  shell: Shell,
  part: ParameterExpansionPart,
  reference: Reference,
): Blocking<Reference> {
  const variable = shell.variables.find(part.parameter);
  if (variable?.nameref && part.index === undefined) {
    const target = variable.value ?? "";
    return { name: part.parameter, key: undefined, list: undefined, values: [target] };
  }
  const target = reference.values[0];
  if (target === undefined || target === "") {
    if (part.operation?.type === "Default") return { ...reference, values: [] };
    throw new ExpansionError(`${part.parameter}: invalid indirect expansion`);
  }
  const element = /^([A-Za-z_]\w*)\[(.*)\]$/s.exec(target);
  if (element) {
    const [, name, subscript] = element as unknown as [string, string, string];
    if (subscript === "@" || subscript === "*") return readParameter(shell, name, subscript);
    return readElement(shell, name, subscript);
  }
  if (!PARAMETER.test(target)) throw new ExpansionError(`${target}: invalid variable name`);
  return readParameter(shell, target, undefined);
}

/** `set -u` */
function requireSet(shell: Shell, reference: Reference): void {
  if (!shell.options.has("nounset") || reference.values.length > 0 || reference.list) return;
  const { name, key } = reference;
  const shown = /^\d+$/.test(name) ? `$${name}` : key === undefined ? name : `${name}[${key}]`;
  const text = shell.isBash ? "unbound variable" : "parameter not set";
  throw new ExpansionError(`${shell.isBash ? shown : name}: ${text}`, true);
}

function pushReference(
  shell: Shell,
  reference: Reference,
  context: ExpansionContext,
  pieces: Piece[],
): void {
  if (reference.list) pushList(shell, reference.values, reference.list, context, pieces);
  else pushValue(reference.values[0] ?? "", context, pieces);
}

function pushValue(text: string, context: ExpansionContext, pieces: Piece[]): void {
  if (text !== "" || context.quoted) {
    pieces.push({ kind: "text", text, quoted: context.quoted, split: true });
  }
}

/** `$@` and `$*` in their four manners. */
function pushList(
  shell: Shell,
  values: readonly string[],
  list: "@" | "*",
  context: ExpansionContext,
  pieces: Piece[],
): void {
  const { quoted, single } = context;
  if (list === "*" && (quoted || single)) {
    pushValue(values.join(shell.ifs().slice(0, 1)), context, pieces);
    return;
  }
  values.forEach((text, index) => {
    if (index > 0) pieces.push({ kind: "break" });
    pieces.push({ kind: "text", text, quoted, split: true });
  });
}

function characters(text: string): number {
  return /[\ud800-\udbff]/.test(text) ? [...text].length : text.length;
}

function* applyOperation(
  shell: Shell,
  operation: ParameterOperation,
  reference: Reference,
  context: ExpansionContext,
  pieces: Piece[],
): Blocking<void> {
  if (operation.type === "Default") {
    yield* applyDefault(shell, operation, reference, context, pieces);
    return;
  }
  if (operation.type === "Slice") {
    yield* applySlice(shell, operation, reference, context, pieces);
    return;
  }
  if (operation.type !== "Transform") requireSet(shell, reference);
  if (operation.type === "Transform" && /[AaKk]/.test(operation.operand.text)) {
    const text = transform(shell, operation, reference);
    if (text !== "") pushValue(text, context, pieces);
    return;
  }
  const change = yield* elementwise(shell, operation, reference);
  pushReference(shell, { ...reference, values: reference.values.map(change) }, context, pieces);
}

/** The operators that change each value on its own. */
function* elementwise(
  shell: Shell,
  operation: ParameterOperation,
  reference: Reference,
): Blocking<(value: string) => string> {
  switch (operation.type) {
    case "Remove": {
      const pattern = yield* expandToPattern(shell, operation.operand);
      return (value) => removePattern(shell, value, operation.operator, pattern);
    }
    case "Replace": {
      const pattern = yield* expandToPattern(shell, operation.pattern);
      const replacement = yield* expandReplacement(shell, operation.replacement);
      return (value) => replacePattern(shell, value, operation.operator, pattern, replacement);
    }
    case "CaseModification": {
      const pattern = operation.operand
        ? yield* expandToPattern(shell, operation.operand)
        : undefined;
      return (value) => changeCase(shell, value, operation.operator, pattern);
    }
    case "Transform": {
      if (operation.operand.text === "P") {
        const shown = new Map<string, string>();
        for (const value of reference.values) {
          if (!shown.has(value)) shown.set(value, yield* expandPrompt(shell, value));
        }
        return (value) => shown.get(value) ?? value;
      }
      return (value) => transform(shell, operation, { ...reference, values: [value] });
    }
    default:
      return (value) => value;
  }
}

/** The replacement, in which a quoted `&` is escaped so that it stands for itself. */
function* expandReplacement(shell: Shell, word: Word): Blocking<string> {
  const pieces = yield* expandWordPieces(shell, word, { quoted: false, single: true });
  return pieces
    .map((piece) => {
      if (piece.kind === "break") return " ";
      return piece.quoted ? piece.text.replace(/[&\\]/g, "\\$&") : piece.text;
    })
    .join("");
}

function* applyDefault(
  shell: Shell,
  operation: Extract<ParameterOperation, { type: "Default" }>,
  reference: Reference,
  context: ExpansionContext,
  pieces: Piece[],
): Blocking<void> {
  const { operator } = operation;
  const empty = operator.startsWith(":") && reference.values.join("") === "";
  const missing = reference.values.length === 0 || empty;
  const kind = operator.at(-1);
  if (kind === "+") {
    if (!missing) yield* pushOperand(shell, operation.operand, context, pieces);
    else if (context.quoted) pushValue("", context, pieces);
    return;
  }
  if (!missing) {
    pushReference(shell, reference, context, pieces);
    return;
  }
  if (kind === "-") {
    yield* pushOperand(shell, operation.operand, context, pieces);
    return;
  }
  if (kind === "?") {
    const given = piecesToText(yield* operandPieces(shell, operation.operand, context));
    const standard = operator === ":?" ? "parameter null or not set" : "parameter not set";
    const { name } = reference;
    throw new ExpansionError(`${name}: ${given === "" ? standard : given}`, true);
  }
  const value = piecesToText(
    yield* expandWordPieces(shell, operation.operand, {
      quoted: context.quoted,
      single: true,
      assignment: true,
    }),
  );
  if (!isName(reference.name)) {
    throw new ExpansionError(`$${reference.name}: cannot assign in this way`);
  }
  setVariable(shell, reference.name, reference.key, value);
  pushValue(value, context, pieces);
}

function* pushOperand(
  shell: Shell,
  operand: Word,
  context: ExpansionContext,
  pieces: Piece[],
): Blocking<void> {
  const expanded = yield* operandPieces(shell, operand, context);
  if (expanded.length === 0 && context.quoted) pushValue("", context, pieces);
  pieces.push(...expanded);
}

function* operandPieces(shell: Shell, operand: Word, context: ExpansionContext): Blocking<Piece[]> {
  if (context.quoted && operand.parts === undefined) {
    return operand.value === ""
      ? []
      : [{ kind: "text", text: operand.value, quoted: true, split: false }];
  }
  return yield* expandWordPieces(shell, operand, {
    quoted: context.quoted,
    single: context.single,
    splitLiterals: !context.quoted && !context.single,
  });
}

function* applySlice(
  shell: Shell,
  operation: Extract<ParameterOperation, { type: "Slice" }>,
  reference: Reference,
  context: ExpansionContext,
  pieces: Piece[],
): Blocking<void> {
  requireSet(shell, reference);
  const offset = Number(yield* evaluateExpression(shell, operation.offset.text));
  const length = operation.length
    ? Number(yield* evaluateExpression(shell, operation.length.text))
    : undefined;
  const refuse = (): never => {
    const shown = operation.length?.text.trim() ?? "";
    throw new ExpansionError(`${shown}: substring expression < 0`);
  };
  if (!reference.list) {
    const text = reference.values[0] ?? "";
    const chars = /[\ud800-\udbff]/.test(text) ? [...text] : text.split("");
    const start = offset < 0 ? chars.length + offset : offset;
    if (start < 0 || start > chars.length) {
      pushValue("", context, pieces);
      return;
    }
    const end =
      length === undefined ? chars.length : length < 0 ? chars.length + length : start + length;
    if (end < start) refuse();
    pushValue(chars.slice(start, end).join(""), context, pieces);
    return;
  }
  if (length !== undefined && length < 0) refuse();
  const values = sliceList(shell, reference, offset, length);
  pushList(shell, values, reference.list, context, pieces);
}

/** `${@:1:2}` counts `$0` in; `${a[@]:1:2}` goes by the indices that exist. */
function sliceList(
  shell: Shell,
  reference: Reference,
  offset: number,
  length: number | undefined,
): readonly string[] {
  if (reference.name === "@" || reference.name === "*") {
    const all = [shell.name, ...shell.positional];
    const start = offset < 0 ? all.length + offset : offset;
    if (start < 0) return [];
    return all.slice(start, length === undefined ? undefined : start + length);
  }
  const variable = shell.variables.get(reference.name);
  const keys = variable?.keys() ?? [];
  if (variable?.kind !== "indexed") {
    const start = Math.max(offset < 0 ? keys.length + offset : offset - 1, 0);
    return reference.values.slice(start, length === undefined ? undefined : start + length);
  }
  const last = Number(keys.at(-1) ?? -1);
  const from = offset < 0 ? last + 1 + offset : offset;
  if (from < 0) return [];
  const start = keys.findIndex((key) => Number(key) >= from);
  if (start < 0) return [];
  return reference.values.slice(start, length === undefined ? undefined : start + length);
}
