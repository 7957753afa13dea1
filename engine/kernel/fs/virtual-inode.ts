import { KernelError } from "../errno.ts";
import type { Process } from "../process/process.ts";
import type { FileKind, OpenFlags, Stat } from "../process/sys.ts";
import { decodeUtf8, encodeUtf8 } from "../../sim/utf8.ts";
import { pathOf, type Dentry } from "./dentry.ts";
import type { AttributeChanges, FileSystem, Inode, NewInode } from "./inode.ts";
import type { OpenFile, Readiness } from "./open-file.ts";
import { WaitQueue } from "../process/wait-queue.ts";

const EMPTY = new Uint8Array(0);
const ALWAYS_READY: Readiness = { in: true, out: true, hangup: false, error: false };

/** A file that is not stored: /proc and /sys are views of the kernel, made when they are read. */
export abstract class VirtualInode implements Inode {
  abstract readonly kind: FileKind;

  constructor(
    readonly fileSystem: FileSystem,
    readonly number: number,
    readonly mode: number,
  ) {}

  stat(): Stat {
    return {
      inode: this.number,
      kind: this.kind,
      mode: this.mode,
      uid: 0,
      gid: 0,
      links: this.kind === "directory" ? 2 : 1,
      sizeBytes: 0,
      modifiedSeconds: 0,
    };
  }

  setAttributes(_changes: AttributeChanges): void {
    throw new KernelError("EPERM");
  }

  lookup(_name: string, _caller: Process): Inode | undefined {
    throw new KernelError("ENOTDIR");
  }

  list(_caller: Process): readonly string[] {
    throw new KernelError("ENOTDIR");
  }

  create(_name: string, what: NewInode): Inode {
    // /proc finds no such name; sysfs has no operation to make one.
    if (this.fileSystem.type === "proc") throw new KernelError("ENOENT");
    throw new KernelError(what.kind === "file" ? "EACCES" : "EPERM");
  }

  link(): void {
    throw new KernelError("EPERM");
  }

  remove(_name: string): void {
    throw new KernelError("EPERM");
  }

  rename(): void {
    throw new KernelError("EPERM");
  }

  readlink(_caller: Process): string {
    throw new KernelError("EINVAL");
  }

  open(_flags: OpenFlags, _caller: Process, dentry: Dentry): OpenFile {
    return new VirtualOpenFile(this, pathOf(dentry), undefined, undefined);
  }

  truncate(_sizeBytes: number): void {}
}

/** Number of a view, the same each time it is looked up. FNV-1a over the path of names. */
function virtualInodeNumber(parent: number, name: string): number {
  let hash = 0x811c9dc5 ^ parent;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return (hash >>> 0) + 1;
}

export interface DirectoryView {
  lookup(name: string, caller: Process): NodeView | undefined;
  list(caller: Process): readonly string[];
}

/** What a name in a view stands for. */
export type NodeView =
  | { readonly kind: "directory"; readonly view: DirectoryView; readonly mode?: number }
  | {
      readonly kind: "file";
      readonly mode?: number;
      read(caller: Process): string | Uint8Array;
      /** Takes what one write(2) call wrote. */
      write?(text: string, caller: Process): void;
    }
  | {
      readonly kind: "symlink";
      target(caller: Process): string;
      jump?(caller: Process): Dentry | Inode;
    };

/** A directory of fixed names. */
export function fixedDirectory(
  entries: Readonly<Record<string, NodeView>> | ReadonlyMap<string, NodeView>,
): DirectoryView {
  const map = entries instanceof Map ? entries : new Map(Object.entries(entries));
  return {
    lookup: (name) => map.get(name),
    list: () => [...map.keys()],
  };
}

export function readOnlyFile(read: (caller: Process) => string): NodeView {
  return { kind: "file", mode: 0o444, read };
}

class ViewDirectory extends VirtualInode {
  readonly kind = "directory";

