/** What nsenter and unshare end with: the program, or the user's shell. */
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { execFailure, exitStatus, findCommand } from "./command.ts";
import { runTool, type Tool } from "./tool.ts";

/** Runs the body in a child and waits for it. */
export function* inChild(tool: Tool, body: (child: Tool) => Blocking<number>): Blocking<number> {
  const child = tool.sys.spawn({
    run: { name: tool.name, main: (sys) => runTool(tool.inChild(sys), body) },
  });
  return exitStatus(yield* tool.sys.waitpid(child));
}

export function* execOrShell(tool: Tool, words: readonly string[]): Blocking<never> {
  const { sys } = tool;
  const shell = sys.env.get("SHELL") || "/bin/sh";
  const argv = words.length > 0 ? words : [`-${shell.slice(shell.lastIndexOf("/") + 1)}`];
  const name = words[0] ?? shell;
  try {
    return yield* sys.exec(findCommand(sys, name), argv);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    throw tool.fail(
      `failed to execute ${name}: ${strerror(error.errno)}`,
      execFailure(error.errno),
    );
  }
}
