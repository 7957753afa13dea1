/** Running a whole script: line by line as bash reads it, aliases and errors included. */
import type { Statement } from "unbash";
import type { Blocking } from "../kernel/process/wait-queue.ts";
import { expandAliases } from "./aliases.ts";
import { AbandonLine, ExitShell } from "./control-flow.ts";
import { readLine } from "./read-line.ts";
import type { Shell } from "./shell.ts";
import { SourceText } from "./source-text.ts";
import { reportSyntaxProblem, warnUnclosedHereDocs } from "./syntax-errors.ts";
import { isIncomplete, parseCommands, statementsBefore, type Parsed } from "./syntax.ts";

interface ProgramOptions {
  /** What syntax errors name after the shell: `-c`. */
  readonly label?: string;
  /** An abandoned line ends everything (`-c`), rather than only itself (a script). */
  readonly stopsAtError: boolean;
}

export function* runProgram(shell: Shell, text: string, options: ProgramOptions): Blocking<void> {
  let firstLine = 1;
  let rest: string | undefined = text;
  while (rest !== undefined) {
    const expanded = expandAliases(shell, rest);
    const source = new SourceText(expanded, firstLine);
    const parsed = parseCommands(expanded, shell.dialect);
    yield* warnUnclosedHereDocs(shell, parsed, source);
    const end = yield* runParsed(shell, parsed, source, options);
    rest = undefined;
    if (end !== undefined) {
      // Aliases changed: what follows is read anew.
      firstLine = source.lineAt(end);
      rest = expanded.slice(end);
    }
  }
}

/** Returns where reading must go on, or undefined at the end. */
function* runParsed(
  shell: Shell,
  parsed: Parsed,
  source: SourceText,
  options: ProgramOptions,
): Blocking<number | undefined> {
  const { problem } = parsed;
  const statements = problem
    ? statementsBefore(parsed.statements, source.text, problem.position)
    : parsed.statements;
  let abandonedLine = 0;
  let shown = source.firstLine;
  for (const [index, statement] of statements.entries()) {
    if (source.lineAt(statement.pos) <= abandonedLine) continue;
    if (shell.options.has("verbose")) yield* showLines(shell, source, shown, statement);
    shown = Math.max(shown, source.lineAt(statement.end) + 1);
    const aliases = [...shell.aliases].join();
    shell.mayExec = statements.length === 1 && mayBeReplaced(shell);
    try {
      yield* shell.interpreter.runStatements(shell, [statement], source);
    } catch (error) {
      if (!(error instanceof AbandonLine) || options.stopsAtError) throw error;
      shell.status = error.status;
      abandonedLine = source.lineAt(statement.end);
    }
    const next = statements[index + 1];
    if (next && [...shell.aliases].join() !== aliases) {
      if (source.lineAt(next.pos) > source.lineAt(statement.end)) return next.pos;
    }
  }
  if (problem) {
    yield* reportSyntaxProblem(shell, problem, source, { label: options.label ?? "" });
    // A condition that makes no sense leaves $? alone, in bash 5.2.
    const keeps = problem.kind === "condition" && !problem.message.includes("newline");
    throw new ExitShell(keeps && shell.isBash ? shell.status : 2);
  }
  return undefined;
}

function mayBeReplaced(shell: Shell): boolean {
  return !shell.interactive && shell.traps.size === 0 && shell.jobs.isEmpty;
}

/** `set -v` */
function* showLines(
  shell: Shell,
  source: SourceText,
  from: number,
  statement: Statement,
): Blocking<void> {
  const last = source.lineAt(statement.end);
  const lines = source.text.split("\n").slice(from - source.firstLine, last + 1 - source.firstLine);
  if (lines.length > 0) yield* shell.write(2, `${lines.join("\n")}\n`, true);
}

/** Commands from standard input, of which no more is read than needed: they may read it too. */
export function* runStandardInput(shell: Shell): Blocking<void> {
  let line = 1;
  let text = "";
  for (;;) {
    const read = yield* readLine(shell, 0);
    if (read !== undefined) text += `${read}\n`;
    if (read === undefined && text === "") return;
    const expanded = expandAliases(shell, text);
    const parsed = parseCommands(expanded, shell.dialect);
    if (read !== undefined && isIncomplete(parsed, expanded)) continue;
    if (shell.options.has("verbose")) yield* shell.write(2, text, true);
    const source = new SourceText(expanded, line);
    yield* warnUnclosedHereDocs(shell, parsed, source);
    if (parsed.problem) {
      shell.status = 2;
      yield* reportSyntaxProblem(shell, parsed.problem, source);
      throw new ExitShell(2);
    }
    try {
      yield* shell.interpreter.runStatements(shell, parsed.statements, source);
    } catch (error) {
      if (!(error instanceof AbandonLine)) throw error;
      shell.status = error.status;
    }
    line += text.split("\n").length - 1;
    text = "";
  }
}
