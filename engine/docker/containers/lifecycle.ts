/** Starting, stopping and ending containers, and starting them again. */
import { SECOND, type Ns } from "../../sim/clock.ts";
import type { WaitStatus } from "../../kernel/process/sys.ts";
import { SIGNALS, type SignalName } from "../../kernel/process/signal.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { ContainerStartError, RuntimeContainer } from "../../machine/container-runtime.ts";
import { ApiError } from "../api/errors.ts";
import type { DaemonContext } from "../daemon/context.ts";
import { delay, Task } from "../daemon/tasks.ts";
import { rootMountOptions } from "../store/graph-driver.ts";
import type { Volumes } from "../store/volumes.ts";
import { removeTree } from "../store/volumes.ts";
import type { Container } from "./container.ts";
import type { Containers } from "./containers.ts";
import { processEnvironment } from "./environment.ts";
import { exitCodeOf, parseSignal } from "./exit-code.ts";
import { checkIpcMode } from "./host-config-checks.ts";
import { HealthMonitor } from "./health.ts";
import { filesDirectory } from "./inspect.ts";
import { containerMountsOf, fillVolumes } from "./mounts.ts";
import type { ContainerNetworking } from "./networking.ts";
import { ociError } from "./oci-error.ts";
import { ProcessStreams } from "./process-streams.ts";

/** What making namespaces, mounts and rules takes on a real machine, more or less. */
const START_COST_NS = SECOND / 10;

const DEFAULT_STOP_SECONDS = 10;
/** How long the end is waited for after SIGKILL. daemon/stop.go */
const KILL_WAIT_NS = 2 * SECOND;

/** restartmanager: from 100 ms, doubled each time, up to a minute. */
const FIRST_BACKOFF_NS = SECOND / 10;
const MAX_BACKOFF_NS = 60 * SECOND;
/** A run that lasts so long makes up for the failures before. */
const GOOD_RUN_NS = 10 * SECOND;

interface Run {
  readonly health: HealthMonitor;
  backoffNs: Ns;
}

export interface LifecycleParts {
  readonly context: DaemonContext;
  readonly containers: Containers;
  readonly networking: ContainerNetworking;
  readonly volumes: Volumes;
}

export class Lifecycle {
  private readonly runs = new WeakMap<Container, Run>();
  /** Containers with a start, stop or removal under way. */
  private readonly busy = new Set<Container>();
  private closing = false;

  constructor(private readonly parts: LifecycleParts) {}

  /** Does it to the end, whoever asked. */
  private *detached<T>(body: Blocking<T>): Blocking<T> {
    const { kernel } = this.parts.context;
    return yield* new Task(kernel.sim, body, () => kernel.isOff).result();
  }

  private *locked<T>(container: Container, body: () => Blocking<T>): Blocking<T> {
    while (this.busy.has(container)) yield { queues: [container.changed] };
    this.busy.add(container);
    try {
      return yield* body();
    } finally {
      this.busy.delete(container);
      container.changed.wakeAll();
    }
  }

  // ---------------------------------------------------------------- start

  /** ApiError 304: it runs. */
  *start(container: Container): Blocking<void> {
    yield* this.detached(this.locked(container, () => this.startLocked(container)));
  }

  private *startLocked(container: Container): Blocking<void> {
    const { state } = container;
    if (state.paused) {
      throw new ApiError(409, "cannot start a paused container, try unpause instead");
    }
    if (state.running && !state.restarting) throw new ApiError(304, "");
    if (state.removing || state.dead) {
      throw new ApiError(409, "container is marked for removal and cannot be started");
    }
    container.manuallyStopped = false;
    container.restartCount = 0;
    yield* this.launch(container);
  }

  private *launch(container: Container): Blocking<void> {
    const { context, networking, containers } = this.parts;
    const { state } = container;
    try {
      checkIpcMode(container.hostConfig.IpcMode, context.release);
      networking.allocate(container);
    } catch (error) {
      this.failed(container, error, 128);
      throw error;
    }
    yield* delay(START_COST_NS);
    if (container.isRemoved || container.sandbox === undefined) return;
    try {
      this.run(container);
    } catch (error) {
      networking.release(container);
      const code = error instanceof ContainerStartError ? error.exitStatus : 128;
      const told =
        error instanceof ContainerStartError
          ? new ApiError(400, ociError(error, context.release, "create"))
          : error;
      this.failed(container, told, code);
      throw told;
    }
    state.running = true;
    state.restarting = false;
    state.error = "";
    state.exitCode = 0;
    state.startedNs = context.clock.nowNs;
    state.health = undefined;
    const backoffNs = this.runs.get(container)?.backoffNs ?? 0;
    this.runs.set(container, { health: new HealthMonitor(container, context), backoffNs });
    context.events.emit(
      "container",
      "start",
      container.id,
      containers.attributes(container),
      container.identity.imageName,
    );
    container.changed.wakeAll();
  }

