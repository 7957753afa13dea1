import { parseIpv4, type Ipv4 } from "../../net/address.ts";
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Program } from "../../kernel/process/program.ts";
import type { PollEntry, Sys, Termios } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { seconds } from "../../sim/clock.ts";
import { decodeUtf8 } from "../../sim/utf8.ts";
import { resolveHost } from "../support/resolve.ts";
import { parseSsh, type SshOptions } from "./options.ts";
import { Wire, type OpenRequest } from "./wire.ts";

/** ssh's own failures. */
const FAILED = 255;

const RAW: Termios = {
  canonical: false,
  echo: false,
  signals: false,
  outputNewlines: false,
  inputNewlines: false,
};

class SshError extends Error {}

export const ssh: Program = {
  name: "ssh",
  package: "openssh-client",
  docs: {
    summary: "OpenSSH remote login client",
    synopsis: "ssh [options] [user@]host [command [argument ...]]",
    options: [
      ["-p PORT, -l USER, -b ADDRESS", "the server's port, who to be, where to connect from"],
      ["-t, -T", "with a terminal, without one"],
      ["-n, -q", "no standard input; quiet"],
      ["-o ConnectTimeout=SECONDS", "give up connecting; also Port and User"],
      ["-V", "version"],
    ],
    examples: ["ssh 10.0.0.2 ip addr", "ssh -p 2222 server"],
    limitations: [
      "Nothing is encrypted and there are no keys and passwords: root may log in, others are refused.",
      "Forwarding, control sockets, -f, -N, -v and configuration files are refused or not read.",
      "Of the escape sequences there is only ~. after a new line.",
    ],
  },

  *main(sys, argv) {
    const parsed = parseSsh(argv);
    switch (parsed.kind) {
      case "version":
        yield* sys.printError("OpenSSH_9.2p1 Debian-2+deb12u3, OpenSSL 3.0.15 3 Sep 2024\n");
        return 0;
      case "error":
        yield* sys.printError(parsed.text);
        return FAILED;
      case "run":
        break;
    }
    try {
      return yield* run(sys, parsed.options);
    } catch (error) {
      if (!(error instanceof SshError)) throw error;
      yield* sys.printError(`${error.message}\n`);
      return FAILED;
    }
  },
};

function* run(sys: Sys, options: SshOptions): Blocking<number> {
  sys.signal("SIGPIPE", "ignore");
  const found = yield* resolveHost(sys, options.host);
  if (!found.ok) {
    throw new SshError(`ssh: Could not resolve hostname ${options.host}: ${found.error}`);
  }
  const fd = yield* connect(sys, options, found.addresses[0]);
  const wire = new Wire(sys, fd);
  if (!(yield* guarded(wire.greet(), options))) {
    throw new SshError("kex_exchange_identification: Connection closed by remote host");
  }
  const hasTerminal = sys.isatty(0) && (options.terminal ?? options.command === undefined);
  const user = options.user ?? sys.env.get("USER") ?? "root";
  const request: OpenRequest = {
    user,
    command: options.command,
    terminal: hasTerminal
      ? { name: sys.env.get("TERM") ?? "xterm", ...sys.windowSize(0) }
      : undefined,
  };
  yield* guarded(wire.send("open", JSON.stringify(request)), options);
  if (!hasTerminal)
    return yield* guarded(new Session(sys, wire, options, user, false).run(), options);
  const before = sys.tcgetattr(0);
  let resized = false;
  sys.signal("SIGWINCH", () => (resized = true));
  const session = new Session(sys, wire, options, user, true, () => {
    const was = resized;
    resized = false;
    return was;
  });
  let status: number;
  sys.tcsetattr(0, RAW);
  try {
    status = yield* guarded(session.run(), options);
  } finally {
    sys.tcsetattr(0, before);
  }
  if (!options.quiet) yield* sys.printError(`Connection to ${options.host} closed.\r\n`);
  return status;
}

