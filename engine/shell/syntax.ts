/** Text to commands: the parser's findings in bash's and dash's words. */
import {
  parse,
  forEachChild,
  type HereDoc,
  type ParsedScript,
  type ParseError,
  type Script,
  type Statement,
  type SyntaxNode,
  type Word,
  type WordPart,
} from "unbash";
import { findBashism } from "./dash-syntax.ts";

/** A syntax error, as data: each shell words it its own way. */
export type SyntaxProblem =
  /** The text ends inside a construct that more lines may complete. */
  | { readonly kind: "end"; readonly position: number; readonly expecting?: string | undefined }
  /** The text ends inside quotes or brackets; `closer` would end them. */
  | { readonly kind: "unclosed"; readonly closer: string; readonly position: number }
  | { readonly kind: "token"; readonly token: string; readonly position: number }
  /** Worded in full. */
  | { readonly kind: "condition"; readonly message: string; readonly position: number };

export interface Parsed {
  readonly statements: readonly Statement[];
  readonly problem: SyntaxProblem | undefined;
  /** Here-documents that the end of the text ended. */
  readonly unclosedHereDocs: readonly HereDoc[];
}

export function parseCommands(text: string, dialect: "bash" | "sh" | "ash" = "bash"): Parsed {
  const script = parse(text);
  const problem =
    findProblem(script, text) ?? (dialect === "sh" ? findBashism(script, text) : undefined);
  const unclosedHereDocs = text.includes("<<") ? findUnclosedHereDocs(script) : [];
  return { statements: script.commands, problem, unclosedHereDocs };
}

/** Whether an interactive shell should ask for another line. */
export function isIncomplete(parsed: Parsed, text: string): boolean {
  if (parsed.problem) return parsed.problem.kind === "end" || parsed.problem.kind === "unclosed";
  return parsed.unclosedHereDocs.length > 0 || endsWithContinuation(text);
}

/** An odd number of backslashes at the very end (before the newline). */
function endsWithContinuation(text: string): boolean {
  const end = text.endsWith("\n") ? text.length - 1 : text.length;
  let at = end;
  while (text[at - 1] === "\\") at -= 1;
  return (end - at) % 2 === 1;
}

const UNCLOSED: readonly (readonly [start: string, closer: string])[] = [
  ["unterminated double quote", '"'],
  ["unterminated single quote", "'"],
  ["unterminated command substitution", ")"],
  ["unterminated parameter expansion", "}"],
  ["unterminated backtick", "`"],
  ["unterminated arithmetic", ")"],
  ["unterminated extended glob", ")"],
  ["unterminated", ")"],
];

function findProblem(script: ParsedScript, text: string): SyntaxProblem | undefined {
  const errors = script.errors;
  const first = errors?.reduce<ParseError | undefined>(
    (a, b) => (a && a.pos <= b.pos ? a : b),
    undefined,
  );
  const nested =
    text.includes("(") || text.includes("`") ? findNestedProblem(script, text) : undefined;
  const open = text.includes("(") ? findStrayParenthesis(script, text) : undefined;
  const own = open ?? (first && asProblem(first, text));
  if (own?.kind === "end") return { ...own, expecting: expectedToken(errors ?? []) };
  if (own && nested) return nested.position < own.position ? nested : own;
  return own ?? nested;
}

function expectedToken(errors: readonly ParseError[]): string | undefined {
  for (const { message } of errors) {
    const expected = /expected '(\w+|\}|\))'/.exec(message)?.[1];
    if (expected) return expected;
  }
  return undefined;
}

/** `echo (`: the parser steps over a parenthesis after a word, which bash refuses. */
function findStrayParenthesis(script: Script, text: string): SyntaxProblem | undefined {
  let problem: SyntaxProblem | undefined;
  const visit = (node: SyntaxNode): void => {
    if (problem) return;
    if (node.type === "Command" && node.name) {
      const words = [node.name, ...node.args];
      for (const word of words) {
        const at = skipBlank(text, word.end);
        const isWord = /[^\s;&|()<>]$/.test(text.slice(word.pos, word.end));
        if (at < word.end || text[at] !== "(" || !isWord || at === word.end) continue;
        problem =
          text.slice(at + 1).trim() === ""
            ? { kind: "token", token: "newline", position: at }
            : tokenAt(text, at + 1);
        return;
      }
    }
    if (node.type !== "CommandExpansion") forEachChild(node, visit);
  };
  script.commands.forEach(visit);
  return problem;
}

function asProblem(error: ParseError, text: string): SyntaxProblem {
  for (const [start, closer] of UNCLOSED) {
    if (!error.message.startsWith(start)) continue;
    return { kind: "unclosed", closer, position: error.pos };
  }
  const position = skipBlank(text, error.pos);
  const inCondition = conditionProblem(error, text, position);
  if (inCondition) return inCondition;
  const rest = text.slice(position);
  if (error.message === "expected redirect target" && (rest === "" || rest.startsWith("\n"))) {
    return { kind: "token", token: "newline", position };
  }
  if (error.message.startsWith("expected compound command") && rest === "") {
    return { kind: "token", token: "newline", position };
  }
  if (error.message === "expected command in subshell") return tokenAt(text, error.pos + 1);
  if (error.message === "expected command in brace group") return tokenAt(text, error.pos + 1);
  if (/^\s*$/.test(rest)) {
    return { kind: "end", position };
  }
  return tokenAt(text, position);
}

