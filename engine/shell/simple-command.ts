/** Simple commands: assignments, and the function, builtin or file that a name stands for. */
import type { Assignment, Command, Redirection } from "unbash";
import { KernelError, strerror } from "../kernel/errno.ts";
import type { Blocking } from "../kernel/process/wait-queue.ts";
import { assignVariable, assignmentText } from "./assignment.ts";
import { findBuiltin } from "./builtins/index.ts";
import type { Builtin } from "./builtins/builtin.ts";
import { AssignmentError, ExitShell } from "./control-flow.ts";
import { expandWords } from "./expansion/word.ts";
import { runExternal } from "./external.ts";
import { applyRedirections, type SavedDescriptors } from "./redirection.ts";
import type { Shell } from "./shell.ts";
import { trace } from "./trace.ts";
import { runDebugTrap } from "./traps.ts";

/** A command ready to run: every expansion is done. */
interface Invocation {
  readonly words: readonly string[];
  /** Index in `words` → an array assignment to a declaration builtin. */
  readonly arrays: ReadonlyMap<number, Assignment>;
  readonly mayExec: boolean;
  readonly saved: SavedDescriptors | undefined;
}

export function* runSimple(shell: Shell, command: Command): Blocking<void> {
  const { mayExec } = shell;
  shell.end = command.end;
  shell.mayExec = false;
  shell.substitutionStatus = undefined;
  yield* runDebugTrap(shell);
  const words: string[] = [];
  const arrays = new Map<number, Assignment>();
  if (command.name) words.push(...(yield* expandWords(shell, [command.name])));
  for (const argument of command.args) {
    if (argument.type === "Word") words.push(...(yield* expandWords(shell, [argument])));
    else {
      if (argument.value.type === "ArrayValue") arrays.set(words.length, argument);
      words.push(yield* assignmentText(shell, argument));
    }
  }
  const assignments = command.prefix.filter((each) => each.type === "Assignment");
  if (words.length === 0) {
    yield* runAssignments(shell, assignments, command.redirects);
    return;
  }
  const saved =
    command.redirects.length > 0 ? yield* applyRedirections(shell, command.redirects) : undefined;
  try {
    yield* withAssignments(shell, assignments, () =>
      invoke(shell, { words, arrays, mayExec, saved }),
    );
  } finally {
    saved?.restore();
  }
  shell.lastArgument = words.at(-1) ?? "";
}

function* runAssignments(
  shell: Shell,
  assignments: readonly Assignment[],
  redirections: readonly Redirection[],
): Blocking<void> {
  const saved = yield* applyRedirections(shell, redirections);
  saved.restore();
  for (const assignment of assignments) {
    const shown = yield* assignVariable(shell, assignment);
    yield* trace(shell, [shown], true);
  }
  shell.status = shell.substitutionStatus ?? 0;
  shell.lastArgument = "";
}

/** The assignments before a command hold only while it runs. */
function* withAssignments(
  shell: Shell,
  assignments: readonly Assignment[],
  run: () => Blocking<void>,
): Blocking<void> {
  if (assignments.length === 0) {
    yield* run();
    return;
  }
  shell.variables.pushScope(true);
  try {
    for (const assignment of assignments) {
      const text = yield* assignmentText(shell, assignment);
      const equals = text.indexOf("=");
      const name = assignment.name;
      const old = assignment.append ? (shell.variables.value(name) ?? "") : "";
      try {
        shell.variables.setTemporary(name, old + text.slice(equals + 1));
        yield* trace(shell, [text], true);
      } catch (error) {
        // A read-only variable keeps its value, and the command runs all the same.
        if (!(error instanceof AssignmentError)) throw error;
        yield* shell.reportError(error.message);
      }
    }
    yield* run();
  } finally {
    shell.variables.popScope();
  }
}

function* invoke(shell: Shell, invocation: Invocation): Blocking<void> {
  yield* trace(shell, invocation.words);
  const name = invocation.words[0] as string;
  if (shell.functions.has(name)) {
    shell.status = yield* shell.interpreter.callFunction(shell, name, invocation.words.slice(1));
    return;
  }
  const builtin = findBuiltin(shell, name);
  if (builtin) shell.status = yield* runBuiltin(shell, builtin, invocation);
  else yield* runExternal(shell, invocation.words, { mayExec: invocation.mayExec });
}

function* runBuiltin(shell: Shell, builtin: Builtin, invocation: Invocation): Blocking<number> {
  const [name, ...args] = invocation.words as [string, ...string[]];
  const arrays = new Map([...invocation.arrays].map(([index, node]) => [index - 1, node]));
  const { saved } = invocation;
  try {
    const status = yield* builtin.run({
      shell,
      name,
      args,
      arrays,
      synopsis: builtin.synopsis,
      keepRedirections: () => saved?.keep(),
    });
    // Errors of its special builtins end dash.
    if (status === 2 && !shell.isBash && !shell.interactive && FATAL_IN_DASH.has(name)) {
      throw new ExitShell(2);
    }
    return status;
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    yield* shell.reportError(`${name}: write error: ${strerror(error.errno)}`);
    return 1;
  }
}

const FATAL_IN_DASH = new Set(["shift", "set", "export", "readonly", "unset", "local"]);

/** `command`, `builtin` and completion: a command by its words. */
export function* runWords(
  shell: Shell,
  words: readonly string[],
  options: {
    readonly plain?: boolean;
    readonly builtinsOnly?: boolean;
    readonly path?: string;
  } = {},
): Blocking<number> {
  const name = words[0] as string;
  if (!options.plain && !options.builtinsOnly && shell.functions.has(name)) {
    return yield* shell.interpreter.callFunction(shell, name, words.slice(1));
  }
  const builtin = findBuiltin(shell, name);
  if (builtin) {
    return yield* runBuiltin(shell, builtin, {
      words,
      arrays: new Map(),
      mayExec: false,
      saved: undefined,
    });
  }
  yield* runExternal(shell, words, { mayExec: false, path: options.path });
  return shell.status;
}
