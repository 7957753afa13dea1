/** Syntax errors in the words of bash and dash. */
import type { Blocking } from "../kernel/process/wait-queue.ts";
import type { RunTextOptions, Shell } from "./shell.ts";
import type { SourceText } from "./source-text.ts";
import type { Parsed, SyntaxProblem } from "./syntax.ts";

export function* reportSyntaxProblem(
  shell: Shell,
  problem: SyntaxProblem,
  source: SourceText,
  options: RunTextOptions = {},
): Blocking<void> {
  const lines = shell.isBash
    ? bashLines(shell, problem, source, options)
    : [dashLine(shell, problem, source, options)];
  yield* shell.write(2, lines.map((line) => `${line}\n`).join(""), true);
}

function bashLines(
  shell: Shell,
  problem: SyntaxProblem,
  source: SourceText,
  options: RunTextOptions,
): string[] {
  const name = options.file ?? shell.name;
  const label = options.label ? `${options.label}: ` : "";
  const lastLine = source.lineAt(source.text.length);
  const prefix = (line: number): string =>
    shell.interactive && options.file === undefined
      ? `${name}: ${label}`
      : `${name}: ${label}line ${line}: `;
  switch (problem.kind) {
    case "end": {
      const line = source.text.endsWith("\n") ? lastLine : lastLine + 1;
      return [`${prefix(line)}syntax error: unexpected end of file`];
    }
    case "unclosed": {
      const line = source.lineAt(problem.position);
      return [`${prefix(line)}unexpected EOF while looking for matching \`${problem.closer}'`];
    }
    case "condition":
      return [`${prefix(source.lineAt(problem.position))}${problem.message}`];
    case "token": {
      const line = source.lineAt(problem.position);
      const first = `${prefix(line)}syntax error near unexpected token \`${problem.token}'`;
      if (shell.interactive && options.file === undefined) return [first];
      const text = source.text.split("\n")[line - source.firstLine] ?? "";
      return [first, `${prefix(line)}\`${text}'`];
    }
  }
}

function dashLine(
  shell: Shell,
  problem: SyntaxProblem,
  source: SourceText,
  options: RunTextOptions,
): string {
  const name = options.file ?? shell.name;
  const label = options.label === "eval" ? "eval: " : "";
  const line = (position: number): string =>
    `${name}: ${source.lineAt(position)}: ${label}Syntax error: `;
  switch (problem.kind) {
    case "end":
      return `${line(source.text.length)}end of file unexpected${problem.expecting ? ` (expecting "${problem.expecting}")` : ""}`;
    case "unclosed":
      if (problem.closer === "}") return `${line(problem.position)}Missing '}'`;
      if (problem.closer === ")")
        return `${line(problem.position)}end of file unexpected (expecting ")")`;
      if (problem.closer === "`") return `${line(problem.position)}EOF in backquote substitution`;
      return `${line(problem.position)}Unterminated quoted string`;
    case "condition":
      return `${line(problem.position)}${problem.message}`;
    case "token":
      return `${line(problem.position)}${dashToken(problem.token)} unexpected`;
  }
}

const DASH_OPERATORS = /^(?:[;&|()<>]+)$/;

function dashToken(token: string): string {
  if (token === "newline") return "newline";
  if (token === "redirection") return token;
  if (/^[<>]/.test(token)) return "redirection";
  if (DASH_OPERATORS.test(token) || RESERVED.includes(token)) return `"${token}"`;
  return "word";
}

const RESERVED = [
  "if",
  "then",
  "else",
  "elif",
  "fi",
  "do",
  "done",
  "case",
  "esac",
  "while",
  "until",
  "for",
  "{",
  "}",
  "!",
  "in",
];

/** `warning: here-document at line 1 delimited by end-of-file (wanted `EOF')` */
export function* warnUnclosedHereDocs(
  shell: Shell,
  parsed: Parsed,
  source: SourceText,
): Blocking<void> {
  if (!shell.isBash) return;
  for (const document of parsed.unclosedHereDocs) {
    const end = source.text.replace(/\n+$/, "").length;
    const wanted = document.delimiter?.value ?? "";
    const at = `here-document at line ${source.lineAt(document.pos)}`;
    const prefix = shell.interactive
      ? `${shell.name}: `
      : `${shell.name}: line ${source.lineAt(end)}: `;
    yield* shell.write(
      2,
      `${prefix}warning: ${at} delimited by end-of-file (wanted \`${wanted}')\n`,
      true,
    );
  }
}