  private failed(container: Container, error: unknown, exitCode: number): void {
    const { state } = container;
    if (error instanceof ApiError) state.error = error.message;
    if (state.exitCode === 0) state.exitCode = exitCode;
    state.running = false;
    state.restarting = false;
    container.changed.wakeAll();
    if (container.hostConfig.AutoRemove) this.forget(container, true);
  }

  private run(container: Container): void {
    const { context, networking } = this.parts;
    const { kernel } = context;
    const { config, hostConfig, sandbox } = container;
    if (!sandbox) return;
    fillVolumes(container, context);
    const streams = this.streamsOf(container);
    const { image, path, args } = container.identity;
    kernel.programs.add(image.programs);
    const owner = container.networkOwner;
    const shared = owner === undefined ? undefined : this.parts.containers.find(owner)?.runtime;
    const pidOwner = hostConfig.PidMode.startsWith("container:")
      ? this.parts.containers.find(hostConfig.PidMode.slice("container:".length))?.runtime
      : undefined;
    const first = kernel.initialNamespaces;
    const pid = hostConfig.PidMode === "host" ? first.pid : pidOwner?.namespaces.pid;
    const uts =
      hostConfig.UTSMode === "host" || hostConfig.NetworkMode === "host"
        ? first.uts
        : shared?.namespaces.uts;
    const isTerminal = config.Tty;
    const size = hostConfig.ConsoleSize ?? [0, 0];
    const runtime = new RuntimeContainer(kernel, {
      root: container.root,
      rootOptions: rootMountOptions(container),
      mounts: [...networking.fileMounts(container), ...containerMountsOf(container, context)],
      hostname: config.Hostname,
      ...(config.Domainname === "" ? {} : { domainName: config.Domainname }),
      namespaces: {
        net: sandbox.namespace,
        ...(pid ? { pid } : {}),
        ...(uts ? { uts } : {}),
        ...(hostConfig.IpcMode === "host" ? { ipc: first.ipc } : {}),
      },
      cgroup: `/system.slice/docker-${container.id}.scope`,
      ...(hostConfig.Privileged ? { privileged: true } : {}),
      supervisor: [
        "/usr/bin/containerd-shim-runc-v2",
        ...["-namespace", "moby"],
        ...["-id", container.id],
        ...["-address", "/run/containerd/containerd.sock"],
      ],
      process: {
        argv: [path, ...args],
        env: processEnvironment(container, isTerminal),
        cwd: config.WorkingDir || "/",
        user: config.User,
        streams: isTerminal
          ? {
              terminal:
                size[0] > 0 ? { rows: size[0], columns: size[1] } : { rows: 24, columns: 80 },
            }
          : {
              ...(streams.stdin ? { stdin: streams.stdin } : {}),
              stdout: streams.stdout,
              stderr: streams.stderr,
            },
        onEnd: (status) => this.processEnded(container, runtime, status),
      },
    });
    container.runtime = runtime;
    try {
      const started = runtime.start();
      container.state.pid = started.pid;
      if (started.terminal) streams.useTerminal(started.terminal);
    } catch (error) {
      container.runtime = undefined;
      container.streams?.end();
      container.streams = undefined;
      runtime.delete();
      throw error;
    }
  }

  /** Clients attach before the start: the streams may be there already. */
  streamsOf(container: Container): ProcessStreams {
    const { config } = container;
    container.streams ??= new ProcessStreams(
      {
        hasStdin: config.OpenStdin,
        stdinOnce: config.StdinOnce,
        isTerminal: config.Tty,
        pipeInode: this.parts.context.kernel.nextAnonymousInode(),
      },
      container.log,
    );
    return container.streams;
  }

  // ---------------------------------------------------------------- end

  private processEnded(container: Container, runtime: RuntimeContainer, status: WaitStatus): void {
    const { kernel } = this.parts.context;
    // Within the event of its end nothing else may be ended.
    kernel.sim.schedule(0, () => {
      if (!kernel.isOff && container.runtime === runtime)
        this.exited(container, exitCodeOf(status));
    });
  }

