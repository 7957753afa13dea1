/** The master process: it holds the sockets and the logs, and keeps its workers running. */
import { errnoNumber, KernelError, strerror } from "../../kernel/errno.ts";
import { SIGNALS, type SignalName } from "../../kernel/process/signal.ts";
import type { Sys, WaitStatus } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { findGroup, findUser } from "../support/accounts.ts";
import { serveConnections } from "../support/http-server.ts";
import { readConfig, type Config } from "./config.ts";
import { Log, openLogs } from "./log.ts";
import { ConfigError } from "./syntax.ts";
import { Worker } from "./worker.ts";

/** What master and workers do when a signal comes, as the log calls it. */
const ACTIONS: Readonly<Partial<Record<SignalName, string>>> = {
  SIGHUP: "reconfiguring",
  SIGINT: "exiting",
  SIGQUIT: "shutting down",
  SIGTERM: "exiting",
  SIGUSR1: "reopening logs",
};

export interface Start {
  readonly config: Config;
  readonly log: Log;
  readonly listeners: readonly number[];
  /** `nginx/1.26.3` */
  readonly version: string;
  /** The command line, for the process's title. */
  readonly commandLine: string;
  readonly globals: string;
  /** Of all workers: they share it as memory. */
  readonly connections: { count: number };
}

export class Master {
  private readonly received: SignalName[] = [];
  private readonly workers = new Set<number>();
  private config: Config;
  private log: Log;

  constructor(
    private readonly sys: Sys,
    private readonly start: Start,
  ) {
    this.config = start.config;
    this.log = start.log;
    for (const signal of [...Object.keys(ACTIONS), "SIGCHLD"] as SignalName[]) {
      sys.signal(signal, () => this.received.push(signal));
    }
  }

  *run(): Blocking<number> {
    const { sys, start } = this;
    sys.setTitle(`nginx: master process ${start.commandLine}`);
    this.writePidFile();
    yield* this.log.error("notice", 'using the "epoll" event method');
    yield* this.log.error("notice", start.version);
    yield* this.log.error("notice", `OS: Linux ${sys.uname().release}`);
    const files = openFilesLimit(sys);
    yield* this.log.error("notice", `getrlimit(RLIMIT_NOFILE): ${files}:${files}`);
    yield* this.startWorkers();
    let isEnding = false;
    while (!isEnding || this.workers.size > 0) {
      const signal = this.received.shift();
      if (!signal) {
        yield* sys.pause();
      } else if (signal === "SIGCHLD") {
        yield* this.collect(isEnding);
      } else {
        yield* this.log.error("notice", `${title(signal)} received, ${ACTIONS[signal]}`);
        if (signal === "SIGHUP") yield* this.reload();
        else if (signal === "SIGUSR1") yield* this.reopen();
        else {
          isEnding = true;
          this.tellWorkers(signal);
        }
      }
    }
    yield* this.log.error("notice", "exit");
    this.removePidFile();
    return 0;
  }

  private *startWorkers(): Blocking<void> {
    yield* this.log.error("notice", "start worker processes");
    for (let count = workerCount(this.sys, this.config); count > 0; count--) {
      yield* this.startWorker();
    }
  }

  private *startWorker(): Blocking<void> {
    const { start, config, log } = this;
    const kept = [0, 1, 2, ...start.listeners, ...log.files.values()];
    const pid = this.sys.spawn({
      run: {
        name: "nginx",
        main: (sys) => work(sys, { ...start, config, log: new Log(sys, config, log.files) }),
      },
      resetSignals: ["SIGHUP", "SIGUSR1", "SIGCHLD"],
      descriptors: new Map(kept.map((fd) => [fd, fd] as const)),
    });
    this.workers.add(pid);
    yield* log.error("notice", `start worker process ${pid}`);
  }

  /** Those that end while nobody asked them to are replaced. */
  private *collect(isEnding: boolean): Blocking<void> {
    let isFirst = true;
    for (;;) {
      const ended = yield* nextEnded(this.sys);
      if (!ended) return;
      if (isFirst) {
        yield* this.log.error("notice", `signal 17 (SIGCHLD) received from ${ended.pid}`);
      }
      isFirst = false;
      const wasNeeded = this.workers.delete(ended.pid);
      yield* this.log.error(...farewell(ended));
      if (!isEnding && wasNeeded) yield* this.startWorker();
    }
  }

