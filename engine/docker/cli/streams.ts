/** Joining the terminal to a container's streams: attach, exec, run and logs. */
import { isErrno } from "../../programs/support/command.ts";
import type { Sys, Termios } from "../../kernel/process/sys.ts";
import { SIGNALS, type SignalName } from "../../kernel/process/signal.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { FrameReader, type HijackedStream } from "../api/streams.ts";
import { CliError } from "./cli.ts";

const RAW: Termios = {
  canonical: false,
  echo: false,
  signals: false,
  outputNewlines: false,
  inputNewlines: false,
};

/** Requests to end that a client of 28 takes before it leaves without the container. */
const PATIENCE = 3;

const CHUNK = 32 * 1024;
const CONTROL: Readonly<Record<string, number>> = {
  "@": 0,
  "[": 27,
  "\\": 28,
  "]": 29,
  "^": 30,
  _: 31,
};

/** `ctrl-p,ctrl-q` as bytes. Throws CliError. */
function parseDetachKeys(text: string): readonly number[] {
  return text.split(",").map((key) => {
    if ([...key].length === 1) return key.charCodeAt(0);
    const letter = /^ctrl-(.)$/.exec(key)?.[1];
    const code = letter === undefined ? undefined : controlCode(letter);
    if (code === undefined)
      throw new CliError(`invalid detach keys provided: Unknown character: '${key}'`);
    return code;
  });
}

function controlCode(letter: string): number | undefined {
  return /[a-z]/.test(letter) ? letter.charCodeAt(0) - 96 : CONTROL[letter];
}

export interface Session {
  /** Send standard input along. */
  readonly stdin: boolean;
  /** The process has a terminal: ours is made raw for it. */
  readonly tty: boolean;
  readonly detachKeys?: string;
  /** Told the terminal's size at the start and whenever it changes. */
  resize?(rows: number, columns: number): void;
  /** Gives up when asked to end for the third time, as 28 does. */
  readonly impatient?: boolean;
  /** Signals that come to us and are the container's; none: they act on us. */
  forward?(signal: SignalName): Blocking<void>;
}

/** How it ended: the process closed its output, or the detach keys were typed. */
export type SessionEnd = "closed" | "detached";

const DETACH_KEYS = "ctrl-p,ctrl-q";
/** What `--sig-proxy` leaves alone. */
const NOT_FORWARDED = new Set<SignalName>([
  "SIGCHLD",
  "SIGPIPE",
  "SIGURG",
  "SIGKILL",
  "SIGSTOP",
  "SIGWINCH",
  "SIGTSTP",
  "SIGTTIN",
  "SIGTTOU",
]);

export function* interact(
  sys: Sys,
  stream: HijackedStream,
  session: Session,
): Blocking<SessionEnd> {
  const terminal = session.tty && session.stdin && sys.isatty(0) ? sys.tcgetattr(0) : undefined;
  const pending: SignalName[] = [];
  const caught = catchSignals(sys, session, pending);
  if (terminal !== undefined) sys.tcsetattr(0, RAW);
  const fd = sys.receiveFile(stream.file);
  try {
    return yield* new Joint(sys, stream, session, fd, pending).run();
  } finally {
    sys.close(fd);
    if (terminal !== undefined) sys.tcsetattr(0, terminal);
    for (const signal of caught) sys.signal(signal, "default");
  }
}

function catchSignals(sys: Sys, session: Session, pending: SignalName[]): readonly SignalName[] {
  const wanted: SignalName[] = session.resize === undefined ? [] : ["SIGWINCH"];
  if (session.forward !== undefined) {
    const all = Object.keys(SIGNALS) as SignalName[];
    wanted.push(...all.filter((signal) => !NOT_FORWARDED.has(signal)));
  }
  for (const signal of wanted) sys.signal(signal, (which) => void pending.push(which));
  return wanted;
}

class Joint {
  private readonly frames = new FrameReader();
  private readonly keys: readonly number[];
  private matched = 0;
  private requests = 0;
  private stdinOpen: boolean;

  constructor(
    private readonly sys: Sys,
    private readonly stream: HijackedStream,
    private readonly session: Session,
    private readonly fd: number,
    private readonly pending: SignalName[],
  ) {
    this.stdinOpen = session.stdin;
    this.keys = session.tty ? parseDetachKeys(session.detachKeys ?? DETACH_KEYS) : [];
  }

