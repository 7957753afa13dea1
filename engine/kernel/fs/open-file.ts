import type { FileKind, Stat, Termios, WindowSize } from "../process/sys.ts";
import type { WaitQueue } from "../process/wait-queue.ts";

/** Readiness, as poll(2) reports it. */
export interface Readiness {
  readonly in: boolean;
  readonly out: boolean;
  readonly hangup: boolean;
  readonly error: boolean;
}

/**
 * An open file description: what descriptors point to. Several descriptors, in several
 * processes, may share one; `release` runs when the last is closed.
 *
 * `read` and `write` never block: they answer undefined when they would have to, and the caller
 * waits on `changed`, which is woken whenever readiness may have changed.
 */
export interface OpenFile {
  readonly kind: FileKind;
  readonly changed: WaitQueue;
  /** O_NONBLOCK */
  nonBlocking: boolean;
  /** Up to `max` bytes; empty at the end of the file; undefined: nothing yet. */
  read(max: number): Uint8Array | undefined;
  /** How many bytes were taken; undefined: no room yet. Throws EPIPE and the like. */
  write(data: Uint8Array): number | undefined;
  readiness(): Readiness;
  stat(): Stat;
  release(): void;
  /** What /proc/PID/fd/N points to: a path, `pipe:[7]`, `socket:[9]`. */
  describe(): string;
  seek?(offset: number, whence: "set" | "current" | "end"): number;
  /** Terminals only. */
  readonly terminal?: TerminalControl;
}

/** What ioctl(2) does to a terminal. */
export interface TerminalControl {
  readonly path: string;
  termios: Termios;
  windowSize: WindowSize;
  foregroundGroup: number;
  session: number;
}
