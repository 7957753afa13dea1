import { SECOND } from "../sim/clock.ts";
import { decodeUtf8 } from "../sim/utf8.ts";
import { KernelError } from "../kernel/errno.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { OpenFile } from "../kernel/fs/open-file.ts";
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

const SERVICE_ENV: Readonly<Record<string, string>> = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  LANG: "C.UTF-8",
};

interface Run {
  unit: ServiceUnit;
  enabled: boolean;
  state: ServiceState;
  pid: number;
  sinceSeconds: number;
  stopping: boolean;
  result: ServiceStatus["result"];
  starts: number[];
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
      sinceSeconds: this.kernel.realtimeSeconds,
      stopping: false,
      result: undefined,
      starts: [],
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

  /** ENOENT: there is no such unit. */
  start(name: string): void {
    const run = this.get(name);
    if (run.state === "active") return;
    run.starts = [];
    this.startRun(run);
  }

  stop(name: string): void {
    const run = this.get(name);
    if (run.pid === 0) {
      if (run.state !== "failed") this.changeState(run, "inactive");
      return;
    }
    run.stopping = true;
    this.signalRun(run, "SIGTERM");
    const { pid } = run;
    this.kernel.sim.schedule(STOP_TIMEOUT_NS, () => {
      if (run.pid === pid) this.signalRun(run, "SIGKILL");
    });
  }

  setEnabled(name: string, enabled: boolean): void {
    this.get(name).enabled = enabled;
  }

  /** Of one unit, or of all; the oldest first. */
  logs(name?: string): readonly LogLine[] {
    const program = name === undefined ? undefined : programName(this.get(name).unit);
    return this.log.filter((line) => program === undefined || line.source === program);
  }

  /** Init has waited for a child. */
  childEnded(status: WaitStatus): void {
    const run = [...this.runs.values()].find((candidate) => candidate.pid === status.pid);
    if (!run || status.kind === "stopped" || status.kind === "continued") return;
    run.pid = 0;
    run.result =
      status.kind === "exited" ? { code: status.code } : { signal: status.signal.slice(3) };
    const isClean =
      status.kind === "exited"
        ? status.code === 0
        : ["SIGTERM", "SIGINT", "SIGHUP", "SIGPIPE"].includes(status.signal);
    const wantsRestart =
      run.unit.restart === "always" || (run.unit.restart === "on-failure" && !isClean);
    if (run.stopping || !wantsRestart) {
      this.changeState(run, isClean || run.stopping ? "inactive" : "failed");
      run.stopping = false;
      return;
    }
    this.changeState(run, "activating");
    this.kernel.sim.schedule(RESTART_DELAY_NS, () => {
      if (run.state === "activating") this.startRun(run);
    });
  }

  private startRun(run: Run): void {
    const { sim } = this.kernel;
    run.starts = run.starts.filter((at) => sim.nowNs - at < START_LIMIT_INTERVAL_NS);
    if (run.starts.length >= START_LIMIT_BURST) {
      this.changeState(run, "failed");
      return;
    }
    run.starts.push(sim.nowNs);
    try {
      run.pid = this.spawn(run.unit);
      this.changeState(run, "active");
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      run.result = { code: 203 };
      this.changeState(run, "failed");
    }
  }

  private spawn(unit: ServiceUnit): number {
    const output: OpenFile = new BufferFile((data) => this.logOutput(unit, data));
    const source = this.sys.open("/dev/null", { read: true });
    const target = this.kernel.processes.get(this.sys.pid).descriptors.install(output);
    try {
      return this.sys.spawn({
        run: { path: unit.argv[0], argv: unit.argv },
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
    const run = this.runs.get(unit.name);
    for (const text of decodeUtf8(data).split("\n")) {
      if (text === "") continue;
      this.log.push({
        atSeconds: this.kernel.realtimeSeconds,
        source: programName(unit),
        pid: run?.pid ?? 0,
        text,
      });
    }
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

function programName(unit: ServiceUnit): string {
  return unit.argv[0].slice(unit.argv[0].lastIndexOf("/") + 1);
}

function statusOf(run: Run): ServiceStatus {
  return {
    unit: run.unit,
    enabled: run.enabled,
    state: run.state,
    mainPid: run.pid,
    sinceSeconds: run.sinceSeconds,
    ...(run.result ? { result: run.result } : {}),
  };
}
