/** The table of jobs: what `jobs` lists, `%1` names, and `wait` waits for. */
import { SIGNALS, type SignalName } from "../kernel/process/signal.ts";
import type { WaitStatus } from "../kernel/process/sys.ts";

export interface JobProcess {
  readonly pid: number;
  readonly command: string;
  /** Undefined while it runs. */
  status: WaitStatus | undefined;
}

export interface Job {
  readonly number: number;
  readonly group: number;
  readonly processes: JobProcess[];
  /** The command line, without the `&`. */
  readonly command: string;
  /** The directory it was started in, shown when it is no longer the current one. */
  readonly directory: string;
  background: boolean;
  /** Its end has been shown, or is not to be. */
  notified: boolean;
  disowned: boolean;
  /** `wait` has told its end already. */
  waited: boolean;
}

export type JobState = "running" | "stopped" | "done";

const MAX_REMEMBERED = 1000;

export class JobTable {
  private jobs: Job[] = [];
  /** `%+` and `%-`. */
  current: Job | undefined;
  previous: Job | undefined;
  /** Ended background processes that `wait` may still ask for. */
  private readonly ended = new Map<number, number>();

  /** A subshell has no jobs of its own, but `jobs` in it shows those of its parent. */
  forSubshell(): JobTable {
    return new JobTable();
  }

  get all(): readonly Job[] {
    return this.jobs;
  }

  get isEmpty(): boolean {
    return this.jobs.length === 0;
  }

  add(job: Omit<Job, "number" | "notified" | "disowned" | "waited">): Job {
    const number = 1 + Math.max(0, ...this.jobs.map((each) => each.number));
    const added: Job = { ...job, number, notified: false, disowned: false, waited: false };
    this.jobs.push(added);
    this.resetCurrent();
    return added;
  }

  /** As bash's set_current_job: the job before becomes the previous one, if it is stopped. */
  makeCurrent(job: Job): void {
    if (this.current !== job) [this.previous, this.current] = [this.current, job];
    const { previous } = this;
    if (previous && previous !== job && jobState(previous) === "stopped") return;
    const running = jobState(job) === "running" ? this.newest("running", job) : undefined;
    this.previous = this.newest("stopped", job) ?? running ?? this.newest("running") ?? job;
  }

  /** As bash's reset_current: a stopped job before a running one, a new one before an old. */
  private resetCurrent(): void {
    const stopped = [this.current, this.previous].find((job) => job && jobState(job) === "stopped");
    const candidate = stopped ?? this.newest("stopped") ?? this.newest("running");
    if (candidate) this.makeCurrent(candidate);
    else [this.current, this.previous] = [undefined, undefined];
  }

  private newest(state: JobState, olderThan?: Job): Job | undefined {
    return this.jobs.findLast(
      (job) => jobState(job) === state && (!olderThan || job.number < olderThan.number),
    );
  }

  remove(job: Job): void {
    this.jobs = this.jobs.filter((each) => each !== job);
    if (this.current === job) this.current = undefined;
    if (this.previous === job) this.previous = undefined;
    if (!this.current || !this.previous) this.resetCurrent();
    for (const process of job.processes) {
      if (process.status && this.ended.size < MAX_REMEMBERED) {
        this.ended.set(process.pid, exitStatus(process.status));
      }
    }
  }

  /** `+`, `-` or a space, as `jobs` shows. */
  mark(job: Job): string {
    if (job === this.current) return "+";
    return job === this.previous ? "-" : " ";
  }

  byPid(pid: number): Job | undefined {
    return this.jobs.find((job) => job.processes.some((process) => process.pid === pid));
  }

  /** `%1`, `%+`, `%%`, `%-`, `%name`, `%?text`, or a number alone. */
  find(spec: string): Job | "ambiguous" | undefined {
    if (spec === "%" || spec === "%%" || spec === "%+") return this.current;
    if (spec === "%-") return this.previous;
    const text = spec.startsWith("%") ? spec.slice(1) : spec;
    if (/^\d+$/.test(text)) return this.jobs.find((job) => job.number === Number(text));
    const found = this.jobs.filter((job) =>
      text.startsWith("?") ? job.command.includes(text.slice(1)) : job.command.startsWith(text),
    );
    return found.length > 1 ? "ambiguous" : found[0];
  }