  /** A configuration that is wrong leaves the old one in force. New addresses need a restart. */
  private *reload(): Blocking<void> {
    try {
      this.config = readConfig(this.sys, this.config.file, this.start.globals);
      this.log = new Log(this.sys, this.config, openLogs(this.sys, this.config));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      yield* this.log.error("emerg", error.message);
      return;
    }
    yield* this.log.error("notice", 'using the "epoll" event method');
    const old = [...this.workers];
    this.workers.clear();
    yield* this.startWorkers();
    for (const pid of old) signalProcess(this.sys, pid, "SIGQUIT");
  }

  private *reopen(): Blocking<void> {
    this.log = new Log(this.sys, this.config, openLogs(this.sys, this.config));
    const old = [...this.workers];
    this.workers.clear();
    yield* this.startWorkers();
    for (const pid of old) signalProcess(this.sys, pid, "SIGQUIT");
  }

  private tellWorkers(signal: SignalName): void {
    for (const pid of this.workers) {
      signalProcess(this.sys, pid, signal === "SIGQUIT" ? "SIGQUIT" : "SIGTERM");
    }
  }

  private writePidFile(): void {
    try {
      this.sys.writeFile(this.config.pidFile, `${this.sys.pid}\n`);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
    }
  }

  private removePidFile(): void {
    try {
      this.sys.unlink(this.config.pidFile);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
    }
  }
}

function* work(
  sys: Sys,
  { config, log, listeners, version, connections }: Start,
): Blocking<number> {
  sys.setTitle("nginx: worker process");
  becomeUser(sys, config.user);
  let wanted: SignalName | undefined;
  for (const signal of ["SIGTERM", "SIGINT", "SIGQUIT"] as const) {
    sys.signal(signal, () => (wanted = signal));
  }
  const worker = new Worker(sys, config.servers, log, version, connections);
  yield* serveConnections(
    sys,
    listeners,
    (fd, peer) => worker.serve(fd, peer),
    () => wanted !== undefined,
  );
  if (wanted === "SIGQUIT") yield* log.error("notice", "gracefully shutting down");
  yield* log.error("notice", "exiting");
  yield* log.error("notice", "exit");
  return 0;
}

function becomeUser(sys: Sys, name: string): void {
  const uid = findUser(sys, name);
  if (uid === undefined || sys.uid !== 0) return;
  sys.setgid(findGroup(sys, name) ?? uid);
  sys.setuid(uid);
}

function workerCount(sys: Sys, { workers }: Config): number {
  if (workers !== "auto") return Math.min(workers, MAX_WORKERS);
  return sys.readTextFile("/proc/cpuinfo").match(/^processor/gm)?.length ?? 1;
}

const MAX_WORKERS = 64;

/** The soft limit, as /proc/self/limits has it. */
function openFilesLimit(sys: Sys): string {
  return /^Max open files +(\d+)/m.exec(sys.readTextFile("/proc/self/limits"))?.[1] ?? "1024";
}

function* nextEnded(sys: Sys): Blocking<WaitStatus | undefined> {
  try {
    return yield* sys.waitpid(-1, { noHang: true });
  } catch (error) {
    if (error instanceof KernelError && error.errno === "ECHILD") return undefined;
    throw error;
  }
}

function farewell(ended: WaitStatus): ["notice" | "alert", string] {
  if (ended.kind === "exited") {
    return ["notice", `worker process ${ended.pid} exited with code ${ended.code}`];
  }
  const signal = ended.kind === "signaled" ? SIGNALS[ended.signal] : 0;
  return ["alert", `worker process ${ended.pid} exited on signal ${signal}`];
}

function title(signal: SignalName): string {
  return `signal ${SIGNALS[signal]} (${signal})`;
}

function signalProcess(sys: Sys, pid: number, signal: SignalName): void {
  try {
    sys.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
  }
}

/** nginx -s SIGNAL */
export function* signalRunning(sys: Sys, name: string, pidFile: string): Blocking<number> {
  const signals: Readonly<Record<string, SignalName>> = {
    stop: "SIGTERM",
    quit: "SIGQUIT",
    reload: "SIGHUP",
    reopen: "SIGUSR1",
  };
  const signal = signals[name];
  if (!signal) {
    yield* sys.printError(`nginx: invalid option: "-s ${name}"\n`);
    return 1;
  }
  try {
    sys.kill(Number(sys.readTextFile(pidFile).trim()), signal);
    return 0;
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    const why = `${errnoNumber(error.errno)}: ${strerror(error.errno)}`;
    const what = error.errno === "ENOENT" ? `open() "${pidFile}"` : "kill()";
    yield* sys.printError(`nginx: [error] ${what} failed (${why})\n`);
    return 1;
  }
}
