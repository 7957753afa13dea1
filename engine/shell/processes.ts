/** Children of the shell: subshells, pipelines, background jobs, and waiting for them. */
import type { CommandNode, PipeOperator } from "unbash";
import { KernelError } from "../kernel/errno.ts";
import { SIGNALS, type SignalName } from "../kernel/process/signal.ts";
import type { WaitStatus } from "../kernel/process/sys.ts";
import type { Blocking } from "../kernel/process/wait-queue.ts";
import { concatBytes } from "../programs/support/streams.ts";
import { decodeBytes } from "./bytes.ts";
import { AbandonLine, ExpansionError } from "./control-flow.ts";
import { spawnSubshell } from "./fork.ts";
import { MAX_EXPANSION } from "./expansion/word.ts";
import { describeJob, exitStatus, jobState, signalText, type JobProcess } from "./jobs.ts";
import type { Shell } from "./shell.ts";

/** Starts every command of a pipeline; the first leads the group. */
export function* startPipeline(
  shell: Shell,
  commands: readonly CommandNode[],
  operators: readonly PipeOperator[],
  run: (child: Shell, command: CommandNode) => Blocking<void>,
  background: boolean,
  /** Where the last one writes; standard output unless given. */
  output?: number,
): Blocking<JobProcess[]> {
  const { sys } = shell;
  const processes: JobProcess[] = [];
  let input: number | undefined;
  let group = 0;
  for (const [index, command] of commands.entries()) {
    const descriptors = shell.inheritedDescriptors();
    const pipe = index < commands.length - 1 ? sys.pipe() : undefined;
    if (pipe) {
      descriptors.delete(pipe.read);
      descriptors.delete(pipe.write);
    }
    if (input !== undefined) {
      descriptors.delete(input);
      descriptors.set(0, input);
    }
    const closeNull = index === 0 && background ? nullInput(shell, descriptors) : undefined;
    if (!pipe && output !== undefined) descriptors.set(1, output);
    if (pipe) {
      descriptors.set(1, pipe.write);
      if (operators[index] === "|&") descriptors.set(2, pipe.write);
    }
    let pid: number;
    try {
      pid = yield* spawnSubshell(shell, (child) => run(child, command), {
        descriptors,
        group,
        foreground: !background,
        background,
      });
    } catch (error) {
      if (pipe) sys.close(pipe.read);
      throw error;
    } finally {
      closeNull?.();
      if (input !== undefined) sys.close(input);
      if (pipe) sys.close(pipe.write);
    }
    group ||= pid;
    input = pipe?.read;
    processes.push({ pid, command: commandText(shell, command), status: undefined });
  }
  return processes;
}

/** Without job control a background command reads nothing. */
export function nullInput(
  shell: Shell,
  descriptors: Map<number, number>,
): (() => void) | undefined {
  if (shell.jobControl) return undefined;
  try {
    const fd = shell.sys.open("/dev/null", { read: true });
    descriptors.set(0, fd);
    return () => shell.sys.close(fd);
  } catch (error) {
    if (error instanceof KernelError) return undefined;
    throw error;
  }
}

