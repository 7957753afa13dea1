import { KernelError } from "../errno.ts";
import type { OpenFlags, Stat } from "../process/sys.ts";
import { WaitQueue } from "../process/wait-queue.ts";
import type { LayeredFileSystem } from "./layered-file-system.ts";
import { resizeContent } from "./layered-inode.ts";
import type { OpenFile, Readiness } from "./open-file.ts";

const ALWAYS_READY: Readiness = { in: true, out: true, hangup: false, error: false };
const EMPTY = new Uint8Array(0);

/** An open file description of a regular file or a directory. */
export class RegularFile implements OpenFile {
  readonly kind;
  readonly changed = new WaitQueue();
  nonBlocking = false;
  private offset = 0;

  constructor(
    private readonly fileSystem: LayeredFileSystem,
    private readonly number: number,
    private readonly flags: OpenFlags,
    private readonly path: string,
  ) {
    this.kind = fileSystem.record(number).kind;
    fileSystem.opened(number);
  }

  read(max: number): Uint8Array {
    if (this.kind === "directory") throw new KernelError("EISDIR");
    if (!this.flags.read) throw new KernelError("EBADF");
    const record = this.fileSystem.record(this.number);
    const end = Math.min(record.sizeBytes, this.offset + max);
    if (end <= this.offset) return EMPTY;
    const data = (record.content as Uint8Array).slice(this.offset, end);
    this.offset = end;
    return data;
  }

  write(data: Uint8Array): number {
    if (!this.flags.write) throw new KernelError("EBADF");
    let record = this.fileSystem.record(this.number);
    const at = this.flags.append ? record.sizeBytes : this.offset;
    const size = Math.max(record.sizeBytes, at + data.length);
    record = resizeContent(this.fileSystem, this.number, size);
    record.content?.set(data, at);
    this.offset = at + data.length;
    return data.length;
  }

  readiness(): Readiness {
    return ALWAYS_READY;
  }

  stat(): Stat {
    return this.fileSystem.inode(this.number).stat();
  }

  release(): void {
    this.fileSystem.closed(this.number);
  }

  describe(): string {
    return this.fileSystem.record(this.number).links > 0 ? this.path : `${this.path} (deleted)`;
  }

  seek(offset: number, whence: "set" | "current" | "end"): number {
    const from =
      whence === "set"
        ? 0
        : whence === "current"
          ? this.offset
          : this.fileSystem.record(this.number).sizeBytes;
    if (from + offset < 0) throw new KernelError("EINVAL");
    this.offset = from + offset;
    return this.offset;
  }
}
