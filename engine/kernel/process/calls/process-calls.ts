import { MICROSECOND, type Ns } from "../../../sim/clock.ts";
import type { Random } from "../../../sim/random.ts";
import { KernelError } from "../../errno.ts";
import type { OpenFile } from "../../fs/open-file.ts";
import { loadProgram } from "../exec.ts";
import { FORK_COST_NS, YIELD } from "../scheduler.ts";
import type { Disposition, SignalName } from "../signal.ts";
import type { CompletionAnswer, CompletionRequest, ProgramDocs } from "../program.ts";
import type { SpawnOptions, Sys, WaitStatus } from "../sys.ts";
import type { Blocking } from "../wait-queue.ts";
import { CallBase } from "./call-base.ts";

const STANDARD_STREAMS: ReadonlyMap<number, number> = new Map([
  [0, 0],
  [1, 1],
  [2, 2],
]);

/** Processes, signals and time. */
export abstract class ProcessCalls extends CallBase {
  get pid(): number {
    return this.own(this.process.pid);
  }

  get ppid(): number {
    return this.own(this.process.parent?.pid ?? 0);
  }

  get env(): Map<string, string> {
    return this.process.env;
  }

  get random(): Random {
    return this.kernel.random;
  }

  monotonicNs(): Ns {
    this.enter();
    return this.kernel.sim.nowNs;
  }

  realtimeSeconds(): number {
    this.enter();
    return this.kernel.realtimeSeconds;
  }

  spawn(options: SpawnOptions): number {
    const { kernel, process } = this;
    kernel.scheduler.account(process, FORK_COST_NS);
    const { run } = options;
    const loaded =
      "path" in run ? loadProgram(kernel.programs, process, run.path, run.argv) : undefined;
    // What may be refused comes before there is a child.
    const files = new Map<number, OpenFile>();
    for (const [fd, parentFd] of options.descriptors ?? STANDARD_STREAMS) {
      const file = options.descriptors ? this.file(parentFd) : process.descriptors.find(parentFd);
      if (file) files.set(fd, file);
    }
    const child = kernel.createProcess({
      parent: process,
      argv: loaded?.argv ?? process.argv,
      env: new Map(options.env ?? process.env),
    });
    for (const [fd, file] of files) child.descriptors.put(fd, file);
    for (const [signal, disposition] of process.dispositions) {
      const inherits = disposition === "ignore" || !loaded;
      if (inherits) child.dispositions.set(signal, disposition);
    }
    for (const signal of options.resetSignals ?? []) child.dispositions.delete(signal);
    for (const signal of options.ignoreSignals ?? []) child.dispositions.set(signal, "ignore");
    if (options.newSession) {
      child.session = child.pid;
      child.group = child.pid;
      child.terminal = undefined;
    } else if (options.processGroup !== undefined) {
      child.group =
        options.processGroup === 0 ? child.pid : this.machineNumber(options.processGroup);
    }
    if (options.foreground && child.terminal) child.terminal.foregroundGroup = child.group;
    if (loaded) {
      kernel.setProgram(child, loaded);
      kernel.scheduler.start(child, (sys) => onceLoaded(loaded.program.main(sys, loaded.argv)));
    } else if ("main" in run) {
      child.setComm(run.name);
      child.executable = process.executable;
      child.program = process.program;
      kernel.scheduler.start(child, run.main);
    }
    return this.own(child.pid);
  }

  *exec(path: string, argv: readonly string[], env?: ReadonlyMap<string, string>): Blocking<never> {
    yield* this.enterBlocking();
    const { process } = this;
    const loaded = loadProgram(this.kernel.programs, process, path, argv);
    if (env) {
      const next = new Map(env);
      process.env.clear();
      for (const [name, value] of next) process.env.set(name, value);
    }
    for (const [signal, disposition] of process.dispositions) {
      if (typeof disposition === "function") process.dispositions.delete(signal);
    }
    this.kernel.setProgram(process, loaded);
    process.transition = {
      kind: "exec",
      main: (sys) => loaded.program.main(sys, loaded.argv),
    };
    yield YIELD;
    throw new Error("a process went on after exec");
  }

