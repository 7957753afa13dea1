import { KernelError } from "../kernel/errno.ts";
import type { OpenFile, Readiness } from "../kernel/fs/open-file.ts";
import type { Stat } from "../kernel/process/sys.ts";
import { WaitQueue } from "../kernel/process/wait-queue.ts";

const EMPTY = new Uint8Array(0);

/**
 * A file outside the machine: what is written to it goes to the host, what is read from it was given
 * by the host. To programs it looks like a regular file.
 */
export class BufferFile implements OpenFile {
  readonly kind = "file";
  readonly changed = new WaitQueue();
  nonBlocking = false;
  private offset = 0;

  constructor(
    /** May throw ENOSPC. */
    private readonly sink: ((data: Uint8Array) => void) | undefined,
    private readonly content: Uint8Array = EMPTY,
  ) {}

  read(max: number): Uint8Array {
    const part = this.content.slice(this.offset, this.offset + max);
    this.offset += part.length;
    return part;
  }

  write(data: Uint8Array): number {
    if (!this.sink) throw new KernelError("EBADF");
    this.sink(data);
    return data.length;
  }

  readiness(): Readiness {
    return { in: true, out: true, hangup: false, error: false };
  }

  stat(): Stat {
    return {
      inode: 1,
      kind: "file",
      mode: 0o600,
      uid: 0,
      gid: 0,
      links: 0,
      sizeBytes: this.content.length,
      modifiedSeconds: 0,
    };
  }

  release(): void {}

  describe(): string {
    return "/tmp/#1 (deleted)";
  }

  seek(offset: number, whence: "set" | "current" | "end"): number {
    const from = whence === "set" ? 0 : whence === "current" ? this.offset : this.content.length;
    if (from + offset < 0) throw new KernelError("EINVAL");
    this.offset = from + offset;
    return this.offset;
  }
}
