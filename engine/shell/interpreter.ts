/** Statements, and-or lists and pipelines; the door through which everything runs commands. */
import type { AndOr, CommandNode, Pipeline, PipelineNode, Redirection, Statement } from "unbash";
import { KernelError, strerror } from "../kernel/errno.ts";
import type { Blocking } from "../kernel/process/wait-queue.ts";
import { expandAliases } from "./aliases.ts";
import { isCompound, runCompound } from "./compound.ts";
import { AbandonLine, AssignmentError, ExitShell, ExpansionError } from "./control-flow.ts";
import { spawnSubshell } from "./fork.ts";
import { callFunction, defineFunction } from "./functions.ts";
import {
  captureOutput,
  commandText,
  newJob,
  nullInput,
  reapChildren,
  startPipeline,
  substituteProcess,
  waitForeground,
} from "./processes.ts";
import { applyRedirections, RedirectionError, SavedDescriptors } from "./redirection.ts";
import type { Interpreter, RunTextOptions, Shell } from "./shell.ts";
import { runSimple, runWords } from "./simple-command.ts";
import { SourceText } from "./source-text.ts";
import { reportSyntaxProblem, warnUnclosedHereDocs } from "./syntax-errors.ts";
import { parseCommands, statementsBefore } from "./syntax.ts";
import { timed } from "./time.ts";
import { call } from "./trampoline.ts";
import { checkSignals, runErrorTrap } from "./traps.ts";

export const interpreter: Interpreter = {
  runStatements,
  runText,
  *captureOutput(shell, statements, source) {
    const file = onlyInput(statements);
    if (file) {
      return yield* captureOutput(shell, (child) => copyInput(child, file, source));
    }
    return yield* captureOutput(shell, (child) => runLast(child, statements, source));
  },
  *substituteProcess(shell, direction, statements, source) {
    yield* checkSignals(shell);
    return yield* substituteProcess(shell, direction, (child) =>
      runLast(child, statements, source),
    );
  },
  callFunction,
  runWords,
};

function* runText(shell: Shell, text: string, options: RunTextOptions): Blocking<number> {
  const expanded = expandAliases(shell, text);
  const source = new SourceText(expanded, options.firstLine ?? shell.line);
  const parsed = parseCommands(expanded, shell.dialect);
  const { problem } = parsed;
  const statements = problem
    ? statementsBefore(parsed.statements, expanded, problem.position)
    : parsed.statements;
  if (statements.length === 0) shell.status = 0;
  yield* warnUnclosedHereDocs(shell, parsed, source);
  yield* call(runStatements(shell, statements, source));
  if (problem) {
    shell.status = 2;
    yield* reportSyntaxProblem(shell, problem, source, options);
    // dash gives up altogether, bash only this text.
    if (!shell.isBash && !shell.interactive) throw new ExitShell(2);
  }
  return shell.status;
}

/** Runs statements with their positions counted in `source`. */
function* runStatements(
  shell: Shell,
  statements: readonly Statement[],
  source: SourceText,
): Blocking<void> {
  const outer = shell.source;
  const position = shell.position;
  shell.source = source;
  try {
    for (const statement of statements) yield* runStatement(shell, statement);
  } finally {
    shell.source = outer;
    shell.position = position;
  }
}

/** `$(<file)`: a lone input redirection. */
function onlyInput(statements: readonly Statement[]): Redirection | undefined {
  const command = statements.length === 1 ? statements[0]?.command : undefined;
  if (command?.type !== "Command" || command.name || command.prefix.length !== 1) return undefined;
  const [redirection] = command.redirects;
  return redirection?.operator === "<" ? redirection : undefined;
}

function* copyInput(child: Shell, redirection: Redirection, source: SourceText): Blocking<void> {
  child.source = source;
  try {
    yield* applyRedirections(child, [redirection]);
  } catch (error) {
    yield* failCommand(child, error);
    return;
  }
  for (;;) {
    const chunk = yield* child.sys.read(0);
    if (chunk.length === 0) break;
    yield* child.sys.write(1, chunk);
  }
  child.status = 0;
}