  private exited(container: Container, exitCode: number): void {
    const { context, networking, containers } = this.parts;
    const { clock, events } = context;
    const { state } = container;
    const ranNs = clock.nowNs - (state.startedNs ?? 0);
    this.runs.get(container)?.health.stop();
    container.runtime?.delete();
    container.runtime = undefined;
    container.streams?.end();
    container.streams = undefined;
    networking.release(container);
    Object.assign(state, { pid: 0, exitCode, paused: false, finishedNs: clock.nowNs });
    const seconds = Math.floor(ranNs / SECOND);
    events.emit(
      "container",
      "die",
      container.id,
      {
        ...(context.release === "28" ? { execDuration: String(seconds) } : {}),
        exitCode: String(exitCode),
        ...containers.attributes(container),
      },
      container.identity.imageName,
    );
    container.exits += 1;
    if (this.restarts(container, exitCode)) this.restartLater(container, ranNs);
    else {
      state.running = false;
      state.restarting = false;
      if (container.hostConfig.AutoRemove) this.forget(container, true);
    }
    container.log.changed.wakeAll();
    container.changed.wakeAll();
  }

  private restarts(container: Container, exitCode: number): boolean {
    if (container.manuallyStopped || this.closing || container.state.removing) return false;
    const { Name: name, MaximumRetryCount: most } = container.hostConfig.RestartPolicy;
    if (name === "always" || name === "unless-stopped") return true;
    if (name !== "on-failure" || exitCode === 0) return false;
    return most === 0 || container.restartCount < most;
  }

  private restartLater(container: Container, ranNs: Ns): void {
    const { kernel } = this.parts.context;
    const run = this.runs.get(container);
    const before = ranNs >= GOOD_RUN_NS ? 0 : (run?.backoffNs ?? 0);
    const backoffNs = before === 0 ? FIRST_BACKOFF_NS : Math.min(before * 2, MAX_BACKOFF_NS);
    if (run) run.backoffNs = backoffNs;
    container.state.restarting = true;
    kernel.sim.schedule(backoffNs, () => {
      if (kernel.isOff || this.closing || !container.state.restarting) return;
      new Task(kernel.sim, this.startAgain(container), () => kernel.isOff);
    });
  }

