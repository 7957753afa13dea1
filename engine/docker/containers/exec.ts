/** `docker exec`: a further process in a container. */
import { encodeUtf8 } from "../../sim/utf8.ts";
import { ContainerStartError, type ContainerProcess } from "../../machine/container-runtime.ts";
import type { WaitStatus } from "../../kernel/process/sys.ts";
import { ApiError } from "../api/errors.ts";
import type { ExecConfig, ExecInspect } from "../api/exec.ts";
import type { HijackedStream } from "../api/streams.ts";
import type { DaemonContext } from "../daemon/context.ts";
import { newId } from "../daemon/identifiers.ts";
import type { Container } from "./container.ts";
import { exitCodeOf } from "./exit-code.ts";
import { processEnvironment } from "./environment.ts";
import { ociError } from "./oci-error.ts";
import { ProcessStreams } from "./process-streams.ts";

/** What 20.10 leaves as the exit code of any command that could not be run. */
const CANNOT_EXECUTE = 126;

const DEFAULT_SIZE = { rows: 24, columns: 80 };

export interface Exec {
  readonly id: string;
  readonly container: Container;
  readonly config: ExecConfig;
  running: boolean;
  exitCode: number | null;
  pid: number;
  process: ContainerProcess | undefined;
}

export class Execs {
  private readonly byId = new Map<string, Exec>();

  constructor(private readonly context: DaemonContext) {}

  create(container: Container, reference: string, config: ExecConfig): Exec {
    this.requireRunning(container, reference);
    if (config.Cmd.length === 0) throw new ApiError(400, "No exec command specified");
    const exec: Exec = {
      id: newId(this.context.random),
      container,
      config,
      running: false,
      exitCode: null,
      pid: 0,
      process: undefined,
    };
    this.byId.set(exec.id, exec);
    container.execs.set(exec.id, exec);
    const { name, id } = container;
    const command = config.Cmd.join(" ");
    this.context.events.emit("container", `exec_create: ${command}`, id, { execID: exec.id, name });
    return exec;
  }

  private requireRunning(container: Container, reference: string): void {
    const { state, id } = container;
    const word = this.context.release === "28" ? "container" : "Container";
    if (!state.running) throw new ApiError(409, `${word} ${id} is not running`);
    if (state.paused) {
      throw new ApiError(
        409,
        `Container ${reference} is paused, unpause the container before exec`,
      );
    }
    if (state.restarting) {
      throw new ApiError(409, `Container ${id} is restarting, wait until the container is running`);
    }
  }

  get(id: string): Exec {
    const exec = this.byId.get(id);
    if (!exec) throw new ApiError(404, `No such exec instance: ${id}`);
    return exec;
  }

  /** A program that cannot be run leaves a message on its output; ApiError 400 when detached. */
  start(
    exec: Exec,
    options: {
      readonly detach: boolean;
      readonly size: readonly [rows: number, columns: number] | undefined;
    },
  ): HijackedStream | undefined {
    const { container, config } = exec;
    const { kernel, events } = this.context;
    if (exec.running) throw new ApiError(409, `Error: Exec command ${exec.id} is already running`);
    const { runtime } = container;
    if (!runtime) throw new ApiError(409, `Container ${container.id} is not running`);
    const isTerminal = config.Tty === true;
    const streams = new ProcessStreams(
      {
        hasStdin: config.AttachStdin === true,
        stdinOnce: true,
        isTerminal,
        pipeInode: kernel.nextAnonymousInode(),
      },
      undefined,
    );
    const client = options.detach
      ? undefined
      : streams.attach({
          stdin: config.AttachStdin === true,
          stdout: config.AttachStdout === true,
          stderr: config.AttachStderr === true,
        });
    const size = options.size ?? config.ConsoleSize;
    try {
      exec.process = runtime.exec({
        argv: config.Cmd,
        env: [...processEnvironment(container, isTerminal), ...(config.Env ?? [])],
        cwd: config.WorkingDir || container.config.WorkingDir || "/",
        user: config.User || container.config.User,
        streams: isTerminal
          ? {
              terminal: size ? { rows: size[0], columns: size[1] } : DEFAULT_SIZE,
            }
          : {
              ...(streams.stdin ? { stdin: streams.stdin } : {}),
              stdout: streams.stdout,
              stderr: streams.stderr,
            },
        onEnd: (status) => this.ended(exec, streams, status),
      });
    } catch (error) {
      if (!(error instanceof ContainerStartError)) throw error;
      const { release } = this.context;
      exec.exitCode = release === "28" ? error.exitStatus : CANNOT_EXECUTE;
      const message = ociError(error, release, "exec");
      if (client === undefined) throw new ApiError(400, message);
      // The connection is the process's already: the client reads why there was none on its output.
      streams.stdout.write(encodeUtf8(`${message}\r\n`));
      streams.end();
      return client;
    }
    exec.running = true;
    exec.pid = exec.process.pid;
    if (exec.process.terminal) streams.useTerminal(exec.process.terminal);
    const { name, id } = container;
    events.emit("container", `exec_start: ${config.Cmd.join(" ")}`, id, { execID: exec.id, name });
    return client;
  }

  private ended(exec: Exec, streams: ProcessStreams, status: WaitStatus): void {
    exec.running = false;
    exec.exitCode = exitCodeOf(status);
    streams.end();
    const { id, name } = exec.container;
    this.context.events.emit("container", "exec_die", id, {
      execID: exec.id,
      exitCode: String(exec.exitCode),
      name,
    });
    // The client asks how it ended; nobody does for a detached one. The engine forgets after a while.
    this.context.kernel.sim.schedule(FORGET_NS, () => {
      this.byId.delete(exec.id);
      exec.container.execs.delete(exec.id);
    });
  }

  inspect(exec: Exec): ExecInspect {
    const { config, container } = exec;
    const [entrypoint = "", ...args] = config.Cmd;
    return {
      ID: exec.id,
      Running: exec.running,
      ExitCode: exec.exitCode,
      ProcessConfig: {
        tty: config.Tty === true,
        entrypoint,
        arguments: args,
        privileged: config.Privileged === true,
        ...(config.User ? { user: config.User } : {}),
      },
      OpenStdin: config.AttachStdin === true,
      OpenStderr: config.AttachStderr === true,
      OpenStdout: config.AttachStdout === true,
      CanRemove: false,
      ContainerID: container.id,
      DetachKeys: "",
      Pid: exec.pid,
    };
  }
}

/** daemon/exec.go execCommandGC runs every five minutes. */
const FORGET_NS = 300e9;