/** In a process of its own, whose last command may take its place. */
function* runLast(
  child: Shell,
  statements: readonly Statement[],
  source: SourceText,
): Blocking<void> {
  child.mayExec = statements.length === 1 && child.traps.size === 0;
  yield* runStatements(child, statements, source);
}

function* runStatement(shell: Shell, statement: Statement): Blocking<void> {
  yield* checkSignals(shell);
  yield* reapChildren(shell);
  if (shell.options.has("noexec") && !shell.interactive) return;
  if (statement.background) {
    yield* runBackground(shell, statement.command);
    return;
  }
  const { command } = statement;
  if (command.type === "AndOr") {
    shell.mayExec = false;
    yield* runAndOr(shell, command);
  } else yield* runPipeline(shell, command);
}

function* runAndOr(shell: Shell, list: AndOr): Blocking<void> {
  for (let index = 0; index < list.commands.length; index++) {
    const operator = list.operators[index - 1];
    if (operator === "&&" && shell.status !== 0) continue;
    if (operator === "||" && shell.status === 0) continue;
    const last = index === list.commands.length - 1;
    if (!last) shell.conditionDepth += 1;
    try {
      yield* runPipeline(shell, list.commands[index] as PipelineNode);
    } finally {
      if (!last) shell.conditionDepth -= 1;
    }
  }
}

function* runPipeline(shell: Shell, node: PipelineNode): Blocking<void> {
  if (node.type !== "Pipeline") {
    yield* runCommand(shell, node);
    yield* afterCommand(shell, node);
    return;
  }
  const time = node.prefixes.find((prefix) => prefix.type === "Time");
  const negated = node.prefixes.filter((prefix) => prefix.type === "Negation").length % 2 === 1;
  if (negated || time || node.commands.length > 1) shell.mayExec = false;
  if (negated) shell.conditionDepth += 1;
  try {
    const body = runPipelineCommands(shell, node);
    if (time) yield* timed(shell, body, time.posix !== undefined);
    else yield* body;
  } finally {
    if (negated) shell.conditionDepth -= 1;
  }
  if (negated) shell.status = shell.status === 0 ? 1 : 0;
  else yield* afterCommand(shell, node);
}

function* runPipelineCommands(shell: Shell, node: Pipeline): Blocking<void> {
  const [only, second] = node.commands;
  if (only === undefined) {
    shell.status = 0;
    return;
  }
  if (second === undefined) {
    yield* runCommand(shell, only);
    return;
  }
  if (shell.options.shell("lastpipe") && !shell.jobControl) {
    yield* runWithLastPipe(shell, node);
    return;
  }
  const processes = yield* startPipeline(shell, node.commands, node.operators, runAsProcess, false);
  yield* waitForeground(shell, processes, commandText(shell, node));
}

/** `shopt -s lastpipe`: the last command runs in the shell itself. */
function* runWithLastPipe(shell: Shell, node: Pipeline): Blocking<void> {
  const { sys } = shell;
  const pipe = sys.pipe();
  shell.internalDescriptors.add(pipe.read);
  shell.internalDescriptors.add(pipe.write);
  const first = node.commands.slice(0, -1);
  const processes = yield* startPipeline(
    shell,
    first,
    node.operators,
    runAsProcess,
    false,
    pipe.write,
  );
  sys.close(pipe.write);
  const saved = new SavedDescriptors(shell);
  saved.save(0);
  sys.dup(pipe.read, { to: 0 });
  sys.close(pipe.read);
  shell.internalDescriptors.delete(pipe.read);
  shell.internalDescriptors.delete(pipe.write);
  try {
    yield* runCommand(shell, node.commands.at(-1) as CommandNode);
  } finally {
    saved.restore();
  }
  const { status } = shell;
  yield* waitForeground(shell, processes, commandText(shell, node));
  shell.pipeStatus = [...shell.pipeStatus, status];
  if (!shell.options.has("pipefail") || status !== 0) shell.status = status;
}

/** One command of a pipeline or in the background, in its own process. */
function* runAsProcess(child: Shell, command: PipelineNode | AndOr): Blocking<void> {
  child.mayExec = true;
  child.loopDepth = 0;
  if (command.type === "AndOr") {
    child.mayExec = false;
    yield* runAndOr(child, command);
  } else yield* runPipeline(child, command);
}

