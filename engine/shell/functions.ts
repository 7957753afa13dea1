/** Shell functions: defining and calling them. */
import type { CommandNode, Function as FunctionNode } from "unbash";
import type { Blocking } from "../kernel/process/wait-queue.ts";
import { AbandonLine, ReturnFromFunction } from "./control-flow.ts";
import { runCommand } from "./interpreter.ts";
import type { Shell, ShellFunction } from "./shell.ts";
import { call } from "./trampoline.ts";
import { runTrap } from "./traps.ts";

/** Deeper than this a real bash runs out of stack and dies. */
const MAX_DEPTH = 4000;

export function* defineFunction(shell: Shell, node: FunctionNode): Blocking<void> {
  const name = node.name.text;
  if (shell.readonlyFunctions.has(name)) {
    yield* shell.reportError(`${name}: readonly function`);
    shell.status = 1;
    return;
  }
  shell.functions.set(name, { node, source: shell.source, file: shell.definingFile });
  shell.status = 0;
}

export function* callFunction(
  shell: Shell,
  name: string,
  args: readonly string[],
): Blocking<number> {
  const definition = shell.functions.get(name) as ShellFunction;
  const limit = Number(shell.variables.value("FUNCNEST") ?? 0) || MAX_DEPTH;
  if (shell.functionDepth >= limit) {
    yield* shell.reportError(`${name}: maximum function nesting level exceeded (${limit})`);
    throw new AbandonLine(1);
  }
  const { positional, loopDepth, source, position, mayExec } = shell;
  const inherits = shell.options.has("functrace");
  const outerTrap = shell.traps.get("RETURN");
  if (!inherits) shell.traps.delete("RETURN");
  const line = shell.line;
  shell.frames.push({ name, file: definition.file, line, kind: "function" });
  shell.positional = args;
  shell.loopDepth = 0;
  shell.functionDepth += 1;
  shell.mayExec = false;
  shell.source = definition.source;
  shell.variables.pushScope(false);
  try {
    yield* shell.sys.yieldCpu();
    yield* call(runCommand(shell, definition.node.body as CommandNode));
  } catch (error) {
    if (!(error instanceof ReturnFromFunction)) throw error;
    shell.status = error.status;
  } finally {
    shell.variables.popScope();
    shell.frames.pop();
    shell.positional = positional;
    shell.loopDepth = loopDepth;
    shell.functionDepth -= 1;
    shell.mayExec = mayExec;
    shell.source = source;
    shell.position = position;
  }
  const trap = shell.traps.get("RETURN");
  if (trap) yield* runTrap(shell, trap);
  else if (outerTrap !== undefined) shell.traps.set("RETURN", outerTrap);
  return shell.status;
}
