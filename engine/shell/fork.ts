/** Children that are copies of the shell, and how any child starts. */
import { KernelError, strerror } from "../kernel/errno.ts";
import type { SignalName } from "../kernel/process/signal.ts";
import type { SpawnOptions, Sys } from "../kernel/process/sys.ts";
import type { Blocking } from "../kernel/process/wait-queue.ts";
import { SECOND } from "../sim/clock.ts";
import {
  AbandonLine,
  BreakLoop,
  ContinueLoop,
  ExitShell,
  ReturnFromFunction,
} from "./control-flow.ts";
import type { Shell } from "./shell.ts";
import { defineDynamicVariables } from "./shell-variables.ts";
import { runOnTrampoline } from "./trampoline.ts";
import { checkSignals, installSignalHandlers, runExitTrap, SHELL_SIGNALS } from "./traps.ts";

export interface ChildOptions {
  readonly descriptors?: ReadonlyMap<number, number>;
  /** The group to join; 0 leads a new one. Only with job control. */
  readonly group?: number;
  readonly foreground?: boolean;
  /** Without job control a background command ignores the keyboard's signals. */
  readonly background?: boolean;
}

/** Runs `body` in a copy of the shell, in a process of its own. */
export function* spawnSubshell(
  shell: Shell,
  body: (child: Shell) => Blocking<void>,
  options: ChildOptions = {},
): Blocking<number> {
  const child = shell.fork(shell.sys);
  const main = (sys: Sys): Blocking<number> => runOnTrampoline(runChild(child, sys, body));
  return yield* spawnRetrying(shell, {
    run: { name: shell.isBash ? "bash" : "sh", main },
    ...spawnOptions(shell, options),
  });
}

function* runChild(
  child: Shell,
  sys: Sys,
  body: (child: Shell) => Blocking<void>,
): Blocking<number> {
  child.sys = sys;
  child.random.seed(sys.pid);
  defineDynamicVariables(child);
  child.terminalFd = undefined;
  installSignalHandlers(child);
  yield* finish(child, body(child));
  yield* runExitTrap(child);
  return child.status;
}

/** Runs `body` to its end, however it ends; the status is the shell's. */
export function* finish(shell: Shell, body: Blocking<void>): Blocking<void> {
  try {
    yield* body;
  } catch (error) {
    if (error instanceof ExitShell || error instanceof AbandonLine) shell.status = error.status;
    else if (error instanceof ReturnFromFunction) shell.status = error.status;
    else if (!(error instanceof BreakLoop || error instanceof ContinueLoop)) throw error;
  }
}

export function spawnOptions(shell: Shell, options: ChildOptions): Omit<SpawnOptions, "run"> {
  const ignored = SHELL_SIGNALS.filter((signal) => shell.traps.get(signal) === "");
  const keyboard: SignalName[] =
    options.background && !shell.jobControl ? ["SIGINT", "SIGQUIT"] : [];
  return {
    descriptors: options.descriptors ?? shell.inheritedDescriptors(),
    processGroup: shell.jobControl ? options.group : undefined,
    foreground: shell.jobControl && (options.foreground ?? false),
    resetSignals: SHELL_SIGNALS.filter((signal) => !ignored.includes(signal)),
    ignoreSignals: [...ignored, ...keyboard],
  };
}

/** Pauses between attempts to fork, bash's FORKSLEEP_MAX. */
const FORK_PAUSES_SECONDS = [1, 2, 4, 8];

/** Tries again while there are too many processes, and then gives up. */
export function* spawnRetrying(shell: Shell, options: SpawnOptions): Blocking<number> {
  for (let attempt = 0; ; attempt++) {
    try {
      return shell.sys.spawn(options);
    } catch (error) {
      if (!(error instanceof KernelError) || error.errno !== "EAGAIN") throw error;
    }
    const pause = shell.isBash ? FORK_PAUSES_SECONDS[attempt] : undefined;
    if (pause === undefined) {
      const text = shell.isBash ? `fork: ${strerror("EAGAIN")}` : "Cannot fork";
      yield* shell.reportError(text);
      throw new AbandonLine(254);
    }
    yield* shell.reportError(`fork: retry: ${strerror("EAGAIN")}`);
    try {
      yield* shell.sys.sleep(pause * SECOND);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      yield* checkSignals(shell);
    }
  }
}
