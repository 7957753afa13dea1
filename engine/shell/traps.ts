/** Signals as a shell takes them, and the commands that `trap` sets. */
import { SIGNALS, type SignalName } from "../kernel/process/signal.ts";
import type { Blocking } from "../kernel/process/wait-queue.ts";
import { AbandonLine, ExitShell } from "./control-flow.ts";
import type { Shell } from "./shell.ts";

/** Signals whose action a shell changes for itself and its children must not inherit. */
export const SHELL_SIGNALS: readonly SignalName[] = (Object.keys(SIGNALS) as SignalName[]).filter(
  (signal) => signal !== "SIGKILL" && signal !== "SIGSTOP",
);

const INTERACTIVE_IGNORED: readonly SignalName[] = ["SIGTERM", "SIGQUIT"];
const JOB_CONTROL_IGNORED: readonly SignalName[] = ["SIGTSTP", "SIGTTIN", "SIGTTOU"];

/** How each signal is taken, from the traps and the kind of shell. */
export function installSignalHandlers(shell: Shell): void {
  for (const signal of SHELL_SIGNALS) setSignalHandler(shell, signal);
}

export function setSignalHandler(shell: Shell, signal: SignalName): void {
  const { sys } = shell;
  const trap = shell.traps.get(signal);
  if (trap === "") sys.signal(signal, "ignore");
  else if (trap !== undefined) sys.signal(signal, (caught) => shell.pendingSignals.push(caught));
  else if (signal === "SIGINT") {
    // Even a script lives on until the command that it waits for has had its say.
    sys.signal(signal, () => {
      shell.interrupted = true;
    });
  } else if (shell.interactive && INTERACTIVE_IGNORED.includes(signal)) {
    sys.signal(signal, "ignore");
  } else if (shell.interactive && signal === "SIGHUP") {
    sys.signal(signal, () => {
      shell.hungUp = true;
    });
  } else if (shell.jobControl && JOB_CONTROL_IGNORED.includes(signal)) sys.signal(signal, "ignore");
  else sys.signal(signal, "default");
}

/** Between commands: runs traps of the signals that came; ends the command on Ctrl-C. */
export function* checkSignals(shell: Shell): Blocking<void> {
  if (shell.hungUp) throw new ExitShell(128 + SIGNALS.SIGHUP);
  if (shell.interrupted) {
    shell.interrupted = false;
    if (shell.interactive) {
      yield* shell.write(2, "\n", true);
      throw new AbandonLine(128 + SIGNALS.SIGINT);
    }
    shell.sys.signal("SIGINT", "default");
    shell.sys.kill(shell.sys.pid, "SIGINT");
    yield* shell.sys.yieldCpu();
  }
  while (shell.pendingSignals.length > 0) {
    const signal = shell.pendingSignals.shift() as SignalName;
    const command = shell.traps.get(signal);
    if (command) yield* runTrap(shell, command);
  }
}

/** Runs a trap's command; `$?` is afterwards what it was before. */
export function* runTrap(shell: Shell, command: string): Blocking<void> {
  const { status, pipeStatus, inTrap } = shell;
  shell.inTrap = true;
  try {
    yield* shell.interpreter.runText(shell, command, { label: "trap" });
  } finally {
    shell.inTrap = inTrap;
  }
  shell.status = status;
  shell.pipeStatus = pipeStatus;
}

/** The EXIT trap, once. */
export function* runExitTrap(shell: Shell): Blocking<void> {
  const command = shell.traps.get("EXIT");
  shell.traps.delete("EXIT");
  if (!command) return;
  try {
    yield* runTrap(shell, command);
  } catch (error) {
    if (error instanceof ExitShell || error instanceof AbandonLine) shell.status = error.status;
    else throw error;
  }
}

/** The ERR trap; not inside functions unless `set -E`. */
export function* runErrorTrap(shell: Shell): Blocking<void> {
  const command = shell.traps.get("ERR");
  if (!command || shell.inTrap) return;
  if (shell.functionDepth > 0 && !shell.options.has("errtrace")) return;
  yield* runTrap(shell, command);
}

export function* runDebugTrap(shell: Shell): Blocking<void> {
  const command = shell.traps.get("DEBUG");
  if (!command || shell.inTrap) return;
  if (shell.functionDepth > 0 && !shell.options.has("functrace")) return;
  yield* runTrap(shell, command);
}