  constructor(
    fileSystem: FileSystem,
    number: number,
    mode: number,
    private readonly view: () => DirectoryView,
  ) {
    super(fileSystem, number, mode);
  }

  override lookup(name: string, caller: Process): Inode | undefined {
    const found = this.view().lookup(name, caller);
    if (!found) return undefined;
    const number = virtualInodeNumber(this.number, name);
    switch (found.kind) {
      case "directory":
        return new ViewDirectory(this.fileSystem, number, found.mode ?? 0o555, () => found.view);
      case "file":
        return new ViewFile(this.fileSystem, number, found);
      case "symlink":
        return new ViewLink(this.fileSystem, number, found);
    }
  }

  override list(caller: Process): readonly string[] {
    return this.view().list(caller);
  }
}

class ViewFile extends VirtualInode {
  readonly kind = "file";

  constructor(
    fileSystem: FileSystem,
    number: number,
    private readonly view: NodeView & { readonly kind: "file" },
  ) {
    super(fileSystem, number, view.mode ?? (view.write ? 0o644 : 0o444));
  }

  override open(flags: OpenFlags, caller: Process, dentry: Dentry): OpenFile {
    const { view } = this;
    if (flags.write && !view.write) throw new KernelError("EACCES");
    const read = flags.read ? () => view.read(caller) : undefined;
    const write = flags.write ? (text: string) => view.write?.(text, caller) : undefined;
    return new VirtualOpenFile(this, pathOf(dentry), read, write);
  }
}

class ViewLink extends VirtualInode {
  readonly kind = "symlink";
  readonly jump?: (caller: Process) => Dentry | Inode;

  constructor(
    fileSystem: FileSystem,
    number: number,
    private readonly view: NodeView & { readonly kind: "symlink" },
  ) {
    super(fileSystem, number, 0o777);
    if (view.jump) this.jump = (caller) => (view.jump as NonNullable<typeof view.jump>)(caller);
  }

  override readlink(caller: Process): string {
    return this.view.target(caller);
  }
}

/** An open view: its text is made at the first read, so that one reader sees one state. */
class VirtualOpenFile implements OpenFile {
  readonly kind;
  readonly changed = new WaitQueue();
  nonBlocking = false;
  private text: Uint8Array | undefined;
  private offset = 0;

  constructor(
    private readonly inode: Inode,
    private readonly path: string,
    private readonly source: (() => string | Uint8Array) | undefined,
    private readonly sink: ((text: string) => void) | undefined,
  ) {
    this.kind = inode.kind;
  }

  read(max: number): Uint8Array {
    if (this.kind === "directory") throw new KernelError("EISDIR");
    if (!this.source) throw new KernelError("EBADF");
    if (!this.text || this.offset === 0) {
      const made = this.source();
      this.text = typeof made === "string" ? encodeUtf8(made) : made;
    }
    const part = this.text.subarray(this.offset, this.offset + max);
    this.offset += part.length;
    return part.length === 0 ? EMPTY : part;
  }

  write(data: Uint8Array): number {
    if (!this.sink) throw new KernelError("EBADF");
    this.sink(decodeUtf8(data));
    return data.length;
  }

  readiness(): Readiness {
    return ALWAYS_READY;
  }

  stat(): Stat {
    return this.inode.stat();
  }

  release(): void {}

  describe(): string {
    return this.path;
  }

  seek(offset: number, whence: "set" | "current" | "end"): number {
    if (whence === "end") throw new KernelError("EINVAL");
    this.offset = whence === "set" ? offset : this.offset + offset;
    return this.offset;
  }
}

/** A file system all of whose files are views. The tree of views is made when it is looked at. */
export class ViewFileSystem implements FileSystem {
  readonly root: Inode;

  constructor(
    readonly type: string,
    makeRoot: () => DirectoryView,
  ) {
    this.root = new ViewDirectory(this, 1, 0o555, makeRoot);
  }
}
