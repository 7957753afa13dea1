import type { SignalName } from "../signal.ts";
import type { Termios } from "../sys.ts";

/** What `stty` calls intr, quit, erase, kill, eof, susp, werase, lnext, rprnt. */
const INTR = 0x03;
const EOF = 0x04;
const BACKSPACE = 0x08;
const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const REPRINT = 0x12;
const KILL = 0x15;
const LITERAL_NEXT = 0x16;
const WORD_ERASE = 0x17;
const SUSPEND = 0x1a;
const QUIT = 0x1c;
const ERASE = 0x7f;
const BELL = 0x07;

/** Longest line that can be edited, MAX_CANON with its newline; Linux N_TTY_BUF_SIZE. */
const MAX_LINE = 4095;

/** Typed bytes kept for a program that does not read; more is thrown away. */
const MAX_QUEUED = 1 << 20;

const EMPTY = new Uint8Array(0);
const TAB_WIDTH = 8;

export interface LineDisciplineHost {
  termios(): Termios;
  /** Puts bytes on the screen, after output processing. */
  echo(bytes: readonly number[]): void;
  /** Column of the cursor, counted from 0. */
  column(): number;
  /** A signal character was typed: throw queued output away, signal the foreground group. */
  signal(signal: SignalName): void;
}

/** Between the keyboard and the reading program: Linux drivers/tty/n_tty.c, with stty's defaults. */
export class LineDiscipline {
  /** The line being edited. */
  private line: number[] = [];
  private lineStartColumn = 0;
  private literalNext = false;
  /** What may be read: whole lines, or what was typed in raw mode. An empty one: end of file. */
  private readonly ready: Uint8Array[] = [];
  private queued = 0;

  constructor(private readonly host: LineDisciplineHost) {}

  get isReadable(): boolean {
    return this.ready.length > 0;
  }

  /** Bytes that came from the keyboard. */
  input(bytes: Uint8Array): void {
    const termios = this.host.termios();
    if (!termios.canonical && !termios.signals && !termios.echo) {
      this.push(
        termios.inputNewlines ? bytes.map((b) => (b === RETURN ? NEWLINE : b)) : bytes.slice(),
      );
      return;
    }
    for (const byte of bytes) this.inputByte(byte);
  }

  read(max: number): Uint8Array | undefined {
    const first = this.ready.shift();
    if (!first) return undefined;
    if (this.host.termios().canonical) return this.take(first, max);
    let out = this.take(first, max);
    while (out.length < max) {
      const next = this.ready.shift();
      if (!next) break;
      const part = this.take(next, max - out.length);
      const joined = new Uint8Array(out.length + part.length);
      joined.set(out);
      joined.set(part, out.length);
      out = joined;
    }
    return out;
  }

  /** Leaving canonical mode makes the unfinished line readable. */
  modeChanged(): void {
    if (this.host.termios().canonical) return;
    if (this.line.length > 0) this.push(Uint8Array.from(this.line));
    this.line = [];
    const unread = this.ready.filter((part) => part.length > 0);
    this.ready.splice(0, this.ready.length, ...unread);
  }

  flush(): void {
    this.line = [];
    this.ready.length = 0;
    this.queued = 0;
  }

  private take(part: Uint8Array, max: number): Uint8Array {
    const taken = part.subarray(0, max);
    if (taken.length < part.length) this.ready.unshift(part.subarray(max));
    this.queued -= taken.length;
    return taken;
  }

  private push(part: Uint8Array): void {
    if (this.queued + part.length > MAX_QUEUED) return;
    this.queued += part.length;
    this.ready.push(part);
  }

