import { encodeUtf8 } from "../sim/utf8.ts";
import type { WindowSize } from "../kernel/process/sys.ts";
import type { Terminal } from "../kernel/process/terminal/terminal.ts";

/** A window's hold on a terminal of a machine: the master side, and the shell in it. */
export class TerminalSession {
  /**
   * Called when there is output and there was none: take it with `takeOutput` until that answers
   * nothing. What is not taken makes programs wait, so a flood costs the host nothing.
   */
  onOutput: (() => void) | undefined;
  /** The shell has ended, or the machine was switched off. */
  onExit: ((exitStatus: number) => void) | undefined;
  private exited = false;

  constructor(private readonly terminal: Terminal) {
    terminal.onOutput = () => this.onOutput?.();
  }

  /** Path on the machine, such as /dev/pts/0. */
  get path(): string {
    return this.terminal.path;
  }

  get isOpen(): boolean {
    return !this.exited;
  }

  takeOutput(maxBytes?: number): Uint8Array {
    return this.terminal.takeOutput(maxBytes);
  }

  input(data: string | Uint8Array): void {
    this.terminal.input(typeof data === "string" ? encodeUtf8(data) : data);
  }

  resize(size: WindowSize): void {
    this.terminal.resize(size);
  }

  /** Closes the window: SIGHUP to the session. */
  close(): void {
    this.terminal.hangUp();
  }

  /** For the machine. */
  ended(exitStatus: number): void {
    if (this.exited) return;
    this.exited = true;
    this.onExit?.(exitStatus);
  }
}
