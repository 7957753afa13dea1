import { KernelError } from "../../errno.ts";
import type { OpenFile, Readiness, TerminalControl } from "../../fs/open-file.ts";
import type { SignalName } from "../signal.ts";
import type { Stat, Termios, WindowSize } from "../sys.ts";
import { WaitQueue } from "../wait-queue.ts";
import { LineDiscipline } from "./line-discipline.ts";

/** Bytes written by programs that the host has not taken yet; then writers wait. */
const OUTPUT_CAPACITY = 65_536;

/** Echo may go this much further, so that typing shows while a program floods the screen. */
const ECHO_MARGIN = 4096;

/**
 * A signal character throws queued output away, for a flood to end at once. A real host takes output
 * as it comes, so that less than this would have been on its screen already.
 */
const FLOOD = 8192;

const NEWLINE = 10;
const RETURN = 13;
const EMPTY = new Uint8Array(0);

/** A terminal as `login` leaves it: `stty sane`. */
const SANE_TERMIOS: Termios = {
  canonical: true,
  echo: true,
  signals: true,
  outputNewlines: true,
  inputNewlines: true,
};

/**
 * A pseudo-terminal: its slave side is a file for programs, its master side is for whoever shows
 * the screen: `onOutput`, `takeOutput`, `input`, `resize`, `hangUp`.
 */
export class Terminal implements TerminalControl {
  readonly changed = new WaitQueue();
  foregroundGroup = 0;
  session = 0;
  /** Called when there is output and there was none; then `takeOutput` until it is empty. */
  onOutput: (() => void) | undefined;
  /** Called when the last program has closed the terminal. */
  onAbandoned: (() => void) | undefined;
  private settings: Termios = SANE_TERMIOS;
  private size: WindowSize;
  private readonly discipline: LineDiscipline;
  private output: Uint8Array[] = [];
  private outputLength = 0;
  private outputColumn = 0;
  /** Slave files that are open; undefined until the first. */
  private slaves: number | undefined;
  private hungUp = false;

  constructor(
    readonly number: number,
    size: WindowSize,
    private readonly signalGroup: (group: number, signal: SignalName) => void,
    /** Called when the master is closed. */
    private readonly onHangUp: (terminal: Terminal) => void,
  ) {
    this.size = size;
    this.discipline = new LineDiscipline({
      termios: () => this.settings,
      echo: (bytes) => this.echo(bytes),
      column: () => this.outputColumn,
      signal: (signal) => {
        if (this.outputLength > FLOOD) {
          this.output = [];
          this.outputLength = 0;
          this.changed.wakeAll();
        }
        if (this.foregroundGroup > 0) this.signalGroup(this.foregroundGroup, signal);
      },
    });
  }

  get path(): string {
    return `/dev/pts/${this.number}`;
  }

  get termios(): Termios {
    return this.settings;
  }

  set termios(termios: Termios) {
    this.settings = { ...termios };
    this.discipline.modeChanged();
    this.changed.wakeAll();
  }

  get windowSize(): WindowSize {
    return this.size;
  }

  set windowSize(size: WindowSize) {
    this.resize(size);
  }

  get isHungUp(): boolean {
    return this.hungUp;
  }

  // -------------------------------------------------------------- master side

  /** Bytes from the keyboard. */
  input(bytes: Uint8Array): void {
    if (this.hungUp) return;
    this.discipline.input(bytes);
    this.changed.wakeAll();
  }

  /** Up to `max` bytes for the screen; makes room for writers. Empty: nothing yet. */
  takeOutput(max = OUTPUT_CAPACITY): Uint8Array {
    if (this.outputLength === 0) return EMPTY;
    const out = new Uint8Array(Math.min(max, this.outputLength));
    let at = 0;
    while (at < out.length) {
      const first = this.output[0] as Uint8Array;
      const part = first.subarray(0, out.length - at);
      out.set(part, at);
      at += part.length;
      if (part.length === first.length) this.output.shift();
      else this.output[0] = first.subarray(part.length);
    }
    this.outputLength -= at;
    this.changed.wakeAll();
    return out;
  }