  /** Notes what waitpid told of a process. */
  record(status: WaitStatus): Job | undefined {
    const job = this.byPid(status.pid);
    const process = job?.processes.find((each) => each.pid === status.pid);
    if (!job || !process) {
      if (status.kind === "exited" || status.kind === "signaled") {
        if (this.ended.size < MAX_REMEMBERED) this.ended.set(status.pid, exitStatus(status));
      }
      return undefined;
    }
    process.status = status.kind === "continued" ? undefined : status;
    job.notified = false;
    if (status.kind === "stopped") this.makeCurrent(job);
    return job;
  }

  /** The status of an ended child, forgotten once asked for. */
  takeEnded(pid: number): number | undefined {
    const status = this.ended.get(pid);
    this.ended.delete(pid);
    return status;
  }
}

export function jobState(job: Job): JobState {
  if (job.processes.some((process) => process.status === undefined)) return "running";
  return job.processes.some((process) => process.status?.kind === "stopped") ? "stopped" : "done";
}

/** The status of a job's last process. */
export function jobStatus(job: Job): number {
  const status = job.processes.at(-1)?.status;
  return status ? exitStatus(status) : 0;
}

/** `$?` of a process that ended or stopped. */
export function exitStatus(status: WaitStatus): number {
  switch (status.kind) {
    case "exited":
      return status.code;
    case "continued":
      return 0;
    default:
      return 128 + SIGNALS[status.signal];
  }
}

/** `[1]+  Running                 sleep 5 &` */
export function describeJob(table: JobTable, job: Job, cwd: string, long = false): string {
  const state = jobState(job);
  const head = `[${job.number}]${table.mark(job)} `;
  const elsewhere = job.directory === cwd ? "" : `  (wd: ${job.directory})`;
  const ampersand = state === "running" ? " &" : "";
  if (!long) {
    return `${head} ${stateText(job).padEnd(23)} ${job.command}${ampersand}${elsewhere}`;
  }
  const lines = job.processes.map((process, index) => {
    const text = index === 0 ? stateText(job).padEnd(23) : "".padEnd(23);
    const command = index === 0 ? process.command : `| ${process.command}`;
    const start = index === 0 ? head : " ".repeat(head.length);
    return `${start}${String(process.pid).padStart(5)} ${text} ${command}`;
  });
  return lines.join("\n") + ampersand + elsewhere;
}

function stateText(job: Job): string {
  const state = jobState(job);
  if (state === "running") return "Running";
  if (state === "stopped") {
    const stopped = job.processes.find((process) => process.status?.kind === "stopped")?.status;
    if (stopped?.kind === "stopped" && stopped.signal !== "SIGTSTP") {
      return STOP_TEXTS[stopped.signal] ?? "Stopped";
    }
    return "Stopped";
  }
  const status = job.processes.at(-1)?.status;
  if (status?.kind === "signaled") return signalText(status.signal);
  const code = status?.kind === "exited" ? status.code : 0;
  return code === 0 ? "Done" : `Exit ${code}`;
}

const STOP_TEXTS: Partial<Record<SignalName, string>> = {
  SIGSTOP: "Stopped(SIGSTOP)",
  SIGTTIN: "Stopped (tty input)",
  SIGTTOU: "Stopped (tty output)",
};

/** strsignal(3) as bash prints it. */
export function signalText(signal: SignalName): string {
  return SIGNAL_TEXTS[signal] ?? signal.replace("SIG", "Signal ");
}

const SIGNAL_TEXTS: Partial<Record<SignalName, string>> = {
  SIGHUP: "Hangup",
  SIGINT: "Interrupt",
  SIGQUIT: "Quit",
  SIGILL: "Illegal instruction",
  SIGTRAP: "Trace/breakpoint trap",
  SIGABRT: "Aborted",
  SIGBUS: "Bus error",
  SIGFPE: "Floating point exception",
  SIGKILL: "Killed",
  SIGUSR1: "User defined signal 1",
  SIGSEGV: "Segmentation fault",
  SIGUSR2: "User defined signal 2",
  SIGPIPE: "Broken pipe",
  SIGALRM: "Alarm clock",
  SIGTERM: "Terminated",
  SIGSTKFLT: "Stack fault",
  SIGXCPU: "CPU time limit exceeded",
  SIGXFSZ: "File size limit exceeded",
  SIGVTALRM: "Virtual timer expired",
  SIGPROF: "Profiling timer expired",
  SIGIO: "I/O possible",
  SIGPWR: "Power failure",
  SIGSYS: "Bad system call",
};