  setTitle(title: string): void {
    this.enter();
    this.process.argv = [title];
  }

  completeArguments(path: string, request: CompletionRequest): CompletionAnswer | undefined {
    this.enter();
    const { program } = loadProgram(this.kernel.programs, this.process, path, request.words);
    // Every process's `sys` is this class with the groups that follow.
    return program.complete?.(this as unknown as Sys, request);
  }

  programDocs(path: string): ProgramDocs {
    this.enter();
    return loadProgram(this.kernel.programs, this.process, path, [path]).program.docs;
  }

  *exit(code: number): Blocking<never> {
    this.process.transition = { kind: "exit", code };
    yield YIELD;
    throw new Error("a process went on after exit");
  }

  *waitpid(
    pid: number,
    options: {
      readonly noHang?: boolean;
      readonly untraced?: boolean;
      readonly continued?: boolean;
    } = {},
  ): Blocking<WaitStatus | undefined> {
    yield* this.enterBlocking();
    const wanted = pid > 0 ? this.machineNumber(pid) : pid < -1 ? -this.machineNumber(-pid) : pid;
    return yield* this.kernel.lifecycle.wait(this.process, wanted, options);
  }

  kill(pid: number, signal: SignalName | 0): void {
    this.enter();
    this.kernel.signals.kill(this.process, pid, signal);
  }

  signal(signal: SignalName, disposition: Disposition): void {
    this.enter();
    if (signal === "SIGKILL" || signal === "SIGSTOP") throw new KernelError("EINVAL");
    if (disposition === "default") this.process.dispositions.delete(signal);
    else this.process.dispositions.set(signal, disposition);
    if (this.kernel.signals.isIgnored(this.process, signal)) this.process.pending.delete(signal);
  }

  getpgid(pid = 0): number {
    this.enter();
    return this.own(this.processOf(pid).group);
  }

  setpgid(pid: number, group: number): void {
    this.enter();
    const target = this.processOf(pid);
    if (target !== this.process && target.parent !== this.process) throw new KernelError("ESRCH");
    if (target.session !== this.process.session || target.session === target.pid) {
      throw new KernelError("EPERM");
    }
    const wanted = group === 0 ? target.pid : this.machineNumber(group);
    const joinable =
      wanted === target.pid ||
      this.kernel.processes.group(wanted).some((member) => member.session === this.process.session);
    if (!joinable) throw new KernelError("EPERM");
    target.group = wanted;
  }

  getsid(pid = 0): number {
    this.enter();
    return this.own(this.processOf(pid).session);
  }

  setsid(): number {
    this.enter();
    const { process } = this;
    if (this.kernel.processes.group(process.pid).length > 0) throw new KernelError("EPERM");
    process.session = process.pid;
    process.group = process.pid;
    process.terminal = undefined;
    return this.own(process.pid);
  }

  *yieldCpu(): Blocking<void> {
    this.kernel.scheduler.account(this.process);
    yield YIELD;
  }

  *sleep(durationNs: Ns): Blocking<void> {
    this.kernel.scheduler.account(this.process);
    const reason = yield { queues: [], timeoutNs: Math.max(0, durationNs) };
    if (reason === "interrupted") throw new KernelError("EINTR");
  }

  *pause(): Blocking<void> {
    this.kernel.scheduler.account(this.process);
    for (;;) {
      const reason = yield { queues: [] };
      if (reason === "interrupted") return;
    }
  }
}

/**
 * Starting a program takes longer than what the network still has to say about the one before:
 * `nc …; ss -tan` shows what became of the connection, as on a real machine.
 */
const LOADING_NS: Ns = 300 * MICROSECOND;

function* onceLoaded(main: Blocking<number>): Blocking<number> {
  yield { queues: [], timeoutNs: LOADING_NS };
  return yield* main;
}