/** A command as jobs show it: its text on one line. */
export function commandText(
  shell: Shell,
  node: { readonly pos: number; readonly end: number },
): string {
  return shell.source
    .slice(node)
    .replace(/\s*\n\s*/g, "; ")
    .replace(/(\bdo|\bthen|\belse|[{(]);/g, "$1")
    .trim();
}

/** Waits for a job in the foreground; `$?` and `PIPESTATUS` are set. */
export function* waitForeground(
  shell: Shell,
  processes: JobProcess[],
  command: string,
): Blocking<void> {
  const group = processes[0]?.pid ?? 0;
  let stopped: WaitStatus | undefined;
  for (const process of processes) {
    if (stopped) break;
    process.status = yield* waitProcess(shell, process.pid);
    if (process.status?.kind === "stopped") stopped = process.status;
  }
  takeTerminal(shell);
  const statuses = processes.map((process) => (process.status ? exitStatus(process.status) : 0));
  shell.pipeStatus = statuses;
  const last = statuses.at(-1) ?? 0;
  const failed = statuses.findLast((status) => status !== 0);
  shell.status = shell.options.has("pipefail") ? (failed ?? 0) : last;
  if (stopped) {
    yield* reportStopped(shell, group, processes, command);
    return;
  }
  const signaled = processes
    .map((process) => process.status)
    .findLast((s) => s?.kind === "signaled");
  if (signaled) yield* reportSignal(shell, signaled, command);
  else rememberTerminal(shell);
}

function* waitProcess(shell: Shell, pid: number): Blocking<WaitStatus | undefined> {
  for (;;) {
    try {
      return yield* shell.sys.waitpid(pid, { untraced: shell.jobControl });
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      // A trap runs once the command has ended.
      if (error.errno !== "EINTR") return undefined;
    }
  }
}

/** The shell's group in the terminal's foreground again. */
export function takeTerminal(shell: Shell): void {
  if (!shell.jobControl || shell.terminalFd === undefined) return;
  ignoreKernelErrors(() => shell.sys.tcsetpgrp(shell.terminalFd as number, shell.sys.getpgid()));
}

function rememberTerminal(shell: Shell): void {
  const fd = shell.terminalFd;
  if (fd === undefined) return;
  ignoreKernelErrors(() => {
    shell.savedTermios = shell.sys.tcgetattr(fd);
  });
}

function restoreTerminal(shell: Shell): void {
  const fd = shell.terminalFd;
  const termios = shell.savedTermios;
  if (fd === undefined || termios === undefined) return;
  ignoreKernelErrors(() => shell.sys.tcsetattr(fd, termios));
}

function ignoreKernelErrors(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
  }
}

function* reportStopped(
  shell: Shell,
  group: number,
  processes: JobProcess[],
  command: string,
): Blocking<void> {
  restoreTerminal(shell);
  const known = shell.jobs.byPid(group);
  const job = known ?? shell.jobs.add(newJob(shell, group, processes, command));
  for (const process of processes) {
    // The others of the group were stopped by the same key.
    process.status ??= { pid: process.pid, kind: "stopped", signal: "SIGTSTP" };
  }
  job.background = true;
  job.notified = true;
  shell.jobs.makeCurrent(job);
  yield* shell.write(2, `\n${describeJob(shell.jobs, job, shell.cwd)}\n`, true);
}

export function newJob(
  shell: Shell,
  group: number,
  processes: JobProcess[],
  command: string,
): Parameters<Shell["jobs"]["add"]>[0] {
  return { group, processes, command, directory: shell.cwd, background: true };
}

function* reportSignal(
  shell: Shell,
  status: Extract<WaitStatus, { kind: "signaled" }>,
  command: string,
): Blocking<void> {
  restoreTerminal(shell);
  const { signal } = status;
  if (signal === "SIGINT") {
    if (shell.interactive) {
      yield* shell.write(2, "\n", true);
      throw new AbandonLine(128 + SIGNALS.SIGINT);
    }
    return;
  }
  if (signal === "SIGPIPE") return;
  if (shell.interactive) {
    yield* shell.write(2, `${signalText(signal)}\n`, true);
    return;
  }
  // Debian's bash does not spell out SIGTERM (DONT_REPORT_SIGTERM).
  if (signal === "SIGTERM") yield* shell.write(2, `${signalText(signal)}\n`, true);
  else yield* reportKilled(shell, status, command);
}

/** `bash: line 1:  1234 Killed                  sleep 5` */
function* reportKilled(
  shell: Shell,
  status: Extract<WaitStatus, { kind: "signaled" }>,
  command: string,
): Blocking<void> {
  const pid = String(status.pid).padStart(5);
  yield* shell.reportError(`${pid} ${signalText(status.signal).padEnd(23)} ${command}`);
}

const MAX_ENDED_JOBS = 256;

const UNREPORTED: readonly SignalName[] = ["SIGINT", "SIGPIPE", "SIGTERM"];

/** Notes a background child's end; a script tells at once when a signal ended it. */
export function* recordChild(shell: Shell, status: WaitStatus): Blocking<void> {
  const job = shell.jobs.record(status);
  if (!job || shell.interactive || job.notified || jobState(job) !== "done") return;
  job.notified = true;
  // Nobody may ever ask: the oldest are forgotten.
  if (shell.jobs.all.length > MAX_ENDED_JOBS) shell.jobs.remove(job);
  if (status.kind !== "signaled" || UNREPORTED.includes(status.signal)) return;
  if (!shell.traps.has(status.signal)) yield* reportKilled(shell, status, job.command);
}

/** Notes what became of background children, without waiting. */
export function* reapChildren(shell: Shell): Blocking<void> {
  if (shell.jobs.isEmpty) return;
  for (;;) {
    let status: WaitStatus | undefined;
    try {
      status = yield* shell.sys.waitpid(-1, { noHang: true, untraced: true, continued: true });
    } catch (error) {
      if (error instanceof KernelError) return;
      throw error;
    }
    if (!status) return;
    yield* recordChild(shell, status);
  }
}

/** `$(…)` */
export function* captureOutput(
  shell: Shell,
  run: (child: Shell) => Blocking<void>,
): Blocking<string> {
  const { sys } = shell;
  const pipe = sys.pipe();
  const descriptors = shell.inheritedDescriptors();
  descriptors.delete(pipe.read);
  descriptors.delete(pipe.write);
  descriptors.set(1, pipe.write);
  const chunks: Uint8Array[] = [];
  let pid: number;
  try {
    pid = yield* spawnSubshell(
      shell,
      (child) => {
        child.traceDepth += 1;
        if (!shell.options.shell("inherit_errexit")) child.options.change("errexit", false);
        return run(child);
      },
      { descriptors },
    );
  } finally {
    sys.close(pipe.write);
  }
  try {
    let total = 0;
    for (;;) {
      const chunk = yield* readUninterrupted(shell, pipe.read);
      if (chunk.length === 0) break;
      chunks.push(chunk);
      total += chunk.length;
      if (total > MAX_EXPANSION) {
        throw new ExpansionError(`xrealloc: cannot allocate ${total} bytes`, true);
      }
    }
  } finally {
    sys.close(pipe.read);
  }
  const status = yield* waitProcess(shell, pid);
  shell.status = status ? exitStatus(status) : 0;
  shell.substitutionStatus = shell.status;
  const text = decodeBytes(concatBytes(chunks));
  return text.replaceAll("\0", "").replace(/\n+$/, "");
}

function* readUninterrupted(shell: Shell, fd: number): Blocking<Uint8Array> {
  for (;;) {
    try {
      return yield* shell.sys.read(fd);
    } catch (error) {
      if (!(error instanceof KernelError) || error.errno !== "EINTR") throw error;
    }
  }
}

/** `<(…)` and `>(…)`: the other end stays open under /dev/fd until the command has ended. */
export function* substituteProcess(
  shell: Shell,
  direction: "<" | ">",
  run: (child: Shell) => Blocking<void>,
): Blocking<string> {
  const { sys } = shell;
  const pipe = sys.pipe();
  const descriptors = shell.inheritedDescriptors();
  descriptors.delete(pipe.read);
  descriptors.delete(pipe.write);
  if (direction === "<") descriptors.set(1, pipe.write);
  else descriptors.set(0, pipe.read);
  const pid = yield* spawnSubshell(shell, run, { descriptors, group: 0 });
  shell.lastBackgroundPid = pid;
  const theirs = direction === "<" ? pipe.write : pipe.read;
  const ours = direction === "<" ? pipe.read : pipe.write;
  sys.close(theirs);
  const fd = highDescriptor(shell, ours);
  shell.substitutedDescriptors.push(fd);
  return `/dev/fd/${fd}`;
}

/** bash hands these out downwards from 63. */
function highDescriptor(shell: Shell, fd: number): number {
  const open = shell.sys.descriptors();
  let free = 63;
  while (open.includes(free) && free > 10) free -= 1;
  shell.sys.dup(fd, { to: free });
  shell.sys.close(fd);
  return free;
}
