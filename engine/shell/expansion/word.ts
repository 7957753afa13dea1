/** Words to the arguments they stand for: every expansion, in bash's order. */
import type { ArithmeticExpansionPart, DoubleQuotedChild, HereDoc, Word, WordPart } from "unbash";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { ArithmeticError, evaluateArithmetic } from "../arithmetic.ts";
import { joinEscapedBytes } from "../bytes.ts";
import { ExpansionError } from "../control-flow.ts";
import type { Shell } from "../shell.ts";
import { shellArithmetic } from "../shell-variables.ts";
import { SourceText } from "../source-text.ts";
import { parseQuoted, parseWord } from "../syntax.ts";
import { expandBraces } from "./brace.ts";
import { expandFields, piecesToPattern, piecesToText, splitFields, type Piece } from "./fields.ts";
import { expandParameter, expandSimple } from "./parameter.ts";

/** A word or value longer than this is refused, as when memory runs out. */
export const MAX_EXPANSION = 64 * 1024 * 1024;

export interface ExpansionContext {
  /** Inside double quotes, or in a here-document. */
  readonly quoted: boolean;
  /** One result whatever it holds: assignments, `case`, redirections. */
  readonly single: boolean;
  /** Tildes are also expanded after `:`. */
  readonly assignment?: boolean;
  /** Unquoted literal text is split too: the word of `${x:-a b}`. */
  readonly splitLiterals?: boolean;
}

/** Arguments: braces, tildes, parameters, substitutions, splitting, file names. */
export function* expandWords(shell: Shell, words: readonly Word[]): Blocking<string[]> {
  const out: string[] = [];
  for (const word of words) {
    if (word.parts === undefined && !/[\\~]/.test(word.text)) {
      out.push(word.text);
      continue;
    }
    const braces = word.parts?.some((part) => part.type === "BraceExpansion");
    if (braces && shell.isBash && shell.options.has("braceexpand")) {
      yield* expandBraceWord(shell, word.text, out);
    } else for (const each of yield* expandArgument(shell, word)) out.push(each);
  }
  return out;
}

function* expandBraceWord(shell: Shell, text: string, out: string[]): Blocking<void> {
  const outer = shell.source;
  const position = shell.position;
  let texts: string[];
  try {
    texts = expandBraces(text);
  } catch (error) {
    if (!(error instanceof ExpansionError)) throw error;
    yield* shell.reportError(error.message);
    texts = [text];
  }
  for (const each of texts) {
    if (/^[\w.,/:%@=+-]*$/.test(each)) {
      if (each !== "") out.push(each);
      continue;
    }
    const parsed = parseWord(each);
    if (!parsed) continue;
    shell.source = new SourceText(parsed.source, outer.lineAt(position));
    shell.position = 0;
    try {
      out.push(...(yield* expandArgument(shell, parsed.word)));
    } finally {
      shell.source = outer;
      shell.position = position;
    }
  }
}

function* expandArgument(shell: Shell, word: Word): Blocking<string[]> {
  const assignment = /^[A-Za-z_]\w*\+?=/.test(word.text);
  const pieces = yield* expandWordPieces(shell, word, {
    quoted: false,
    single: false,
    assignment,
  });
  return expandFields(shell, splitFields(pieces, shell.ifs()));
}

/** One string: no splitting, no file names. */
export function* expandToString(
  shell: Shell,
  word: Word,
  options: { readonly assignment?: boolean } = {},
): Blocking<string> {
  if (word.parts === undefined && !/[\\~]/.test(word.text)) return word.text;
  return piecesToText(
    yield* expandWordPieces(shell, word, {
      quoted: false,
      single: true,
      assignment: options.assignment ?? false,
    }),
  );
}

/** A pattern in which quoted characters are escaped. */
export function* expandToPattern(shell: Shell, word: Word): Blocking<string> {
  return piecesToPattern(yield* expandWordPieces(shell, word, { quoted: false, single: true }));
}

