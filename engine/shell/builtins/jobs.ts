/** jobs, fg, bg, wait, kill, disown, suspend. */
import { KernelError, strerror } from "../../kernel/errno.ts";
import {
  parseSignal,
  signalByNumber,
  SIGNALS,
  type SignalName,
} from "../../kernel/process/signal.ts";
import type { WaitStatus } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { describeJob, exitStatus, jobState, jobStatus, type Job } from "../jobs.ts";
import { reapChildren, recordChild, waitForeground } from "../processes.ts";
import type { Shell } from "../shell.ts";
import { checkSignals } from "../traps.ts";
import { fail, failUsage, parseOptions, print, type Builtin, type BuiltinCall } from "./builtin.ts";
import { signalTable } from "./trap.ts";

/** The job a `%…` names; undefined after a report. */
function* findJob(call: BuiltinCall, spec: string | undefined): Blocking<Job | undefined> {
  const { jobs } = call.shell;
  const job = spec === undefined ? jobs.current : jobs.find(spec);
  if (job === "ambiguous") {
    yield* fail(call, `${spec ?? ""}: ambiguous job spec`);
    return undefined;
  }
  if (!job) yield* fail(call, `${spec ?? "current"}: no such job`);
  return job;
}

const jobs: Builtin = {
  name: "jobs",
  posix: true,
  synopsis: "[-lnprs] [jobspec ...] or jobs -x command [args]",
  summary: "Display status of jobs.",
  *run(call) {
    const { shell } = call;
    const parsed = yield* parseOptions(call, "lnprs");
    if (!parsed) return 2;
    const { options, operands } = parsed;
    yield* reapChildren(shell);
    let status = 0;
    const selected: Job[] = [];
    for (const spec of operands) {
      const job = yield* findJob(call, spec);
      if (job) selected.push(job);
      else status = 1;
    }
    for (const job of operands.length > 0 ? selected : [...shell.jobs.all]) {
      const state = jobState(job);
      if (options.has("r") && state !== "running") continue;
      if (options.has("s") && state !== "stopped") continue;
      if (options.has("p")) yield* print(call, `${job.processes[0]?.pid ?? job.group}\n`);
      else yield* print(call, `${describeJob(shell.jobs, job, shell.cwd, options.has("l"))}\n`);
      if (state === "done") shell.jobs.remove(job);
      else job.notified = true;
    }
    return status;
  },
};

function resume(shell: Shell, job: Job): void {
  for (const process of job.processes) {
    if (process.status?.kind === "stopped") process.status = undefined;
  }
  shell.sys.kill(-job.group, "SIGCONT");
}

const fg: Builtin = {
  name: "fg",
  posix: true,
  synopsis: "[job_spec]",
  summary: "Move job to the foreground.",
  *run(call) {
    const { shell } = call;
    if (!shell.jobControl) return yield* fail(call, "no job control");
    yield* reapChildren(shell);
    const job = yield* findJob(call, call.args[0]);
    if (!job) return 1;
    if (jobState(job) === "done") return yield* fail(call, "job has terminated");
    yield* print(call, `${job.command}\n`);
    job.background = false;
    const terminal = shell.terminalFd as number;
    shell.sys.tcsetpgrp(terminal, job.group);
    resume(shell, job);
    const alive = job.processes.filter((process) => process.status === undefined);
    yield* waitForeground(shell, alive, job.command);
    if (jobState(job) === "done") shell.jobs.remove(job);
    return shell.status;
  },
};

const bg: Builtin = {
  name: "bg",
  posix: true,
  synopsis: "[job_spec ...]",
  summary: "Move jobs to the background.",
  *run(call) {
    const { shell } = call;
    if (!shell.jobControl) return yield* fail(call, "no job control");
    yield* reapChildren(shell);
    let status = 0;
    for (const spec of call.args.length > 0 ? call.args : [undefined]) {
      const job = yield* findJob(call, spec);
      if (!job) status = 1;
      else if (jobState(job) === "running") {
        yield* fail(call, `job ${job.number} already in background`);
      } else if (jobState(job) === "done") {
        status = yield* fail(call, "job has terminated");
      } else {
        const mark = shell.jobs.mark(job);
        job.background = true;
        yield* print(call, `[${job.number}]${mark === " " ? "" : mark} ${job.command} &\n`);
        resume(shell, job);
      }
    }
    return status;
  },
};