  *run(): Blocking<SessionEnd> {
    this.resize();
    for (;;) {
      yield* this.signals();
      const entries = [{ fd: this.fd, events: ["in"] as const }];
      if (this.stdinOpen) entries.push({ fd: 0, events: ["in"] as const });
      let ready;
      try {
        ready = yield* this.sys.poll(entries);
      } catch (error) {
        if (!isErrno(error, "EINTR")) throw error;
        continue;
      }
      for (const entry of ready) {
        if (!entry.in && !entry.hangup && !entry.error) continue;
        if (entry.fd === this.fd) {
          if (!(yield* this.output())) return "closed";
        } else if (!(yield* this.input())) return "detached";
      }
    }
  }

  private *signals(): Blocking<void> {
    for (;;) {
      const signal = this.pending.shift();
      if (signal === undefined) return;
      if (signal === "SIGINT" || signal === "SIGTERM") this.requests += 1;
      if (this.session.impatient === true && this.requests === PATIENCE) {
        throw new CliError(`\ngot ${PATIENCE} SIGTERM/SIGINTs, forcefully exiting`);
      }
      if (signal === "SIGWINCH") this.resize();
      else yield* this.session.forward?.(signal) ?? nothing();
    }
  }

  private resize(): void {
    const { resize } = this.session;
    if (resize === undefined || !this.sys.isatty(1)) return;
    const { rows, columns } = this.sys.windowSize(1);
    resize(rows, columns);
  }

  private *output(): Blocking<boolean> {
    const bytes = yield* this.sys.read(this.fd, CHUNK);
    if (bytes.length === 0) return false;
    yield* writeOutput(this.sys, this.stream.isRaw ? undefined : this.frames, bytes);
    return true;
  }

  private *input(): Blocking<boolean> {
    const bytes = yield* this.sys.read(0, CHUNK);
    if (bytes.length === 0) {
      this.stdinOpen = false;
      this.stream.closeWrite();
      return true;
    }
    const { data, detach } = this.withoutKeys(bytes);
    if (data.length > 0) yield* this.write(data);
    return !detach;
  }

  /** A process that is gone takes no more input. */
  private *write(data: Uint8Array): Blocking<void> {
    try {
      yield* this.sys.write(this.fd, data);
    } catch (error) {
      if (!isErrno(error, "EPIPE")) throw error;
      this.stdinOpen = false;
    }
  }

  /** Holds back what may become the detach keys. */
  private withoutKeys(bytes: Uint8Array): { data: Uint8Array; detach: boolean } {
    if (this.keys.length === 0) return { data: bytes, detach: false };
    const out: number[] = [];
    for (const byte of bytes) {
      if (byte === this.keys[this.matched]) {
        this.matched += 1;
        if (this.matched === this.keys.length) return { data: Uint8Array.from(out), detach: true };
        continue;
      }
      out.push(...this.keys.slice(0, this.matched));
      this.matched = byte === this.keys[0] ? 1 : 0;
      if (this.matched === 0) out.push(byte);
    }
    return { data: Uint8Array.from(out), detach: false };
  }
}

function* nothing(): Blocking<void> {
  // Nobody wants the signal.
}

function* writeOutput(
  sys: Sys,
  frames: FrameReader | undefined,
  bytes: Uint8Array,
): Blocking<void> {
  if (frames === undefined) {
    yield* sys.write(1, bytes);
    return;
  }
  for (const { stream, data } of frames.push(bytes)) {
    yield* sys.write(stream === "stderr" ? 2 : 1, data);
  }
}

/** Copies a container's output to standard output and standard error until it ends. */
export function* copyOutput(sys: Sys, stream: HijackedStream): Blocking<void> {
  const frames = stream.isRaw ? undefined : new FrameReader();
  const fd = sys.receiveFile(stream.file);
  try {
    for (;;) {
      const bytes = yield* sys.read(fd, CHUNK);
      if (bytes.length === 0) return;
      yield* writeOutput(sys, frames, bytes);
    }
  } finally {
    sys.close(fd);
  }
}
