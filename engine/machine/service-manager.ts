import { SECOND } from "../sim/clock.ts";
import { decodeUtf8 } from "../sim/utf8.ts";
import { KernelError } from "../kernel/errno.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { OpenFile } from "../kernel/fs/open-file.ts";
import { SIGNALS, type SignalName } from "../kernel/process/signal.ts";
import type { Sys, WaitStatus } from "../kernel/process/sys.ts";
import { BufferFile } from "./buffer-file.ts";
import type { LogLine, ServiceState, ServiceStatus, ServiceUnit } from "./service.ts";

/** Where systemctl finds the manager: `sys.endpoint(SERVICE_MANAGER_SOCKET)`. */
export const SERVICE_MANAGER_SOCKET = "/run/systemd/private";

/** RestartSec= and StartLimitBurst=/StartLimitIntervalSec=, systemd.unit(5) defaults. */
const RESTART_DELAY_NS = SECOND / 10;
const START_LIMIT_BURST = 5;
const START_LIMIT_INTERVAL_NS = 10 * SECOND;

/** After this, `stop` sends SIGKILL. TimeoutStopSec=. */
const STOP_TIMEOUT_NS = 90 * SECOND;

const MAX_LOG_LINES = 1000;

/** The program could not be executed. systemd.exec(5) */
const EXIT_EXEC = 203;

const SERVICE_ENV: Readonly<Record<string, string>> = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  LANG: "C.UTF-8",
};

/** The control process of ExecStartPre=, or the service itself. */
type Stage = "pre" | "main";

interface Run {
  unit: ServiceUnit;
  enabled: boolean;
  state: ServiceState;
  /** The process that is watched; 0: none. */
  pid: number;
  stage: Stage;
  sinceSeconds: number;
  startedSeconds: number;
  lastPid: number;
  lastedSeconds: number | undefined;
  startPre: ServiceStatus["startPre"];
  result: ServiceStatus["result"];
  failure: ServiceStatus["failure"];
  starts: number[];
  restarts: number;
}

/** Starts, watches and stops the services of one machine, as systemd's manager does. */
export class ServiceManager {
  private readonly runs = new Map<string, Run>();
  private readonly log: LogLine[] = [];

  constructor(
    private readonly kernel: Kernel,
    units: readonly ServiceUnit[],
    /** Init's system calls: services are its children. */
    private readonly sys: Sys,
  ) {
    for (const unit of units) this.add(unit);
    kernel.endpoints.set(SERVICE_MANAGER_SOCKET, this);
  }

  add(unit: ServiceUnit): void {
    this.runs.set(unit.name, {
      unit,
      enabled: unit.enabled,
      state: "inactive",
      pid: 0,
      stage: "main",
      sinceSeconds: this.kernel.realtimeSeconds,
      startedSeconds: 0,
      lastPid: 0,
      lastedSeconds: undefined,
      startPre: undefined,
      result: undefined,
      failure: undefined,
      starts: [],
      restarts: 0,
    });
  }

  startEnabled(): void {
    for (const run of this.runs.values()) if (run.enabled) this.startRun(run);
  }

  list(): readonly ServiceStatus[] {
    return [...this.runs.values()].map(statusOf);
  }

  status(name: string): ServiceStatus | undefined {
    const run = this.runs.get(name);
    return run && statusOf(run);
  }

  /** ENOENT: there is no such unit. It is `activating` until ExecStartPre= has succeeded. */
  start(name: string): void {
    const run = this.get(name);
    if (run.state === "active" || run.pid !== 0) return;
    run.restarts = 0;
    this.startRun(run);
  }

  /** It is `deactivating` until the process has ended. */
  stop(name: string): void {
    const run = this.get(name);
    if (run.pid === 0) {
      if (run.state !== "failed") this.changeState(run, "inactive");
      return;
    }
    if (run.state === "deactivating") return;
    this.tell(run, `Stopping ${titleOf(run.unit)}...`);
    this.changeState(run, "deactivating");
    this.signalRun(run, "SIGTERM");
    const { pid } = run;
    this.kernel.sim.schedule(STOP_TIMEOUT_NS, () => {
      if (run.pid === pid) this.signalRun(run, "SIGKILL");
    });
  }

  /** A signal to the service's process. ESRCH: it does not run. */
  kill(name: string, signal: SignalName): void {
    const process = this.kernel.processes.find(this.get(name).pid);
    if (!process) throw new KernelError("ESRCH");
    this.kernel.signals.send(process, signal);
  }