  private inputByte(typed: number): void {
    const termios = this.host.termios();
    if (this.literalNext) {
      this.literalNext = false;
      this.insert(typed, termios);
      return;
    }
    const byte = typed === RETURN && termios.inputNewlines ? NEWLINE : typed;
    if (termios.signals) {
      const signal = signalOf(byte);
      if (signal) {
        this.flush();
        this.host.signal(signal);
        if (termios.echo) this.echoTyped(byte);
        return;
      }
    }
    if (!termios.canonical) {
      if (termios.echo) this.echoTyped(byte);
      this.push(Uint8Array.of(byte));
      return;
    }
    switch (byte) {
      case ERASE:
        this.erase(1, termios);
        return;
      case WORD_ERASE:
        this.erase(this.wordLength(), termios);
        return;
      case KILL:
        this.erase(this.line.length, termios);
        return;
      case LITERAL_NEXT:
        this.literalNext = true;
        if (termios.echo) this.host.echo([0x5e, BACKSPACE]);
        return;
      case REPRINT:
        if (termios.echo) {
          this.echoTyped(byte);
          this.host.echo([NEWLINE]);
          for (const old of this.line) this.echoTyped(old);
        }
        return;
      case EOF:
        this.push(this.line.length > 0 ? Uint8Array.from(this.line) : EMPTY);
        this.line = [];
        return;
      case NEWLINE:
        if (termios.echo) this.host.echo([NEWLINE]);
        this.push(Uint8Array.from([...this.line, NEWLINE]));
        this.line = [];
        return;
      default:
        this.insert(byte, termios);
    }
  }

  private insert(byte: number, termios: Termios): void {
    if (!termios.canonical) {
      if (termios.echo) this.echoTyped(byte);
      this.push(Uint8Array.of(byte));
      return;
    }
    if (this.line.length >= MAX_LINE) {
      this.host.echo([BELL]);
      return;
    }
    if (this.line.length === 0) this.lineStartColumn = this.host.column();
    this.line.push(byte);
    if (termios.echo) this.echoTyped(byte);
  }

  /** ECHOCTL: control characters other than tab and newline show as ^X. */
  private echoTyped(byte: number): void {
    if ((byte < 0x20 && byte !== TAB && byte !== NEWLINE) || byte === 0x7f) {
      this.host.echo([0x5e, byte ^ 0x40]);
    } else {
      this.host.echo([byte]);
    }
  }

  /** Bytes of the last word with the blanks behind it. */
  private wordLength(): number {
    let at = this.line.length;
    const isWord = (byte: number) =>
      (byte >= 0x30 && byte <= 0x39) ||
      (byte >= 0x41 && byte <= 0x5a) ||
      (byte >= 0x61 && byte <= 0x7a) ||
      byte === 0x5f ||
      byte >= 0x80;
    while (at > 0 && !isWord(this.line[at - 1] as number)) at -= 1;
    while (at > 0 && isWord(this.line[at - 1] as number)) at -= 1;
    return this.line.length - at;
  }

  /** Takes at least `count` bytes off the end: whole characters. ECHOE, ECHOKE. */
  private erase(count: number, termios: Termios): void {
    const target = this.line.length - count;
    while (this.line.length > 0 && this.line.length > target) {
      let byte = this.line.pop() as number;
      while (byte >= 0x80 && byte < 0xc0 && this.line.length > 0) byte = this.line.pop() as number;
      if (!termios.echo) continue;
      const columns = byte === TAB ? this.tabColumns() : byte < 0x20 || byte === 0x7f ? 2 : 1;
      for (let i = 0; i < columns; i++) {
        this.host.echo(byte === TAB ? [BACKSPACE] : [BACKSPACE, 0x20, BACKSPACE]);
      }
    }
  }

  /** Columns that a tab at the end of the line took. */
  private tabColumns(): number {
    let column = this.lineStartColumn;
    for (const byte of this.line) {
      if (byte === TAB) column += TAB_WIDTH - (column % TAB_WIDTH);
      else if (byte < 0x20 || byte === 0x7f) column += 2;
      else if (byte < 0x80 || byte >= 0xc0) column += 1;
    }
    return TAB_WIDTH - (column % TAB_WIDTH);
  }
}

function signalOf(byte: number): SignalName | undefined {
  switch (byte) {
    case INTR:
      return "SIGINT";
    case QUIT:
      return "SIGQUIT";
    case SUSPEND:
      return "SIGTSTP";
    default:
      return undefined;
  }
}
