import { decodeUtf8 } from "../sim/utf8.ts";
import { KernelError } from "../kernel/errno.ts";
import { SIGNALS, type SignalName } from "../kernel/process/signal.ts";
import type { WaitStatus } from "../kernel/process/sys.ts";

/** What a command may write before ENOSPC, standard output and standard error together. */
const MAX_OUTPUT_BYTES = 64 << 20;

/** A command line that a host runs on a machine, and what has come of it so far. */
export class CommandRun {
  /** As `$?` would say; undefined while it runs. */
  exitStatus: number | undefined;
  onExit: ((exitStatus: number) => void) | undefined;
  private readonly out: Uint8Array[] = [];
  private readonly err: Uint8Array[] = [];
  private length = 0;

  constructor(
    private readonly send: (signal: SignalName) => void,
    /** With a terminal both streams are one. */
    private readonly hasTerminal: boolean,
  ) {}

  /** Text so far; carriage returns of a terminal are left out. */
  get stdout(): string {
    const text = textOf(this.out);
    return this.hasTerminal ? text.replaceAll("\r\n", "\n") : text;
  }

  get stderr(): string {
    return textOf(this.err);
  }

  /** Ctrl-C: SIGINT to its process group. */
  interrupt(): void {
    if (this.exitStatus === undefined) this.send("SIGINT");
  }

  kill(): void {
    if (this.exitStatus === undefined) this.send("SIGKILL");
  }

  /** For the machine: bytes that it wrote. ENOSPC. */
  wrote(stream: "out" | "err", data: Uint8Array): void {
    this.length += data.length;
    if (this.length > MAX_OUTPUT_BYTES) throw new KernelError("ENOSPC");
    this[stream].push(data.slice());
  }

  /** For the machine: it has ended. */
  ended(status: WaitStatus): void {
    this.exitStatus = exitStatusOf(status);
    this.onExit?.(this.exitStatus);
  }
}

/** The shell's `$?`: 128 + n for a signal. */
export function exitStatusOf(status: WaitStatus): number {
  switch (status.kind) {
    case "exited":
      return status.code;
    case "signaled":
    case "stopped":
      return 128 + SIGNALS[status.signal];
    case "continued":
      return 0;
  }
}

function textOf(chunks: Uint8Array[]): string {
  if (chunks.length > 1) {
    const all = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
    let at = 0;
    for (const chunk of chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    chunks.splice(0, chunks.length, all);
  }
  return decodeUtf8(chunks[0] ?? new Uint8Array(0));
}