/** Inside `[[`. */
function conditionProblem(
  error: ParseError,
  text: string,
  position: number,
): SyntaxProblem | undefined {
  const open = text.lastIndexOf("[[", position);
  if (open < 0 || text.slice(open, position).includes("]]")) return undefined;
  if (/^\s*$/.test(text.slice(position))) {
    const message = "unexpected token `newline', conditional binary operator expected";
    return { kind: "condition", message, position };
  }
  if (!error.message.startsWith("unexpected token")) return undefined;
  return { kind: "condition", message: "conditional binary operator expected", position };
}

function tokenAt(text: string, from: number): SyntaxProblem {
  const position = skipBlank(text, from, true);
  const rest = text.slice(position);
  if (rest === "") return { kind: "end", position };
  const token = /^(?:;;&|;;|;&|&&|\|\||\|&|<<<|<<-|<<|>>|<&|>&|<>|>\||&>|[;&|()<>])/.exec(
    rest,
  )?.[0];
  return { kind: "token", token: token ?? wordAt(rest), position };
}

function wordAt(text: string): string {
  return /^[^\s;&|()<>]+/.exec(text)?.[0] ?? text.charAt(0);
}

function skipBlank(text: string, at: number, newlines = false): number {
  const blank = newlines ? /\s/ : /[ \t]/;
  while (blank.test(text[at] ?? "")) at += 1;
  return at;
}

/** A syntax error in a substitution is one of the line, as for bash 5.2. */
function findNestedProblem(script: Script, text: string): SyntaxProblem | undefined {
  let problem: SyntaxProblem | undefined;
  const visit = (node: SyntaxNode): void => {
    if (problem) return;
    if (node.type === "CommandExpansion" || node.type === "ProcessSubstitution") {
      const first = node.script?.errors?.[0];
      if (first) {
        const inner = asProblem(first, text.slice(0, node.end));
        problem = inner.kind === "end" ? tokenAt(text, first.pos) : inner;
        return;
      }
    }
    forEachChild(node, visit);
  };
  script.commands.forEach(visit);
  return problem;
}

function findUnclosedHereDocs(script: Script): HereDoc[] {
  const found: HereDoc[] = [];
  const visit = (node: SyntaxNode): void => {
    if (node.type === "HereDoc" && node.closing === undefined) found.push(node);
    forEachChild(node, visit);
  };
  script.commands.forEach(visit);
  return found;
}

/** The statements of a text that bash would run before it meets the error. */
export function statementsBefore(
  statements: readonly Statement[],
  text: string,
  position: number,
): readonly Statement[] {
  // Bash reads whole lines: nothing of the command that the error is in is run.
  let lineStart = text.lastIndexOf("\n", position - 1) + 1;
  for (const statement of statements) {
    if (statement.pos < position && statement.end >= lineStart) {
      lineStart = Math.min(lineStart, text.lastIndexOf("\n", statement.pos - 1) + 1);
    }
  }
  return statements.filter(({ pos, end }) => end > pos && end <= lineStart);
}

const cache = new Map<string, readonly WordPart[]>();
const MAX_CACHED = 500;

/** The parts of a text that is expanded as if it stood between double quotes. */
export function parseQuoted(text: string): readonly WordPart[] {
  const known = cache.get(text);
  if (known) return known;
  let end = "END";
  while (text.includes(end)) end += "_";
  const command = parse(`:<<${end}\n${text}\n${end}\n`).commands[0]?.command;
  const document = command?.type === "Command" ? command.redirects[0] : undefined;
  const body = document?.type === "HereDoc" ? document.body : undefined;
  // A here-document always ends with a newline, which the text may not have had.
  const parts = body?.parts ? withoutLastNewline(body.parts) : [literal(text)];
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(text, parts);
  return parts;
}

function withoutLastNewline(parts: readonly WordPart[]): readonly WordPart[] {
  const last = parts.at(-1);
  if (last?.type !== "Literal" || !last.value.endsWith("\n")) return parts;
  const shorter = { ...last, value: last.value.slice(0, -1), text: last.text.slice(0, -1) };
  return [...parts.slice(0, -1), shorter];
}

function literal(text: string): WordPart {
  return { type: "Literal", pos: 0, end: text.length, value: text, text };
}

/** One word, as the result of brace expansion is read again. */
export function parseWord(
  text: string,
): { readonly word: Word; readonly source: string } | undefined {
  const source = `: ${text}`;
  const command = parse(source).commands[0]?.command;
  const word = command?.type === "Command" ? command.args[0] : undefined;
  return word?.type === "Word" ? { word, source } : undefined;
}
