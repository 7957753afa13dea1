import type { OpenFile } from "../kernel/fs/open-file.ts";
import type { SignalName } from "../kernel/process/signal.ts";
import { Pipe } from "../kernel/process/pipe.ts";

const EMPTY = new Uint8Array(0);

/**
 * The host's end of a process's standard input and output: what a socket of the host's own is
 * connected to. Both directions are bounded, so that each side can make the other wait.
 */
export class HostChannel {
  /** For the process: its descriptors 0 and 1. */
  readonly stdin: OpenFile;
  readonly stdout: OpenFile;
  /** The process has ended; what is left in the channel can still be taken. */
  hasEnded = false;
  private readonly inwards = new Pipe(0, "socket:[0]");
  private readonly outwards = new Pipe(0, "socket:[0]");
  private readonly input: OpenFile;
  private readonly output: OpenFile;
  private inputOpen = true;

  /**
   * `signal` reaches the process. SIGURG tells it that the input has ended: it is ignored unless the
   * process wants to know while it waits for something else.
   */
  constructor(private readonly signal: (signal: SignalName) => void) {
    this.stdin = this.inwards.openEnd("read");
    this.input = this.inwards.openEnd("write");
    this.output = this.outwards.openEnd("read");
    this.stdout = this.outwards.openEnd("write");
  }

  /** How many of the bytes were taken; the host offers the rest again later. */
  write(data: Uint8Array): number {
    if (!this.inputOpen || this.hasEnded) return data.length;
    return this.input.write(data.subarray(0, this.inwards.room)) ?? 0;
  }

  /** No more input: the process reads the end of the file. */
  endInput(): void {
    if (!this.inputOpen) return;
    this.inputOpen = false;
    this.input.release();
    if (!this.hasEnded) this.signal("SIGURG");
  }

  /** Up to so many bytes of output; empty: none is there now. */
  read(max: number): Uint8Array {
    return this.outwards.isEmpty ? EMPTY : (this.output.read(max) ?? EMPTY);
  }

  /** The client has gone. */
  close(): void {
    this.endInput();
    if (!this.hasEnded) this.signal("SIGKILL");
  }
}
