/** Health checks: a command that is run in the container again and again. */
import type { SimEvent } from "../../sim/event-queue.ts";
import { SECOND, type Ns } from "../../sim/clock.ts";
import { decodeUtf8 } from "../../sim/utf8.ts";
import { ContainerStartError } from "../../machine/container-runtime.ts";
import { BufferFile } from "../../machine/buffer-file.ts";
import type { Health, Healthcheck, HealthStatus } from "../api/container.ts";
import type { DaemonContext } from "../daemon/context.ts";
import type { Container } from "./container.ts";
import { processEnvironment } from "./environment.ts";
import { exitCodeOf } from "./exit-code.ts";

const DEFAULT_INTERVAL_NS = 30 * SECOND;
const DEFAULT_TIMEOUT_NS = 30 * SECOND;
const DEFAULT_START_INTERVAL_NS = 5 * SECOND;
const DEFAULT_RETRIES = 3;

/** daemon/health.go */
const MAX_LOG_ENTRIES = 5;
const MAX_OUTPUT_BYTES = 4096;

/** The command, or undefined when there is none. */
function commandOf(
  check: Healthcheck | undefined,
  shell: readonly string[],
): readonly string[] | undefined {
  const [kind, ...words] = check?.Test ?? [];
  if (kind === "CMD") return words;
  return kind === "CMD-SHELL" ? [...shell, words[0] ?? ""] : undefined;
}

/** Watches one run of a container. */
export class HealthMonitor {
  private timer: SimEvent | undefined;
  private stopped = false;
  private readonly startedNs: Ns;
  private readonly check: Healthcheck;
  private readonly command: readonly string[] | undefined;

  constructor(
    private readonly container: Container,
    private readonly context: DaemonContext,
  ) {
    const { config } = container;
    this.startedNs = context.clock.nowNs;
    this.check = config.Healthcheck ?? {};
    this.command = commandOf(config.Healthcheck, config.Shell ?? ["/bin/sh", "-c"]);
    if (!this.command) return;
    this.set({ Status: "starting", FailingStreak: 0, Log: [] });
    this.schedule();
  }

  stop(): void {
    this.stopped = true;
    this.context.kernel.sim.cancel(this.timer);
    const { health } = this.container.state;
    if (health && health.Status === "starting") this.set({ ...health, Status: "unhealthy" });
  }

  private get isStarting(): boolean {
    return this.context.clock.nowNs - this.startedNs < (this.check.StartPeriod ?? 0);
  }

  private schedule(): void {
    const { Interval: interval, StartInterval: start } = this.check;
    const usual = interval || DEFAULT_INTERVAL_NS;
    const isEager = this.isStarting && this.context.release === "28";
    const delay = isEager ? start || DEFAULT_START_INTERVAL_NS : usual;
    this.timer = this.context.kernel.sim.schedule(delay, () => this.probe());
  }

  private probe(): void {
    const { container, context, command } = this;
    const { runtime } = container;
    if (this.stopped || !runtime || !command || context.kernel.isOff) return;
    const { sim } = context.kernel;
    const beganNs = context.clock.nowNs;
    let output = "";
    let isOver = false;
    const sink = new BufferFile((data) => {
      if (output.length < MAX_OUTPUT_BYTES) output += decodeUtf8(data);
    });
    const over = (exitCode: number): void => {
      if (isOver || this.stopped) return;
      isOver = true;
      sim.cancel(limit);
      this.result(beganNs, exitCode, output.slice(0, MAX_OUTPUT_BYTES));
      this.schedule();
    };
    const timeout = this.check.Timeout || DEFAULT_TIMEOUT_NS;
    let pid = 0;
    const limit = sim.schedule(timeout, () => {
      output += `Health check exceeded timeout (${timeout / SECOND}s)`;
      const process = context.kernel.processes.find(pid);
      over(-1);
      if (process) context.kernel.signals.send(process, "SIGKILL");
    });
    try {
      const started = runtime.exec({
        argv: command,
        env: processEnvironment(container, false),
        cwd: container.config.WorkingDir || "/",
        user: container.config.User,
        streams: { stdout: sink, stderr: sink },
        onEnd: (status) => over(exitCodeOf(status)),
      });
      pid = started.pid;
    } catch (error) {
      if (!(error instanceof ContainerStartError)) throw error;
      output = `OCI runtime exec failed: exec failed: unable to start container process: ${error.message}: unknown`;
      over(-1);
    }
  }

  private result(beganNs: Ns, exitCode: number, output: string): void {
    const { clock } = this.context;
    const { health } = this.container.state;
    if (!health) return;
    const entry = {
      Start: clock.rfc3339Nano(beganNs),
      End: clock.rfc3339Nano(clock.nowNs),
      ExitCode: exitCode,
      Output: output,
    };
    const log = [...health.Log, entry].slice(-MAX_LOG_ENTRIES);
    if (exitCode === 0) {
      this.set({ Status: "healthy", FailingStreak: 0, Log: log });
      return;
    }
    // What fails while the container is still starting does not count.
    const isForgiven = this.isStarting && health.Status === "starting";
    const streak = isForgiven ? health.FailingStreak : health.FailingStreak + 1;
    const isUnhealthy = streak >= (this.check.Retries || DEFAULT_RETRIES);
    this.set({
      Status: isUnhealthy ? "unhealthy" : health.Status,
      FailingStreak: streak,
      Log: log,
    });
  }

  private set(health: Health): void {
    const { container, context } = this;
    const before: HealthStatus | undefined = container.state.health?.Status;
    container.state.health = health;
    container.changed.wakeAll();
    if (before === undefined || before === health.Status) return;
    context.events.emit("container", `health_status: ${health.Status}`, container.id, {
      image: container.identity.imageName,
      name: container.name,
    });
  }
}