const wait: Builtin = {
  name: "wait",
  posix: true,
  synopsis: "[-fn] [-p var] [id ...]",
  summary: "Wait for job completion and return exit status.",
  *run(call) {
    const { shell } = call;
    const parsed = yield* parseOptions(call, "fnp:");
    if (!parsed) return 2;
    const { options, operands } = parsed;
    const store = (pid: number): void => {
      const name = options.get("p");
      if (name !== undefined) shell.variables.set(name, String(pid));
    };
    if (options.has("n")) return yield* waitNext(call, operands, store);
    if (operands.length === 0) return yield* waitAll(shell);
    let status = 0;
    for (const word of operands) {
      if (word.startsWith("%")) {
        const job = yield* findJob(call, word);
        status = job ? yield* waitJob(shell, job) : 127;
        if (job) store(job.processes.at(-1)?.pid ?? 0);
      } else if (/^\d+$/.test(word)) {
        status = yield* waitPid(call, Number(word));
        store(Number(word));
      } else status = yield* fail(call, `\`${word}': not a pid or valid job spec`);
    }
    return status;
  },
};

/** One child's change; a number: a trapped signal came first. */
function* nextChild(shell: Shell, pid: number): Blocking<WaitStatus | number | undefined> {
  try {
    return yield* shell.sys.waitpid(pid);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    if (error.errno !== "EINTR") return undefined;
    const signal = shell.pendingSignals[0] ?? (shell.interrupted ? "SIGINT" : undefined);
    yield* checkSignals(shell);
    return signal === undefined ? yield* nextChild(shell, pid) : 128 + SIGNALS[signal];
  }
}

function* waitAll(shell: Shell): Blocking<number> {
  for (;;) {
    const waiting = shell.jobs.all.filter((job) => jobState(job) === "running");
    if (waiting.length === 0) break;
    const changed = yield* nextChild(shell, -1);
    if (typeof changed === "number") return changed;
    if (changed === undefined) break;
    yield* recordChild(shell, changed);
  }
  for (const job of shell.jobs.all) job.waited ||= jobState(job) === "done";
  return 0;
}

function* waitJob(shell: Shell, job: Job): Blocking<number> {
  while (jobState(job) === "running") {
    const running = job.processes.find((process) => process.status === undefined);
    const changed = yield* nextChild(shell, running?.pid ?? -1);
    if (typeof changed === "number") return changed;
    if (changed === undefined) break;
    yield* recordChild(shell, changed);
  }
  const status = jobStatus(job);
  if (jobState(job) === "done" && !shell.interactive) shell.jobs.remove(job);
  return status;
}

function* waitPid(call: BuiltinCall, pid: number): Blocking<number> {
  const { shell } = call;
  const job = shell.jobs.byPid(pid);
  const process = job?.processes.find((each) => each.pid === pid);
  if (job && process) {
    while (process.status === undefined) {
      const changed = yield* nextChild(shell, pid);
      if (typeof changed === "number") return changed;
      if (changed === undefined) break;
      yield* recordChild(shell, changed);
    }
    const status = process.status ? exitStatus(process.status) : 127;
    if (jobState(job) === "done" && !shell.interactive) shell.jobs.remove(job);
    return status;
  }
  const ended = shell.jobs.takeEnded(pid);
  if (ended !== undefined) return ended;
  const changed = yield* nextChild(shell, pid);
  if (typeof changed === "number") return changed;
  if (changed) return exitStatus(changed);
  yield* fail(
    call,
    shell.isBash ? `pid ${pid} is not a child of this shell` : `No such job: ${pid}`,
  );
  return 127;
}

function* waitNext(
  call: BuiltinCall,
  operands: readonly string[],
  store: (pid: number) => void,
): Blocking<number> {
  const { shell } = call;
  const wanted = (job: Job): boolean =>
    (operands.length === 0 && !job.waited) ||
    operands.some((word) =>
      word.startsWith("%")
        ? shell.jobs.find(word) === job
        : job.processes.some((process) => process.pid === Number(word)),
    );
  yield* reapChildren(shell);
  for (;;) {
    const candidates = shell.jobs.all.filter(wanted);
    const done = candidates.find((job) => jobState(job) === "done");
    if (done) {
      store(done.processes.at(-1)?.pid ?? 0);
      shell.jobs.remove(done);
      return jobStatus(done);
    }
    if (candidates.length === 0) return 127;
    const changed = yield* nextChild(shell, -1);
    if (typeof changed === "number") return changed;
    if (changed === undefined) return 127;
    yield* recordChild(shell, changed);
  }
}

