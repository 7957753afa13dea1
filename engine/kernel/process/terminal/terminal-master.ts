import { KernelError } from "../../errno.ts";
import type { OpenFile, Readiness } from "../../fs/open-file.ts";
import type { Stat } from "../sys.ts";
import { WaitQueue } from "../wait-queue.ts";
import type { Terminal } from "./terminal.ts";

/** The master side as a program holds it, opened from /dev/ptmx; ptmx(4). */
export class TerminalMaster implements OpenFile {
  readonly kind = "char";
  readonly changed = new WaitQueue();
  nonBlocking = false;

  constructor(readonly terminal: Terminal) {
    terminal.onOutput = () => this.changed.wakeAll();
    terminal.onAbandoned = () => this.changed.wakeAll();
  }

  /** EIO: every program has closed the terminal, and all its output was read. */
  read(max: number): Uint8Array | undefined {
    const data = this.terminal.takeOutput(max);
    if (data.length > 0) return data;
    if (this.terminal.isAbandoned) throw new KernelError("EIO");
    return undefined;
  }

  write(data: Uint8Array): number {
    this.terminal.input(data);
    return data.length;
  }

  readiness(): Readiness {
    return {
      in: this.terminal.hasOutput,
      out: true,
      hangup: this.terminal.isAbandoned,
      error: false,
    };
  }

  stat(): Stat {
    return {
      inode: 2,
      kind: "char",
      mode: 0o666,
      uid: 0,
      gid: 5,
      links: 1,
      sizeBytes: 0,
      modifiedSeconds: 0,
    };
  }

  release(): void {
    this.terminal.hangUp();
  }

  describe(): string {
    return "/dev/ptmx";
  }
}