  private *startAgain(container: Container): Blocking<void> {
    try {
      yield* this.locked(container, () => this.launchAgain(container));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  private *launchAgain(container: Container): Blocking<void> {
    if (!container.state.restarting) return;
    container.restartCount += 1;
    yield* this.launch(container);
  }

  // ---------------------------------------------------------------- stop

  /** ApiError 304: it does not run. */
  *stop(container: Container, timeoutSeconds?: number, signal?: string): Blocking<void> {
    const { context, containers } = this.parts;
    if (!container.state.running) throw new ApiError(304, "");
    yield* this.detached(this.stopNow(container, timeoutSeconds, signal));
    context.events.emit(
      "container",
      "stop",
      container.id,
      containers.attributes(container),
      container.identity.imageName,
    );
  }

  private *stopNow(container: Container, timeoutSeconds?: number, signal?: string): Blocking<void> {
    const { release, clock } = this.parts.context;
    const { state, config } = container;
    container.manuallyStopped = true;
    if (state.restarting) {
      state.restarting = false;
      state.running = false;
      container.changed.wakeAll();
      return;
    }
    const exits = container.exits;
    const name = parseSignal(signal || config.StopSignal || "SIGTERM");
    this.send(container, name);
    if (state.paused && release === "28") this.unfreeze(container);
    const seconds = timeoutSeconds ?? config.StopTimeout ?? DEFAULT_STOP_SECONDS;
    const deadline = seconds < 0 ? undefined : clock.nowNs + seconds * SECOND;
    if (yield* this.ends(container, exits, deadline)) return;
    this.send(container, "SIGKILL");
    if (state.paused) this.unfreeze(container);
    yield* this.ends(container, exits, clock.nowNs + KILL_WAIT_NS);
  }

  /** Waits for the end of this run; false: the time was up first. */
  private *ends(container: Container, exits: number, deadline: Ns | undefined): Blocking<boolean> {
    const { clock } = this.parts.context;
    for (;;) {
      if (container.exits > exits || !container.state.running) return true;
      const left = deadline === undefined ? undefined : deadline - clock.nowNs;
      if (left !== undefined && left <= 0) return false;
      yield { queues: [container.changed], ...(left === undefined ? {} : { timeoutNs: left }) };
    }
  }

  private send(container: Container, signal: SignalName): void {
    const { context, containers } = this.parts;
    container.runtime?.kill(signal);
    context.events.emit(
      "container",
      "kill",
      container.id,
      {
        ...containers.attributes(container),
        signal: String(SIGNALS[signal]),
      },
      container.identity.imageName,
    );
  }

  /** ApiError 409, 400. */
  kill(container: Container, signal: string): void {
    const { release } = this.parts.context;
    const name = parseSignal(signal === "" ? "SIGKILL" : signal);
    if (!container.state.running || container.state.restarting) {
      const what = release === "28" ? "container" : "Container";
      throw new ApiError(409, `${what} ${container.id} is not running`);
    }
    if (name === "SIGKILL" || name === this.stopSignal(container)) container.manuallyStopped = true;
    this.send(container, name);
    if (name === "SIGKILL" && container.state.paused) this.unfreeze(container);
  }

  private stopSignal({ config }: Container): SignalName {
    return parseSignal(config.StopSignal || "SIGTERM");
  }

  /** SIGKILL is over when the container is: the engine waits for that. */
  *killAndWait(container: Container, signal: string): Blocking<void> {
    const { clock } = this.parts.context;
    const exits = container.exits;
    this.kill(container, signal);
    if (parseSignal(signal === "" ? "SIGKILL" : signal) !== "SIGKILL") return;
    yield* this.ends(container, exits, clock.nowNs + 10 * SECOND);
  }

  *restart(container: Container, timeoutSeconds?: number, signal?: string): Blocking<void> {
    const { context, containers } = this.parts;
    yield* this.detached(this.restartNow(container, timeoutSeconds, signal));
    context.events.emit(
      "container",
      "restart",
      container.id,
      containers.attributes(container),
      container.identity.imageName,
    );
  }

  private *restartNow(
    container: Container,
    timeoutSeconds?: number,
    signal?: string,
  ): Blocking<void> {
    const keeps = container.hostConfig.AutoRemove;
    const { hostConfig } = container;
    if (container.state.running) {
      // It is not to go away in between.
      container.hostConfig = { ...hostConfig, AutoRemove: false };
      yield* this.stopNow(container, timeoutSeconds, signal);
      container.hostConfig = { ...container.hostConfig, AutoRemove: keeps };
    }
    yield* this.locked(container, () => this.startLocked(container));
  }

  // ---------------------------------------------------------------- pause

  pause(container: Container): void {
    const { state, id } = container;
    const { release } = this.parts.context;
    const word = release === "28" ? "container" : "Container";
    if (!state.running) throw new ApiError(409, `${word} ${id} is not running`);
    if (state.paused) throw new ApiError(409, `Container ${id} is already paused`);
    if (state.restarting)
      throw new ApiError(409, `Container ${id} is restarting, wait until the container is running`);
    container.runtime?.pause();
    state.paused = true;
    this.tell(container, "pause");
  }

  unpause(container: Container): void {
    if (!container.state.paused) throw new ApiError(409, `Container ${container.id} is not paused`);
    this.unfreeze(container);
    this.tell(container, "unpause");
  }

  private unfreeze(container: Container): void {
    container.runtime?.resume();
    container.state.paused = false;
    container.changed.wakeAll();
  }

  private tell(container: Container, action: string): void {
    const { context, containers } = this.parts;
    context.events.emit(
      "container",
      action,
      container.id,
      containers.attributes(container),
      container.identity.imageName,
    );
    container.changed.wakeAll();
  }

  // ---------------------------------------------------------------- remove

  /** ApiError 409: it runs. */
  *remove(
    container: Container,
    reference: string,
    options: { readonly force?: boolean; readonly volumes?: boolean },
  ): Blocking<void> {
    const { state } = container;
    if (state.removing) {
      throw new ApiError(409, `removal of container ${reference} is already in progress`);
    }
    if (state.running && !options.force)
      throw new ApiError(409, this.runningError(container, reference));
    state.removing = true;
    if (state.running && !state.restarting) yield* this.detached(this.killNow(container));
    state.running = false;
    state.restarting = false;
    this.forget(container, options.volumes === true);
  }

  private runningError(container: Container, reference: string): string {
    const { state, id } = container;
    if (this.parts.context.release === "28") {
      const advice = state.paused
        ? "container is paused and must be unpaused first"
        : state.restarting
          ? "container is restarting: stop the container before removing or force remove"
          : "container is running: stop the container before removing or force remove";
      return `cannot remove container "${reference}": ${advice}`;
    }
    return state.paused
      ? `You cannot remove a paused container ${id}. Unpause and then stop the container before attempting removal or force remove`
      : `You cannot remove a running container ${id}. Stop the container before attempting removal or force remove`;
  }

  private *killNow(container: Container): Blocking<void> {
    const { clock } = this.parts.context;
    const exits = container.exits;
    this.send(container, "SIGKILL");
    if (container.state.paused) this.unfreeze(container);
    yield* this.ends(container, exits, clock.nowNs + 10 * SECOND);
  }

  /** Takes every trace away. */
  private forget(container: Container, withVolumes: boolean): void {
    const { context, volumes, containers } = this.parts;
    if (container.isRemoved) return;
    container.isRemoved = true;
    context.state.containers.delete(container.id);
    removeTree(context.sys, filesDirectory(container.id));
    container.root.discard();
    if (withVolumes) {
      for (const { Type: type, Name: name } of container.mounts) {
        if (type !== "volume" || name === undefined) continue;
        const isMine = volumes.find(name)?.isAnonymous === true;
        const isShared = containers
          .list()
          .some((other) => other.mounts.some((mount) => mount.Name === name));
        if (isMine && !isShared) volumes.remove(name, true);
      }
    }
    this.tell(container, "destroy");
  }

  // ---------------------------------------------------------------- the daemon's own

  /** What a daemon does with what was running when it, or the machine, went away. */
  restore(): void {
    const { context, containers } = this.parts;
    const { kernel } = context;
    const starting: Container[] = [];
    for (const container of containers.list()) {
      const { state, hostConfig } = container;
      const wasRunning = state.running;
      if (wasRunning) this.lost(container);
      const { Name: policy } = hostConfig.RestartPolicy;
      const wants =
        container.resumes ||
        policy === "always" ||
        (policy === "unless-stopped" && !container.manuallyStopped) ||
        (policy === "on-failure" && wasRunning && state.exitCode !== 0);
      container.resumes = false;
      if (wants && state.startedNs !== undefined) starting.push(container);
      else if (hostConfig.AutoRemove && wasRunning) this.forget(container, true);
    }
    new Task(kernel.sim, this.startAll(starting), () => kernel.isOff);
  }

  /** Those that live in another's namespace need that to be there. */
  private *startAll(starting: readonly Container[]): Blocking<void> {
    const { kernel } = this.parts.context;
    const waves = [
      starting.filter(({ networkOwner }) => networkOwner === undefined),
      starting.filter(({ networkOwner }) => networkOwner !== undefined),
    ];
    for (const wave of waves) {
      const tasks = wave.map(
        (container) => new Task(kernel.sim, this.startQuietly(container), () => kernel.isOff),
      );
      for (const task of tasks) yield* task.result();
    }
  }

  private *startQuietly(container: Container): Blocking<void> {
    try {
      yield* this.locked(container, () => this.startLocked(container));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  /** Its process is gone, or belongs to nobody. */
  private lost(container: Container): void {
    const { clock, kernel } = this.parts.context;
    const { state, runtime } = container;
    if (runtime && kernel.processes.find(state.pid) !== undefined) runtime.delete();
    container.runtime = undefined;
    container.streams?.end();
    container.streams = undefined;
    container.sandbox = undefined;
    for (const wired of container.networks.values()) wired.endpoint = undefined;
    container.publications.splice(0);
    Object.assign(state, {
      running: false,
      paused: false,
      restarting: false,
      pid: 0,
      exitCode: 255,
      finishedNs: clock.nowNs,
    });
    container.exits += 1;
    container.changed.wakeAll();
  }

  /** SIGTERM to all of them, SIGKILL after the time is up. */
  *shutDown(seconds: number): Blocking<void> {
    const { containers, context } = this.parts;
    this.closing = true;
    const stops = containers
      .list()
      .filter(({ state }) => state.running)
      .map((container) => {
        const wasManual = container.manuallyStopped;
        const task = new Task(
          context.kernel.sim,
          this.stopNow(
            container,
            Math.min(seconds, container.config.StopTimeout ?? DEFAULT_STOP_SECONDS),
          ),
          () => context.kernel.isOff,
        );
        return { container, wasManual, task };
      });
    for (const { container, wasManual, task } of stops) {
      yield* task.result();
      container.manuallyStopped = wasManual;
    }
  }
}
