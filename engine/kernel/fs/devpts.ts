import type { Kernel } from "../kernel.ts";
import type { Process } from "../process/process.ts";
import type { OpenFlags, Stat } from "../process/sys.ts";
import type { FileSystem, Inode } from "./inode.ts";
import type { OpenFile } from "./open-file.ts";
import { VirtualInode } from "./virtual-inode.ts";

/** The `tty` group, which owns terminals. */
const TTY_GROUP = 5;

/** /dev/pts: a file for each pseudo-terminal that is open. */
export class TerminalFileSystem implements FileSystem {
  readonly type = "devpts";
  readonly root: Inode;

  constructor(kernel: Kernel) {
    this.root = new TerminalDirectory(this, kernel);
  }
}

class TerminalDirectory extends VirtualInode {
  readonly kind = "directory";

  constructor(
    fileSystem: FileSystem,
    private readonly kernel: Kernel,
  ) {
    super(fileSystem, 1, 0o755);
  }

  override list(): readonly string[] {
    return [...this.kernel.terminals.keys()].map(String);
  }

  override lookup(name: string): Inode | undefined {
    const terminal = /^\d+$/.test(name) ? this.kernel.terminals.get(Number(name)) : undefined;
    return terminal && new TerminalInode(this.fileSystem, this.kernel, terminal.number);
  }
}

class TerminalInode extends VirtualInode {
  readonly kind = "char";

  constructor(
    fileSystem: FileSystem,
    private readonly kernel: Kernel,
    private readonly terminal: number,
  ) {
    super(fileSystem, terminal + 3, 0o620);
  }

  override stat(): Stat {
    return { ...super.stat(), gid: TTY_GROUP };
  }

  override open(_flags: OpenFlags, caller: Process): OpenFile {
    return this.kernel.openTerminalFile(this.terminal, caller);
  }
}