  /** It has ended and waits to be started again. */
  isRestarting(name: string): boolean {
    const run = this.get(name);
    return run.state === "activating" && run.pid === 0;
  }

  /** Forgets that the unit failed. */
  resetFailed(name: string): void {
    const run = this.get(name);
    run.starts = [];
    run.failure = undefined;
    if (run.state === "failed") this.changeState(run, "inactive");
  }

  setEnabled(name: string, enabled: boolean): void {
    this.get(name).enabled = enabled;
  }

  /** Of one unit, or of all; the oldest first. */
  logs(name?: string): readonly LogLine[] {
    return name === undefined ? this.log : this.log.filter((line) => line.unit === name);
  }

  /** Init has waited for a child. */
  childEnded(status: WaitStatus): void {
    const run = [...this.runs.values()].find((candidate) => candidate.pid === status.pid);
    if (!run || status.kind === "stopped" || status.kind === "continued") return;
    run.pid = 0;
    if (run.stage === "pre") this.startPreEnded(run, status);
    else this.mainEnded(run, status);
  }

  private startPreEnded(run: Run, status: Ended): void {
    const code = status.kind === "exited" ? status.code : 128;
    run.startPre = { pid: status.pid, code };
    if (run.state === "deactivating") this.stopped(run);
    else if (code === 0) this.launch(run, "main", run.unit.argv);
    else {
      this.tell(run, `${run.unit.name}.service: Control process exited, ${describeEnd(status)}`);
      this.fail(run, status.kind === "exited" ? "exit-code" : "signal");
      this.tell(run, `Failed to start ${titleOf(run.unit)}.`);
    }
  }

  private mainEnded(run: Run, status: Ended): void {
    const { name, restart } = run.unit;
    run.lastedSeconds = this.kernel.realtimeSeconds - run.startedSeconds;
    run.result =
      status.kind === "exited" ? { code: status.code } : { signal: status.signal.slice(3) };
    const isClean =
      status.kind === "exited"
        ? status.code === 0
        : ["SIGTERM", "SIGINT", "SIGHUP", "SIGPIPE"].includes(status.signal);
    if (!isClean) this.tell(run, `${name}.service: Main process exited, ${describeEnd(status)}`);
    if (run.state === "deactivating") {
      if (isClean) this.tell(run, `${name}.service: Deactivated successfully.`);
      this.stopped(run);
      return;
    }
    if (restart !== "always" && (restart !== "on-failure" || isClean)) {
      if (!isClean) this.fail(run, status.kind === "exited" ? "exit-code" : "signal");
      else {
        this.tell(run, `${name}.service: Deactivated successfully.`);
        this.changeState(run, "inactive");
      }
      return;
    }
    if (!isClean) {
      const why = status.kind === "exited" ? "exit-code" : "signal";
      this.tell(run, `${name}.service: Failed with result '${why}'.`);
    }
    this.changeState(run, "activating");
    this.kernel.sim.schedule(RESTART_DELAY_NS, () => {
      if (run.state !== "activating" || run.pid !== 0) return;
      run.restarts += 1;
      this.tell(
        run,
        `${name}.service: Scheduled restart job, restart counter is at ${run.restarts}.`,
      );
      this.tell(run, `Stopped ${titleOf(run.unit)}.`);
      this.startRun(run);
    });
  }

  private stopped(run: Run): void {
    this.changeState(run, "inactive");
    this.tell(run, `Stopped ${titleOf(run.unit)}.`);
  }

  private fail(run: Run, failure: NonNullable<ServiceStatus["failure"]>): void {
    run.failure = failure;
    this.changeState(run, "failed");
    this.tell(run, `${run.unit.name}.service: Failed with result '${failure}'.`);
  }

  private startRun(run: Run): void {
    const { sim } = this.kernel;
    const { unit } = run;
    run.starts = run.starts.filter((at) => sim.nowNs - at < START_LIMIT_INTERVAL_NS);
    if (run.starts.length >= START_LIMIT_BURST) {
      this.tell(run, `${unit.name}.service: Start request repeated too quickly.`);
      this.fail(run, "start-limit-hit");
      this.tell(run, `Failed to start ${titleOf(unit)}.`);
      return;
    }
    run.starts.push(sim.nowNs);
    run.failure = undefined;
    run.startPre = undefined;
    if (unit.startPre) {
      this.tell(run, `Starting ${titleOf(unit)}...`);
      this.launch(run, "pre", unit.startPre);
    } else this.launch(run, "main", unit.argv);
  }