/** Text between double quotes: prompts, arithmetic, here-documents. */
export function* expandQuotedText(shell: Shell, text: string): Blocking<string> {
  if (!/[$`\\]/.test(text)) return text;
  const parts = parseQuoted(text);
  const outer = shell.source;
  const position = shell.position;
  shell.source = new SourceText(text, outer.lineAt(position));
  shell.position = 0;
  try {
    const pieces: Piece[] = [];
    yield* expandParts(shell, parts, { quoted: true, single: true }, pieces);
    return piecesToText(pieces);
  } finally {
    shell.source = outer;
    shell.position = position;
  }
}

export function* expandHereDocument(shell: Shell, document: HereDoc): Blocking<string> {
  if (document.operator === "<<-") {
    const text = document.body.text.replace(/^\t+/gm, "");
    return document.delimiter?.quoted ? text : yield* expandQuotedText(shell, text);
  }
  if (document.delimiter?.quoted) return document.body.text;
  const parts = document.body.parts;
  if (parts === undefined) return unescapeQuoted(document.body.text);
  const pieces: Piece[] = [];
  yield* expandParts(shell, parts, { quoted: true, single: true }, pieces);
  return piecesToText(pieces);
}

export function* expandWordPieces(
  shell: Shell,
  word: Word,
  context: ExpansionContext,
): Blocking<Piece[]> {
  const pieces: Piece[] = [];
  if (word.parts === undefined) pushLiteral(shell, word.text, context, pieces, true);
  else yield* expandParts(shell, word.parts, context, pieces, true);
  return pieces;
}

function* expandParts(
  shell: Shell,
  parts: readonly WordPart[],
  context: ExpansionContext,
  pieces: Piece[],
  atStart = false,
): Blocking<void> {
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] as WordPart;
    yield* expandPart(shell, part, context, pieces, atStart && index === 0, parts.length === 1);
  }
}

function* expandPart(
  shell: Shell,
  part: WordPart,
  context: ExpansionContext,
  pieces: Piece[],
  first: boolean,
  alone: boolean,
): Blocking<void> {
  const { quoted } = context;
  switch (part.type) {
    case "Literal":
      if (quoted) pieces.push({ kind: "text", text: part.value, quoted: true, split: false });
      else pushLiteral(shell, part.text, context, pieces, first, alone);
      return;
    case "SingleQuoted":
      pieces.push({ kind: "text", text: part.value, quoted: true, split: false });
      return;
    case "AnsiCQuoted":
      pushAnsiC(shell, part.text, pieces);
      return;
    case "LocaleString":
    case "DoubleQuoted":
      yield* expandDoubleQuoted(shell, part.parts, context, pieces);
      return;
    case "SimpleExpansion":
      expandSimple(shell, part, context, pieces);
      return;
    case "ParameterExpansion":
      yield* expandParameter(shell, part, context, pieces);
      return;
    case "CommandExpansion": {
      const script = part.script;
      const source = script?.source
        ? new SourceText(script.source, shell.source.lineAt(part.pos))
        : shell.source;
      const text = yield* shell.interpreter.captureOutput(shell, script?.commands ?? [], source);
      pieces.push({ kind: "text", text, quoted, split: true });
      return;
    }
    case "ArithmeticExpansion": {
      const text = String(yield* expandArithmetic(shell, part));
      pieces.push({ kind: "text", text, quoted, split: true });
      return;
    }
    case "ProcessSubstitution": {
      const { interpreter, source } = shell;
      const commands = part.script?.commands ?? [];
      const path = yield* interpreter.substituteProcess(shell, part.operator, commands, source);
      pieces.push({ kind: "text", text: path, quoted: true, split: false });
      return;
    }
    case "Glob":
    case "ExtendedGlob":
      if (part.parts === undefined) pushLiteral(shell, part.text, context, pieces, false);
      else yield* expandGlobPart(shell, part, context, pieces);
      return;
    case "BraceExpansion":
      // Reached only where braces are not expanded; then they are ordinary characters.
      if (part.parts) {
        pieces.push({ kind: "text", text: "{", quoted: false, split: false });
        yield* expandParts(shell, part.parts, context, pieces);
        pieces.push({ kind: "text", text: "}", quoted: false, split: false });
      } else pushLiteral(shell, part.text, context, pieces, false);
      return;
  }
}

/** `[a-$x]` and `@(a|$b)`: brackets around parts. */
function* expandGlobPart(
  shell: Shell,
  part: Extract<WordPart, { type: "Glob" | "ExtendedGlob" }>,
  context: ExpansionContext,
  pieces: Piece[],
): Blocking<void> {
  const inner = part.parts as readonly WordPart[];
  const unquoted = (text: string): Piece => ({ kind: "text", text, quoted: false, split: false });
  const open = part.type === "Glob" ? "[" : `${part.operator}(`;
  pieces.push(unquoted(open));
  yield* expandParts(shell, inner, context, pieces);
  pieces.push(unquoted(part.type === "Glob" ? "]" : ")"));
}

function* expandDoubleQuoted(
  shell: Shell,
  parts: readonly DoubleQuotedChild[],
  context: ExpansionContext,
  pieces: Piece[],
): Blocking<void> {
  const before = pieces.length;
  yield* expandParts(shell, parts, { ...context, quoted: true }, pieces);
  // `"$@"` without arguments is no word at all; every other quoted text is at least an empty one.
  const onlyLists = parts.length > 0 && parts.every(isListExpansion);
  if (pieces.length === before && !onlyLists) {
    pieces.push({ kind: "text", text: "", quoted: true, split: false });
  }
}

function isListExpansion(part: DoubleQuotedChild): boolean {
  if (part.type === "SimpleExpansion") return part.text === "$@";
  if (part.type !== "ParameterExpansion" || part.prefix === "#") return false;
  return part.parameter === "@" || part.index?.text === "@" || part.operation?.type === "Names";
}

function pushLiteral(
  shell: Shell,
  text: string,
  context: ExpansionContext,
  pieces: Piece[],
  first: boolean,
  alone = true,
): void {
  if (text.includes("~")) text = markTildes(shell, text, context, pieces, first, alone);
  const split = context.splitLiterals ?? false;
  if (!text.includes("\\")) {
    if (text !== "") pieces.push({ kind: "text", text, quoted: context.quoted, split });
    return;
  }
  for (let at = 0; at < text.length;) {
    if (text[at] === "\\") {
      const escaped = text[at + 1];
      if (escaped !== "\n") {
        pieces.push({ kind: "text", text: escaped ?? "\\", quoted: true, split: false });
      }
      at += 2;
      continue;
    }
    const next = text.indexOf("\\", at);
    const end = next < 0 ? text.length : next;
    pieces.push({ kind: "text", text: text.slice(at, end), quoted: context.quoted, split });
    at = end;
  }
}

const TILDE = /^~([A-Za-z0-9_.+-]*)(?=[/:]|$)/;

/** Emits the text up to the last tilde that is expanded; returns what is left. */
function markTildes(
  shell: Shell,
  text: string,
  context: ExpansionContext,
  pieces: Piece[],
  first: boolean,
  alone: boolean,
): string {
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "\\") {
      at += 1;
      continue;
    }
    if (text[at] !== "~") continue;
    const previous = text[at - 1];
    const atWord = at === 0 && first;
    const afterColon = context.assignment === true && (previous === ":" || previous === "=");
    if (!atWord && !afterColon) continue;
    const rest = text.slice(at);
    const found = TILDE.exec(rest);
    if (!found) continue;
    // `~$x` has no login name to look up.
    if (!alone && found[0].length === rest.length) continue;
    const home = tildeDirectory(shell, found[1] as string);
    if (home === undefined) continue;
    pieces.push({ kind: "text", text: text.slice(start, at), quoted: false, split: false });
    pieces.push({ kind: "text", text: home, quoted: true, split: false });
    start = at + found[0].length;
    at = start - 1;
  }
  return text.slice(start);
}

export function tildeDirectory(shell: Shell, user: string): string | undefined {
  if (user === "") return shell.variables.value("HOME") ?? shell.home("root");
  if (user === "+") return shell.variables.value("PWD");
  if (user === "-") return shell.variables.value("OLDPWD");
  return shell.home(user);
}

function pushAnsiC(shell: Shell, text: string, pieces: Piece[]): void {
  // dash 0.5.12 has no $'…': a dollar sign and a quoted string.
  const value = shell.isBash ? decodeAnsiC(text.slice(2, -1)) : `$${text.slice(2, -1)}`;
  pieces.push({ kind: "text", text: value, quoted: true, split: false });
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  e: "\x1b",
  E: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
  "?": "?",
};

/** The inside of `$'…'`. */
export function decodeAnsiC(text: string): string {
  if (!text.includes("\\")) return text;
  const pattern =
    /\\(?:x\{?([0-9A-Fa-f]{1,2})\}?|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|([0-7]{1,3})|c([\s\S])|([\s\S]))/g;
  const decoded = text.replace(pattern, (all, hex, u4, u8, octal, control, simple) => {
    if (hex !== undefined) return escapedByte(parseInt(hex as string, 16));
    const point = (u4 ?? u8) as string | undefined;
    if (point !== undefined) {
      const code = parseInt(point, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
    }
    if (octal !== undefined) return escapedByte(parseInt(octal as string, 8) & 255);
    if (control !== undefined) {
      return String.fromCharCode((control as string).toUpperCase().charCodeAt(0) & 31);
    }
    return SIMPLE_ESCAPES[simple as string] ?? (all as string);
  });
  const end = decoded.indexOf("\0");
  return joinEscapedBytes(end < 0 ? decoded : decoded.slice(0, end));
}

function escapedByte(byte: number): string {
  return String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte);
}

function unescapeQuoted(text: string): string {
  return text.replace(/\\([\\$`]|\n)/g, (_, char: string) => (char === "\n" ? "" : char));
}

function* expandArithmetic(shell: Shell, part: ArithmeticExpansionPart): Blocking<bigint> {
  const text = part.text.startsWith("$((") ? part.text.slice(3, -2) : part.text.slice(2, -1);
  return yield* evaluateExpression(shell, text);
}

/** Expands `text` as between double quotes and evaluates it. */
export function* evaluateExpression(shell: Shell, text: string): Blocking<bigint> {
  let expanded = yield* expandQuotedText(shell, text);
  if (expanded.includes('"')) expanded = expanded.replaceAll('"', "");
  try {
    return evaluateArithmetic(expanded, shellArithmetic(shell));
  } catch (error) {
    if (!(error instanceof ArithmeticError)) throw error;
    throw new ExpansionError(shell.isBash ? error.message : dashArithmeticError(expanded, error));
  }
}

function dashArithmeticError(text: string, error: ArithmeticError): string {
  const reason = error.message.includes("division by 0")
    ? "division by zero"
    : error.message.includes("operand expected")
      ? "expecting primary"
      : "expecting EOF";
  return `arithmetic expression: ${reason}: "${text}"`;
}