  get hasOutput(): boolean {
    return this.outputLength > 0;
  }

  resize(size: WindowSize): void {
    if (size.columns === this.size.columns && size.rows === this.size.rows) return;
    this.size = { columns: size.columns, rows: size.rows };
    if (this.foregroundGroup > 0) this.signalGroup(this.foregroundGroup, "SIGWINCH");
  }

  /** The window was closed: readers get the end of the file, writers EIO, the session SIGHUP. */
  hangUp(): void {
    if (this.hungUp) return;
    this.hungUp = true;
    this.onHangUp(this);
    this.changed.wakeAll();
  }

  // -------------------------------------------------------------- slave side

  openSlave(): OpenFile {
    if (this.hungUp) throw new KernelError("EIO");
    this.slaves = (this.slaves ?? 0) + 1;
    return new TerminalFile(this);
  }

  /** Called by a slave file that nobody holds any more. */
  closeSlave(): void {
    this.slaves = (this.slaves ?? 1) - 1;
    if (this.slaves === 0) this.onAbandoned?.();
  }

  /** Every program has closed the terminal. */
  get isAbandoned(): boolean {
    return this.slaves === 0;
  }

  read(max: number): Uint8Array | undefined {
    if (this.hungUp) return EMPTY;
    return this.discipline.read(max);
  }

  write(data: Uint8Array): number | undefined {
    if (this.hungUp) throw new KernelError("EIO");
    const room = OUTPUT_CAPACITY - this.outputLength;
    if (room <= 1) return undefined;
    const taken = Math.min(data.length, this.settings.outputNewlines ? room >> 1 : room);
    this.put(data.subarray(0, taken));
    return taken;
  }

  readiness(): Readiness {
    return {
      in: this.hungUp || this.discipline.isReadable,
      out: this.outputLength < OUTPUT_CAPACITY - 1,
      hangup: this.hungUp,
      error: false,
    };
  }

  private echo(bytes: readonly number[]): void {
    if (this.outputLength < OUTPUT_CAPACITY + ECHO_MARGIN) this.put(Uint8Array.from(bytes));
  }

  /** Output processing: OPOST with ONLCR. */
  private put(data: Uint8Array): void {
    if (data.length === 0) return;
    let out = data;
    if (this.settings.outputNewlines && data.includes(NEWLINE)) {
      const bytes: number[] = [];
      for (const byte of data) {
        if (byte === NEWLINE) bytes.push(RETURN);
        bytes.push(byte);
      }
      out = Uint8Array.from(bytes);
    } else {
      out = data.slice();
    }
    for (const byte of out) this.moveCursor(byte);
    this.output.push(out);
    const wasEmpty = this.outputLength === 0;
    this.outputLength += out.length;
    if (wasEmpty) this.onOutput?.();
  }

  private moveCursor(byte: number): void {
    if (byte === NEWLINE || byte === RETURN) this.outputColumn = 0;
    else if (byte === 8) this.outputColumn = Math.max(0, this.outputColumn - 1);
    else if (byte === 9) this.outputColumn += 8 - (this.outputColumn % 8);
    else if (byte >= 0x20 && (byte < 0x80 || byte >= 0xc0)) this.outputColumn += 1;
  }
}

/** The slave side as programs hold it. */
class TerminalFile implements OpenFile {
  readonly kind = "char";
  nonBlocking = false;

  constructor(readonly terminal: Terminal) {}

  get changed(): WaitQueue {
    return this.terminal.changed;
  }

  read(max: number): Uint8Array | undefined {
    return this.terminal.read(max);
  }

  write(data: Uint8Array): number | undefined {
    return this.terminal.write(data);
  }

  readiness(): Readiness {
    return this.terminal.readiness();
  }

  stat(): Stat {
    return {
      inode: this.terminal.number + 3,
      kind: "char",
      mode: 0o620,
      uid: 0,
      gid: 5,
      links: 1,
      sizeBytes: 0,
      modifiedSeconds: 0,
    };
  }

  release(): void {
    this.terminal.closeSlave();
  }

  describe(): string {
    return this.terminal.path;
  }
}