  private launch(run: Run, stage: Stage, argv: ServiceUnit["argv"]): void {
    run.stage = stage;
    try {
      run.pid = this.spawn(run.unit, argv);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      run.result = { code: EXIT_EXEC };
      const end = "code=exited, status=203/EXEC";
      this.tell(run, `${run.unit.name}.service: Main process exited, ${end}`);
      this.fail(run, "exit-code");
      return;
    }
    if (stage === "pre") {
      this.changeState(run, "activating");
      return;
    }
    run.lastPid = run.pid;
    run.startedSeconds = this.kernel.realtimeSeconds;
    run.result = undefined;
    this.changeState(run, "active");
    this.tell(run, `Started ${titleOf(run.unit)}.`);
  }

  private spawn(unit: ServiceUnit, argv: ServiceUnit["argv"]): number {
    const output: OpenFile = new BufferFile((data) => this.logOutput(unit, data));
    const source = this.sys.open("/dev/null", { read: true });
    const target = this.kernel.processes.get(this.sys.pid).descriptors.install(output);
    try {
      return this.sys.spawn({
        run: { path: argv[0], argv },
        env: new Map(Object.entries({ ...SERVICE_ENV, ...unit.env })),
        descriptors: new Map([
          [0, source],
          [1, target],
          [2, target],
        ]),
        newSession: true,
      });
    } finally {
      this.sys.close(source);
      this.sys.close(target);
    }
  }

  private signalRun(run: Run, signal: "SIGTERM" | "SIGKILL"): void {
    const process = this.kernel.processes.find(run.pid);
    if (!process) return;
    this.kernel.signals.send(process, signal);
    this.kernel.signals.send(process, "SIGCONT");
  }

  private logOutput(unit: ServiceUnit, data: Uint8Array): void {
    const pid = this.runs.get(unit.name)?.pid ?? 0;
    for (const text of decodeUtf8(data).split("\n")) {
      if (text !== "") this.record({ source: programName(unit), pid, unit: unit.name, text });
    }
  }

  /** A line of the manager's own about a unit. */
  private tell(run: Run, text: string): void {
    this.record({ source: "systemd", pid: 1, unit: run.unit.name, text });
  }

  private record(line: Omit<LogLine, "atSeconds">): void {
    this.log.push({ ...line, atSeconds: this.kernel.realtimeSeconds });
    if (this.log.length > MAX_LOG_LINES) this.log.splice(0, this.log.length - MAX_LOG_LINES);
  }

  private changeState(run: Run, state: ServiceState): void {
    run.state = state;
    run.sinceSeconds = this.kernel.realtimeSeconds;
  }

  private get(name: string): Run {
    const run = this.runs.get(name);
    if (!run) throw new KernelError("ENOENT");
    return run;
  }
}

/** As systemd's messages name a unit. */
function titleOf({ name, description }: ServiceUnit): string {
  return `${name}.service - ${description}`;
}

type Ended = Extract<WaitStatus, { kind: "exited" | "signaled" }>;

function describeEnd(status: Ended): string {
  if (status.kind === "exited") {
    return `code=exited, status=${status.code}/${exitStatusName(status.code)}`;
  }
  return `code=killed, status=${SIGNALS[status.signal]}/${status.signal.slice(3)}`;
}

/** systemd.exec(5), PROCESS EXIT CODES: what the manager calls an exit status. */
export function exitStatusName(code: number): string {
  const names: Record<number, string> = { 0: "SUCCESS", 1: "FAILURE", 2: "INVALIDARGUMENT" };
  return code === EXIT_EXEC ? "EXEC" : (names[code] ?? "n/a");
}

function programName(unit: ServiceUnit): string {
  return unit.argv[0].slice(unit.argv[0].lastIndexOf("/") + 1);
}

function statusOf(run: Run): ServiceStatus {
  return {
    unit: run.unit,
    enabled: run.enabled,
    state: run.state,
    mainPid: run.stage === "main" ? run.pid : 0,
    lastPid: run.lastPid,
    sinceSeconds: run.sinceSeconds,
    ...(run.lastedSeconds === undefined ? {} : { lastedSeconds: run.lastedSeconds }),
    ...(run.failure ? { failure: run.failure } : {}),
    ...(run.startPre ? { startPre: run.startPre } : {}),
    ...(run.result ? { result: run.result } : {}),
  };
}
