import { KernelError } from "../errno.ts";
import type { OpenFile, Readiness } from "../fs/open-file.ts";
import type { Stat } from "./sys.ts";
import { WaitQueue } from "./wait-queue.ts";

/** Bytes a pipe holds, pipe(7). */
export const PIPE_CAPACITY = 65_536;

/** Writes of up to this many bytes are not split, PIPE_BUF of pipe(7). */
const ATOMIC_WRITE = 4096;

const EMPTY = new Uint8Array(0);

/** A bounded byte queue with a reading and a writing side: a pipe or a FIFO. */
export class Pipe {
  readonly changed = new WaitQueue();
  readers = 0;
  writers = 0;
  /** A FIFO's end waits for the other to be opened for the first time, fifo(7). */
  hadReader: boolean;
  hadWriter: boolean;
  private readonly chunks: Uint8Array[] = [];
  private length = 0;

  constructor(
    readonly inode: number,
    private readonly described: string,
    isFifo = false,
  ) {
    this.hadReader = !isFifo;
    this.hadWriter = !isFifo;
  }

  openEnd(side: "read" | "write"): OpenFile {
    if (side === "read") {
      this.readers += 1;
      this.hadReader = true;
    } else {
      this.writers += 1;
      this.hadWriter = true;
    }
    this.changed.wakeAll();
    return new PipeEnd(this, side, this.described);
  }

  closeEnd(side: "read" | "write"): void {
    if (side === "read") this.readers -= 1;
    else this.writers -= 1;
    this.changed.wakeAll();
  }

  get room(): number {
    return PIPE_CAPACITY - this.length;
  }

  get isEmpty(): boolean {
    return this.length === 0;
  }

  read(max: number): Uint8Array | undefined {
    if (this.length === 0) {
      return this.writers === 0 && this.hadWriter ? EMPTY : undefined;
    }
    const parts: Uint8Array[] = [];
    let taken = 0;
    while (taken < max) {
      const first = this.chunks[0];
      if (!first) break;
      const part = first.subarray(0, max - taken);
      parts.push(part);
      taken += part.length;
      if (part.length === first.length) this.chunks.shift();
      else this.chunks[0] = first.subarray(part.length);
    }
    this.length -= taken;
    this.changed.wakeAll();
    if (parts.length === 1) return parts[0];
    const out = new Uint8Array(taken);
    let at = 0;
    for (const part of parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }

  write(data: Uint8Array): number | undefined {
    if (this.readers === 0 && this.hadReader) throw new KernelError("EPIPE");
    if (data.length === 0) return 0;
    if (data.length <= ATOMIC_WRITE ? this.room < data.length : this.room === 0) return undefined;
    const taken = Math.min(data.length, this.room);
    const last = this.chunks.length - 1;
    const tail = this.chunks[last];
    const merges = tail !== undefined && tail.length + taken <= ATOMIC_WRITE;
    // Many small writes must not become many small arrays.
    if (merges) {
      const merged = new Uint8Array(tail.length + taken);
      merged.set(tail);
      merged.set(data.subarray(0, taken), tail.length);
      this.chunks[last] = merged;
    } else {
      this.chunks.push(data.slice(0, taken));
    }
    this.length += taken;
    this.changed.wakeAll();
    return taken;
  }
}

class PipeEnd implements OpenFile {
  readonly kind = "fifo";
  nonBlocking = false;

  constructor(
    private readonly pipe: Pipe,
    private readonly side: "read" | "write",
    private readonly described: string,
  ) {}

  get changed(): WaitQueue {
    return this.pipe.changed;
  }

  read(max: number): Uint8Array | undefined {
    if (this.side === "write") throw new KernelError("EBADF");
    return this.pipe.read(max);
  }

  write(data: Uint8Array): number | undefined {
    if (this.side === "read") throw new KernelError("EBADF");
    return this.pipe.write(data);
  }

  readiness(): Readiness {
    const reads = this.side === "read";
    return {
      in: reads && !this.pipe.isEmpty,
      out: !reads && this.pipe.room >= ATOMIC_WRITE,
      hangup: reads && this.pipe.writers === 0 && this.pipe.hadWriter,
      error: !reads && this.pipe.readers === 0 && this.pipe.hadReader,
    };
  }

  stat(): Stat {
    return {
      inode: this.pipe.inode,
      kind: "fifo",
      mode: 0o600,
      uid: 0,
      gid: 0,
      links: 1,
      sizeBytes: 0,
      modifiedSeconds: 0,
    };
  }

  release(): void {
    this.pipe.closeEnd(this.side);
  }

  describe(): string {
    return this.described;
  }
}
