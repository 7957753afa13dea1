import { KernelError } from "../errno.ts";
import type { OpenFile } from "../fs/open-file.ts";

/** RLIMIT_NOFILE of a login, as `ulimit -n` shows it. */
const MAX_DESCRIPTORS = 1024;

/** How many descriptors, of all processes, point to an open file description. */
const references = new WeakMap<OpenFile, number>();

function retain(file: OpenFile): void {
  references.set(file, (references.get(file) ?? 0) + 1);
}

function drop(file: OpenFile): void {
  const left = (references.get(file) ?? 1) - 1;
  references.set(file, left);
  if (left === 0) file.release();
}

/** A process's descriptors; Linux struct files_struct. */
export class DescriptorTable {
  private readonly slots = new Map<number, OpenFile>();

  constructor(
    /** RLIMIT_NOFILE */
    public limit = MAX_DESCRIPTORS,
  ) {}

  /** EBADF */
  get(fd: number): OpenFile {
    const file = this.slots.get(fd);
    if (!file) throw new KernelError("EBADF");
    return file;
  }

  find(fd: number): OpenFile | undefined {
    return this.slots.get(fd);
  }

  /** Takes the lowest free descriptor from `from` up. EMFILE. */
  install(file: OpenFile, from = 0): number {
    let fd = from;
    while (this.slots.has(fd)) fd += 1;
    if (fd >= this.limit) {
      if (!references.get(file)) file.release();
      throw new KernelError("EMFILE");
    }
    retain(file);
    this.slots.set(fd, file);
    return fd;
  }

  /** Points `fd` to a file, closing what it pointed to. */
  put(fd: number, file: OpenFile): void {
    if (fd < 0 || fd >= this.limit) throw new KernelError("EBADF");
    const before = this.slots.get(fd);
    if (before === file) return;
    retain(file);
    this.slots.set(fd, file);
    if (before) drop(before);
  }

  /** EBADF */
  close(fd: number): void {
    const file = this.get(fd);
    this.slots.delete(fd);
    drop(file);
  }

  closeAll(): void {
    for (const fd of this.list()) this.close(fd);
  }

  /** Ascending. */
  list(): number[] {
    return [...this.slots.keys()].sort((a, b) => a - b);
  }

  get size(): number {
    return this.slots.size;
  }
}