/** `set -e` and the ERR trap look at every command but those of conditions. */
function* afterCommand(shell: Shell, node: PipelineNode): Blocking<void> {
  if (node.type !== "Pipeline" && !isSubshell(node)) shell.pipeStatus = [shell.status];
  if (shell.status === 0 || shell.conditionDepth > 0 || !countsForErrexit(node)) return;
  yield* runErrorTrap(shell);
  if (shell.options.has("errexit")) throw new ExitShell(shell.status);
}

function isSubshell(node: CommandNode): boolean {
  return node.type === "Subshell";
}

/** The commands inside other compound commands have been looked at already. */
function countsForErrexit(node: PipelineNode): boolean {
  switch (node.type) {
    case "Command":
    case "Subshell":
    case "ArithmeticCommand":
    case "TestCommand":
      return true;
    case "Redirected":
      return countsForErrexit(node.command);
    case "Pipeline":
      return node.commands.length !== 1 || countsForErrexit(node.commands[0] as CommandNode);
    default:
      return false;
  }
}

export function* runCommand(shell: Shell, node: CommandNode): Blocking<void> {
  shell.position = node.pos;
  try {
    if (node.type === "Command") yield* runSimple(shell, node);
    else if (node.type === "Function") yield* defineFunction(shell, node);
    else if (node.type === "Coproc") {
      yield* shell.reportError("coproc: Podwire does not model coprocesses");
      shell.status = 1;
    } else if (isCompound(node)) yield* runCompound(shell, node);
  } catch (error) {
    yield* failCommand(shell, error);
  } finally {
    closeSubstitutions(shell);
  }
}

/** Words an error of expansion or assignment and gives up what such an error ends. */
function* failCommand(shell: Shell, error: unknown): Blocking<void> {
  if (error instanceof RedirectionError) {
    shell.status = error.status;
    return;
  }
  if (error instanceof ExpansionError) {
    yield* shell.reportError(error.message);
    if (!shell.interactive) {
      if (!shell.isBash) throw new ExitShell(2);
      // Only `-c` itself ends with 127; scripts and subshells with 1.
      if (error.fatal)
        throw new ExitShell(shell.commandString && shell.subshellLevel === 0 ? 127 : 1);
    }
    throw new AbandonLine(1);
  }
  if (error instanceof AssignmentError) {
    yield* shell.reportError(error.message);
    if (!shell.isBash && !shell.interactive) throw new ExitShell(2);
    throw new AbandonLine(1);
  }
  if (error instanceof KernelError) {
    // Out of descriptors or the like: the line is given up, not the shell.
    yield* shell.reportError(strerror(error.errno));
    throw new AbandonLine(1);
  }
  throw error;
}

/** Only those of the outermost command: a function's arguments outlive its commands. */
function closeSubstitutions(shell: Shell): void {
  if (shell.substitutedDescriptors.length === 0 || shell.functionDepth > 0) return;
  for (const fd of shell.substitutedDescriptors.splice(0)) {
    if (shell.sys.descriptors().includes(fd)) shell.sys.close(fd);
  }
}

function* runBackground(shell: Shell, node: PipelineNode | AndOr): Blocking<void> {
  const command = commandText(shell, node);
  let processes;
  if (node.type === "Pipeline" && node.prefixes.length === 0) {
    processes = yield* startPipeline(shell, node.commands, node.operators, runAsProcess, true);
  } else {
    const descriptors = shell.inheritedDescriptors();
    const closeNull = nullInput(shell, descriptors);
    const pid = yield* spawnSubshell(shell, (child) => runAsProcess(child, node), {
      descriptors,
      group: 0,
      background: true,
    });
    closeNull?.();
    processes = [{ pid, command, status: undefined }];
  }
  const group = processes[0]?.pid ?? 0;
  const job = shell.jobs.add(newJob(shell, group, processes, command));
  shell.lastBackgroundPid = processes.at(-1)?.pid;
  shell.status = 0;
  if (shell.interactive) {
    yield* shell.write(2, `[${job.number}] ${shell.lastBackgroundPid}\n`, true);
  }
}
