import { formatIpv4 } from "../../net/address.ts";
import { KernelError } from "../../kernel/errno.ts";
import type { PollEntry, SocketAddress, Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { decodeUtf8 } from "../../sim/utf8.ts";
import { exitStatus } from "../support/command.ts";
import {
  parseOpenRequest,
  Wire,
  type Frame,
  type FrameType,
  type OpenRequest,
} from "../openssh-client/wire.ts";

const SHELL = "/bin/bash";
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** One client, in a process of its own. */
export function* serveConnection(
  sys: Sys,
  fd: number,
  peer: SocketAddress,
  local: SocketAddress,
): Blocking<number> {
  sys.signal("SIGPIPE", "ignore");
  try {
    const wire = new Wire(sys, fd);
    if (!(yield* wire.greet())) return 1;
    const frame = yield* wire.next();
    if (frame?.type !== "open") return 1;
    const request = parseOpenRequest(frame.data);
    if (request.user !== "root") {
      yield* wire.send("refused", "Permission denied (publickey,password)");
      return 0;
    }
    const from = `${formatIpv4(peer.ip)} ${peer.port}`;
    const env = new Map([
      ["USER", "root"],
      ["LOGNAME", "root"],
      ["HOME", "/root"],
      ["PATH", PATH],
      ["SHELL", SHELL],
      ["SSH_CLIENT", `${from} ${local.port}`],
      ["SSH_CONNECTION", `${from} ${formatIpv4(local.ip)} ${local.port}`],
    ]);
    return yield* new Channel(sys, wire, start(sys, request, env)).run();
  } catch (error) {
    // The client has gone; what it ran is hung up when this process ends.
    if (error instanceof KernelError) return 1;
    throw error;
  }
}

/** What runs for the client, and the descriptors that lead to it. */
interface Running {
  readonly pid: number;
  readonly master: number | undefined;
  readonly input: number;
  readonly outputs: readonly (readonly [fd: number, type: FrameType])[];
}

function start(sys: Sys, request: OpenRequest, env: Map<string, string>): Running {
  const { command, terminal } = request;
  const argv = command === undefined ? ["-bash"] : ["bash", "-c", command];
  if (terminal) return startOnTerminal(sys, argv, terminal, env);
  const stdin = sys.pipe();
  const stdout = sys.pipe();
  const stderr = sys.pipe();
  const pid = sys.spawn({
    run: { name: "sshd", main: (child) => enter(child, argv) },
    env,
    newSession: true,
    descriptors: new Map([
      [0, stdin.read],
      [1, stdout.write],
      [2, stderr.write],
    ]),
    resetSignals: ["SIGPIPE"],
  });
  for (const fd of [stdin.read, stdout.write, stderr.write]) sys.close(fd);
  const outputs = [
    [stdout.read, "out"],
    [stderr.read, "err"],
  ] as const;
  return { pid, master: undefined, input: stdin.write, outputs };
}

function startOnTerminal(
  sys: Sys,
  argv: readonly string[],
  terminal: NonNullable<OpenRequest["terminal"]>,
  env: Map<string, string>,
): Running {
  const master = sys.open("/dev/ptmx", { read: true, write: true });
  const slave = sys.ttyname(master);
  sys.setWindowSize(master, { columns: terminal.columns, rows: terminal.rows });
  env.set("TERM", terminal.name);
  env.set("SSH_TTY", slave);
  const pid = sys.spawn({
    run: {
      name: "sshd",
      *main(child) {
        // The leader of a session gets the terminal that it opens.
        const fd = child.open(slave, { read: true, write: true });
        for (const to of [0, 1, 2]) if (to !== fd) child.dup(fd, { to });
        if (fd > 2) child.close(fd);
        return yield* enter(child, argv);
      },
    },
    env,
    newSession: true,
    descriptors: new Map(),
    resetSignals: ["SIGPIPE"],
  });
  return { pid, master, input: master, outputs: [[master, "out"]] };
}

function* enter(sys: Sys, argv: readonly string[]): Blocking<number> {
  sys.chdir("/root");
  return yield* sys.exec(SHELL, argv);
}

/** Copies between the connection and what runs. */
class Channel {
  private inputOpen = true;
  private readonly outputs: (readonly [number, FrameType])[];

  constructor(
    private readonly sys: Sys,
    private readonly wire: Wire,
    private readonly running: Running,
  ) {
    this.outputs = [...running.outputs];
  }

  *run(): Blocking<number> {
    const { sys, wire, running } = this;
    while (this.outputs.length > 0) {
      for (let frame = wire.take(); frame; frame = wire.take()) yield* this.obey(frame);
      const entries: PollEntry[] = [wire.fd, ...this.outputs.map(([fd]) => fd)].map((fd) => ({
        fd,
        events: ["in"],
      }));
      for (const result of yield* sys.poll(entries)) {
        if (!result.in && !result.hangup && !result.error) continue;
        if (result.fd === wire.fd) {
          if (!(yield* wire.fill())) return this.hangUp();
        } else yield* this.copyOutput(result.fd);
      }
    }
    const status = exitStatus(yield* sys.waitpid(running.pid));
    yield* wire.send("exit", String(status));
    return 0;
  }

  private *obey({ type, data }: Frame): Blocking<void> {
    const { sys, running } = this;
    if (type === "resize" && running.master !== undefined) {
      const [columns = 0, rows = 0] = decodeUtf8(data).split(" ").map(Number);
      if (columns > 0 && rows > 0) sys.setWindowSize(running.master, { columns, rows });
    }
    if (type !== "in" || !this.inputOpen) return;
    if (data.length > 0) {
      try {
        yield* sys.write(running.input, data);
        return;
      } catch (error) {
        // It reads no more: the rest is thrown away.
        if (!(error instanceof KernelError) || error.errno === "EINTR") throw error;
      }
    }
    this.inputOpen = false;
    if (running.master === undefined) sys.close(running.input);
  }

  private *copyOutput(fd: number): Blocking<void> {
    const output = this.outputs.find(([known]) => known === fd);
    if (!output) return;
    const data = yield* this.read(fd);
    if (data.length > 0) yield* this.wire.send(output[1], data);
    else {
      this.outputs.splice(this.outputs.indexOf(output), 1);
      this.sys.close(fd);
    }
  }

  /** A terminal whose last user has gone refuses to be read. */
  private *read(fd: number): Blocking<Uint8Array> {
    try {
      return yield* this.sys.read(fd);
    } catch (error) {
      if (error instanceof KernelError && error.errno === "EIO") return new Uint8Array(0);
      throw error;
    }
  }

  private hangUp(): number {
    const { sys, running } = this;
    if (running.master === undefined) {
      try {
        sys.kill(-running.pid, "SIGHUP");
      } catch (error) {
        if (!(error instanceof KernelError)) throw error;
      }
    }
    return 1;
  }
}
