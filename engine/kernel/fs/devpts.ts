import type { Kernel, Terminals } from "../kernel.ts";
import type { Process } from "../process/process.ts";
import type { OpenFlags, Stat } from "../process/sys.ts";
import type { Terminal } from "../process/terminal/terminal.ts";
import type { FileSystem, Inode } from "./inode.ts";
import type { OpenFile } from "./open-file.ts";
import { VirtualInode } from "./virtual-inode.ts";

/** The `tty` group, which owns terminals. */
const TTY_GROUP = 5;

/** Opens a new pair from inside a /dev/pts of its own, whose /dev/ptmx is a link to it. */
const MASTER = "ptmx";

/** /dev/pts: a file for each pseudo-terminal that is open. Each mount has terminals of its own. */
export class TerminalFileSystem implements FileSystem {
  readonly type = "devpts";
  readonly root: Inode;

  constructor(
    kernel: Kernel,
    readonly terminals: Terminals = new Map(),
  ) {
    this.root = new TerminalDirectory(this, kernel);
  }
}

class TerminalDirectory extends VirtualInode {
  readonly kind = "directory";

  constructor(
    private readonly instance: TerminalFileSystem,
    private readonly kernel: Kernel,
  ) {
    super(instance, 1, 0o755);
  }

  override list(): readonly string[] {
    return [...this.instance.terminals.keys()].map(String).concat(MASTER);
  }

  override lookup(name: string): Inode | undefined {
    if (name === MASTER) return new MasterInode(this.instance, this.kernel);
    const terminal = /^\d+$/.test(name) ? this.instance.terminals.get(Number(name)) : undefined;
    return terminal && new TerminalInode(this.fileSystem, this.kernel, terminal);
  }
}

class TerminalInode extends VirtualInode {
  readonly kind = "char";

  constructor(
    fileSystem: FileSystem,
    private readonly kernel: Kernel,
    private readonly terminal: Terminal,
  ) {
    super(fileSystem, terminal.number + 3, 0o620);
  }

  override stat(): Stat {
    return { ...super.stat(), gid: TTY_GROUP };
  }

  override open(_flags: OpenFlags, caller: Process): OpenFile {
    return this.kernel.openTerminalFile(this.terminal, caller);
  }
}

class MasterInode extends VirtualInode {
  readonly kind = "char";

  constructor(
    private readonly instance: TerminalFileSystem,
    private readonly kernel: Kernel,
  ) {
    super(instance, 2, 0o666);
  }

  override open(): OpenFile {
    return this.kernel.openTerminalMaster(this.instance.terminals);
  }
}
