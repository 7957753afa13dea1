/** A program that owns the whole terminal: raw input, the alternate screen, redrawing lines. */
import type { Sys, Termios, WindowSize } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { stringToBytes } from "./bytes.ts";

const ENTER = "\x1b[?1049h\x1b[H\x1b[2J";
const LEAVE = "\x1b[?25h\x1b[?1049l";
const FALLBACK: WindowSize = { columns: 80, rows: 24 };

export class FullScreen {
  private saved: Termios | undefined;

  constructor(private readonly sys: Sys) {}

  size(): WindowSize {
    const size = this.sys.isatty(1) ? this.sys.windowSize(1) : FALLBACK;
    return size.columns > 0 && size.rows > 0 ? size : FALLBACK;
  }

  *write(text: string): Blocking<void> {
    yield* this.sys.write(1, stringToBytes(text));
  }

  /** `keys`: input byte by byte, unseen. */
  *enter(keys = false): Blocking<void> {
    if (keys && this.sys.isatty(0)) {
      this.saved = this.sys.tcgetattr(0);
      this.sys.tcsetattr(0, {
        ...this.saved,
        canonical: false,
        echo: false,
        signals: false,
        inputNewlines: false,
      });
    }
    yield* this.write(ENTER);
  }

  /** The terminal's settings as they were; for `finally`, where nothing may block. */
  restore(): void {
    if (this.saved) this.sys.tcsetattr(0, this.saved);
    this.saved = undefined;
  }

  *leave(): Blocking<void> {
    yield* this.write(LEAVE);
  }

  /** Byte strings, one a row; what differs from `changedFrom` is shown in reverse. */
  *draw(
    lines: readonly string[],
    options: {
      readonly changedFrom?: readonly string[] | undefined;
      readonly cursor?: { readonly row: number; readonly column: number };
    } = {},
  ): Blocking<void> {
    const { rows } = this.size();
    let out = "\x1b[?25l\x1b[H";
    for (let row = 0; row < rows; row++) {
      const line = lines[row] ?? "";
      const old = options.changedFrom;
      out += `${old ? markChanges(line, old[row] ?? "") : line}\x1b[K${row < rows - 1 ? "\r\n" : ""}`;
    }
    const { cursor } = options;
    if (cursor) out += `\x1b[${cursor.row + 1};${cursor.column + 1}H\x1b[?25h`;
    yield* this.write(out);
  }
}

function markChanges(line: string, old: string): string {
  let out = "";
  let marked = false;
  for (let at = 0; at < line.length; at++) {
    const differs = line[at] !== old[at];
    if (differs !== marked) out += differs ? "\x1b[7m" : "\x1b[0m";
    marked = differs;
    out += line[at];
  }
  return marked ? `${out}\x1b[0m` : out;
}

/** A key as its name: `a`, `Up`, `PageDown`, `^C`, `Enter`, `Escape`, `M-x`. */
export function readKeyFrom(bytes: string): { readonly key: string; readonly length: number } {
  const first = bytes[0] as string;
  const sequence = /^\x1b(?:\[(\d*)(?:;\d+)?([A-Za-z~])|O([A-Z]))/.exec(bytes);
  if (sequence) {
    const name =
      sequence[2] === "~"
        ? TILDE_KEYS[sequence[1] as string]
        : LETTER_KEYS[sequence[2] ?? (sequence[3] as string)];
    return { key: name ?? "Unknown", length: sequence[0].length };
  }
  if (first === "\x1b" && bytes.length > 1) return { key: `M-${bytes[1]}`, length: 2 };
  const named = NAMED_KEYS[first];
  if (named !== undefined) return { key: named, length: 1 };
  if (first < " ") return { key: `^${String.fromCharCode(first.charCodeAt(0) + 64)}`, length: 1 };
  return { key: first, length: 1 };
}

const NAMED_KEYS: Readonly<Record<string, string>> = {
  "\r": "Enter",
  "\n": "Enter",
  "\t": "Tab",
  "\x7f": "Backspace",
  "\b": "Backspace",
  "\x1b": "Escape",
};
const LETTER_KEYS: Readonly<Record<string, string>> = {
  A: "Up",
  B: "Down",
  C: "Right",
  D: "Left",
  H: "Home",
  F: "End",
};
const TILDE_KEYS: Readonly<Record<string, string>> = {
  "1": "Home",
  "2": "Insert",
  "3": "Delete",
  "4": "End",
  "5": "PageUp",
  "6": "PageDown",
  "7": "Home",
  "8": "End",
};