const kill: Builtin = {
  name: "kill",
  posix: true,
  synopsis: "[-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]",
  summary: "Send a signal to a job.",
  *run(call) {
    const { shell } = call;
    let { args } = call;
    const [first] = args;
    if (first === undefined) {
      yield* shell.write(2, `kill: usage: kill ${call.synopsis}\n`, true);
      return 2;
    }
    if (first === "-l" || first === "-L") return yield* listSignals(call, args.slice(1));
    let signal: SignalName | 0 = "SIGTERM";
    const option = /^-(s|n)(.*)$/.exec(first);
    const named = /^-(.+)$/.exec(first);
    const known = named ? signalOf(named[1] as string) : undefined;
    if (known !== undefined) {
      signal = known;
      args = args.slice(1);
    } else if (option) {
      const attached = option[2] as string;
      const word = attached === "" ? args[1] : attached;
      if (word === undefined)
        return yield* fail(call, `-${option[1] as string}: option requires an argument`);
      const parsed = signalOf(word);
      if (parsed === undefined) return yield* fail(call, `${word}: invalid signal specification`);
      signal = parsed;
      args = args.slice(attached === "" ? 2 : 1);
    } else if (named && first !== "--") {
      return yield* fail(call, `${named[1] as string}: invalid signal specification`);
    }
    if (args[0] === "--") args = args.slice(1);
    if (args.length === 0) {
      yield* shell.write(2, `kill: usage: kill ${call.synopsis}\n`, true);
      return 2;
    }
    let status = 1;
    for (const word of args) if (yield* killOne(call, word, signal)) status = 0;
    return status;
  },
};

function signalOf(word: string): SignalName | 0 | undefined {
  return word === "0" ? 0 : parseSignal(word);
}

function* killOne(call: BuiltinCall, word: string, signal: SignalName | 0): Blocking<boolean> {
  const { shell } = call;
  let targets: readonly number[];
  if (word.startsWith("%")) {
    const job = yield* findJob(call, word);
    if (!job) return false;
    // Without job control its processes have no group of their own.
    const running = job.processes.filter(({ status }) => status === undefined);
    targets = shell.jobControl ? [-job.group] : running.map(({ pid }) => pid);
  } else if (/^-?\d+$/.test(word)) targets = [Number(word)];
  else {
    yield* fail(call, `${word}: arguments must be process or job IDs`);
    return false;
  }
  try {
    for (const target of targets) shell.sys.kill(target, signal);
    // A stopped job could not act on it otherwise.
    const job = shell.jobs.byPid(Math.abs(targets[0] ?? 0));
    if (job && jobState(job) === "stopped" && (signal === "SIGTERM" || signal === "SIGHUP")) {
      shell.sys.kill(-job.group, "SIGCONT");
    }
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    yield* fail(call, `(${word}) - ${strerror(error.errno)}`);
    return false;
  }
  yield* shell.sys.yieldCpu();
  yield* checkSignals(shell);
  return true;
}

function* listSignals(call: BuiltinCall, words: readonly string[]): Blocking<number> {
  if (words.length === 0) {
    yield* print(call, signalTable());
    return 0;
  }
  let status = 0;
  for (const word of words) {
    const number = Number(word);
    const name = /^\d+$/.test(word)
      ? signalByNumber(number > 128 ? number - 128 : number)
      : undefined;
    const parsed = name === undefined ? parseSignal(word) : undefined;
    if (word === "0") yield* print(call, "EXIT\n");
    else if (name) yield* print(call, `${name.slice(3)}\n`);
    else if (parsed) yield* print(call, `${SIGNALS[parsed]}\n`);
    else status = yield* fail(call, `${word}: invalid signal specification`);
  }
  return status;
}

const disown: Builtin = {
  name: "disown",
  synopsis: "[-h] [-ar] [jobspec ... | pid ...]",
  summary: "Remove jobs from current shell.",
  *run(call) {
    const { shell } = call;
    const parsed = yield* parseOptions(call, "har");
    if (!parsed) return 2;
    const { options, operands } = parsed;
    const selected: Job[] = [];
    if (operands.length === 0 && (options.has("a") || options.has("r"))) {
      selected.push(
        ...shell.jobs.all.filter((job) => !options.has("r") || jobState(job) === "running"),
      );
    } else {
      for (const spec of operands.length > 0 ? operands : [undefined]) {
        const byPid =
          spec !== undefined && /^\d+$/.test(spec) ? shell.jobs.byPid(Number(spec)) : undefined;
        const job = byPid ?? (yield* findJob(call, spec));
        if (!job) return 1;
        selected.push(job);
      }
    }
    for (const job of selected) {
      if (options.has("h")) job.disowned = true;
      else shell.jobs.remove(job);
    }
    return 0;
  },
};

const suspend: Builtin = {
  name: "suspend",
  synopsis: "[-f]",
  summary: "Suspend shell execution.",
  *run(call) {
    const { shell } = call;
    if (call.args.length > 0 && call.args[0] !== "-f") {
      return yield* failUsage(call, `${call.args[0] as string}: invalid option`);
    }
    if (shell.login && call.args[0] !== "-f")
      return yield* fail(call, "cannot suspend a login shell");
    if (!shell.options.has("monitor")) return yield* fail(call, "cannot suspend: no job control");
    shell.sys.kill(shell.sys.pid, "SIGSTOP");
    yield* shell.sys.yieldCpu();
    return 0;
  },
};

export const jobBuiltins: readonly Builtin[] = [jobs, fg, bg, wait, kill, disown, suspend];
