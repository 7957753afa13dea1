import type { Stat } from "../../process/sys.ts";
import type { FileSystem, Inode } from "../inode.ts";
import type { OpenFile } from "../open-file.ts";
import { VirtualInode } from "../virtual-inode.ts";

const ANONYMOUS: FileSystem = {
  type: "anon_inodefs",
  get root(): Inode {
    throw new Error("open files have no root directory");
  },
};

/** An open file reached through /proc/PID/fd/N: opening it shares the open file description. */
export class OpenFileInode extends VirtualInode {
  readonly kind;

  constructor(private readonly file: OpenFile) {
    super(ANONYMOUS, file.stat().inode, file.stat().mode);
    this.kind = file.kind;
  }

  override stat(): Stat {
    return this.file.stat();
  }

  override open(): OpenFile {
    return this.file;
  }
}