function* connect(sys: Sys, options: SshOptions, ip: Ipv4): Blocking<number> {
  const { port, source, connectTimeoutSeconds } = options;
  const fd = sys.socket("inet", "stream");
  const fail = (text: string): SshError =>
    new SshError(`ssh: connect to host ${options.host} port ${port}: ${text}`);
  try {
    const from = source === undefined ? undefined : parseIpv4(source);
    if (from !== undefined) sys.bind(fd, { ip: from, port: 0 });
    if (connectTimeoutSeconds !== undefined) sys.setsockopt(fd, "nonBlocking", true);
    yield* sys.connect(fd, { ip, port });
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    if (error.errno !== "EINPROGRESS") throw fail(strerror(error.errno));
    const [ready] = yield* sys.poll([{ fd, events: ["out"] }], seconds(connectTimeoutSeconds ?? 0));
    const isReady = ready !== undefined && (ready.out || ready.error || ready.hangup);
    const errno = isReady ? sys.getsockopt(fd, "error") : "ETIMEDOUT";
    if (errno !== undefined) throw fail(strerror(errno));
  }
  sys.setsockopt(fd, "nonBlocking", false);
  return fd;
}

/** What ssh says when the connection breaks. */
function* guarded<T>(work: Blocking<T>, options: SshOptions): Blocking<T> {
  try {
    return yield* work;
  } catch (error) {
    if (!(error instanceof KernelError) || error.errno === "EINTR") throw error;
    throw new SshError(
      `client_loop: send disconnect: ${strerror(error.errno)}\r\nConnection to ${options.host} closed by remote host.`,
    );
  }
}

const NEWLINES = [10, 13];
const TILDE = 126;
const DOT = 46;

/** Copies between the local streams and the connection until the remote command ends. */
class Session {
  private inputOpen: boolean;
  /** For `~.`: what was typed last. */
  private typed: readonly [number, number] = [0, 13];

  constructor(
    private readonly sys: Sys,
    private readonly wire: Wire,
    private readonly options: SshOptions,
    private readonly user: string,
    private readonly hasTerminal: boolean,
    private readonly wasResized: () => boolean = () => false,
  ) {
    this.inputOpen = !options.noInput;
  }

  *run(): Blocking<number> {
    const { sys, wire } = this;
    if (!this.inputOpen) yield* wire.send("in", "");
    for (;;) {
      for (let frame = wire.take(); frame; frame = wire.take()) {
        switch (frame.type) {
          case "out":
            yield* sys.write(1, frame.data);
            break;
          case "err":
            yield* sys.write(2, frame.data);
            break;
          case "exit":
            return Number(decodeUtf8(frame.data));
          case "refused":
            throw new SshError(`${this.user}@${this.options.host}: ${decodeUtf8(frame.data)}.`);
          default:
            break;
        }
      }
      if ((yield* this.wait()) === "ended") {
        throw new SshError(`Connection to ${this.options.host} closed by remote host.`);
      }
    }
  }

  private *wait(): Blocking<"ended" | undefined> {
    const { sys, wire } = this;
    const entries: PollEntry[] = [{ fd: wire.fd, events: ["in"] }];
    if (this.inputOpen) entries.push({ fd: 0, events: ["in"] });
    try {
      const ready = yield* sys.poll(entries);
      for (const { fd, in: hasInput, hangup, error } of ready) {
        if (!hasInput && !hangup && !error) continue;
        if (fd === wire.fd) {
          if (!(yield* wire.fill())) return "ended";
        } else if ((yield* this.readInput()) === "disconnect") return "ended";
      }
    } catch (error) {
      if (!(error instanceof KernelError) || error.errno !== "EINTR") throw error;
    }
    if (this.wasResized()) {
      const { columns, rows } = sys.windowSize(0);
      yield* wire.send("resize", `${columns} ${rows}`);
    }
    return undefined;
  }

  private *readInput(): Blocking<"disconnect" | undefined> {
    const data = yield* this.sys.read(0);
    if (data.length === 0) this.inputOpen = false;
    if (this.hasTerminal) {
      for (const byte of data) {
        const [before, last] = this.typed;
        if (byte === DOT && last === TILDE && NEWLINES.includes(before)) return "disconnect";
        this.typed = [last, byte];
      }
    }
    yield* this.wire.send("in", data);
    return undefined;
  }
}
