import type { FileKind, OpenFlags, Stat } from "../process/sys.ts";
import type { Process } from "../process/process.ts";
import type { Dentry } from "./dentry.ts";
import type { OpenFile } from "./open-file.ts";

/** What stands behind one or several mounts. */
export interface FileSystem {
  /** As in /proc/mounts: ext4, tmpfs, proc. */
  readonly type: string;
  readonly root: Inode;
  /** Undefined: it keeps nothing. */
  readonly usage?: {
    readonly bytes: number;
    readonly maxBytes: number;
    readonly inodes: number;
    readonly maxInodes: number;
  };
}

export interface DeviceNumber {
  readonly major: number;
  readonly minor: number;
}

/** What `create` makes. */
export interface NewInode {
  readonly kind: FileKind;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Symbolic links. */
  readonly target?: string;
  readonly device?: DeviceNumber;
}

export interface AttributeChanges {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly modifiedSeconds?: number;
}

/**
 * A file of any kind, as its file system gives it: Linux struct inode with its operations.
 * Two handles stand for the same file when file system and number are equal. The caller is the
 * process that asks: /proc shows each its own view.
 */
export interface Inode {
  readonly fileSystem: FileSystem;
  readonly number: number;
  readonly kind: FileKind;
  stat(): Stat;
  setAttributes(changes: AttributeChanges): void;

  /** Directories. Undefined: no such name. */
  lookup(name: string, caller: Process): Inode | undefined;
  /** Names without `.` and `..`, in no particular order. */
  list(caller: Process): readonly string[];
  create(name: string, what: NewInode): Inode;
  link(name: string, target: Inode): void;
  /** Takes a name away; ENOTEMPTY for a directory with entries. */
  remove(name: string): void;
  /** Moves a name, replacing what is there. The caller has checked kinds and emptiness. */
  rename(name: string, toDirectory: Inode, toName: string): void;

  /** Symbolic links. */
  readlink(caller: Process): string;
  /** Links of /proc that lead to a file whatever its name is now. */
  jump?(caller: Process): Dentry | Inode;

  device?: DeviceNumber;
  /** The file has been found to be allowed; `flags.truncate` is the caller's business. */
  open(flags: OpenFlags, caller: Process, dentry: Dentry): OpenFile;
  truncate(sizeBytes: number): void;
}

export function isSameInode(a: Inode, b: Inode): boolean {
  return a.fileSystem === b.fileSystem && a.number === b.number;
}
