/** An end of a stream between the engine and its client: an open file that is no file. */
import { KernelError } from "../../kernel/errno.ts";
import type { OpenFile, Readiness } from "../../kernel/fs/open-file.ts";
import type { Stat } from "../../kernel/process/sys.ts";
import type { WaitQueue } from "../../kernel/process/wait-queue.ts";

export const EMPTY = new Uint8Array(0);

export abstract class StreamFile implements OpenFile {
  readonly kind = "socket";
  abstract readonly changed: WaitQueue;
  nonBlocking = false;

  abstract read(max: number): Uint8Array | undefined;
  abstract readiness(): Readiness;

  write(_data: Uint8Array): number | undefined {
    throw new KernelError("EBADF");
  }

  stat(): Stat {
    return {
      inode: 1,
      kind: "socket",
      mode: 0o777,
      uid: 0,
      gid: 0,
      links: 1,
      sizeBytes: 0,
      modifiedSeconds: 0,
    };
  }

  release(): void {}

  describe(): string {
    return "socket:[1]";
  }
}
