import type { Dentry } from "./dentry.ts";
import type { FileSystem, Inode } from "./inode.ts";

/** A file system (or a part of one, for a bind mount) put at a place in the tree. */
export interface Mount {
  readonly fileSystem: FileSystem;
  readonly root: Inode;
  /** What was mounted, as in /proc/mounts: a device, `tmpfs`, `proc`. */
  readonly source: string;
  readonly options: string;
  readonly readOnly: boolean;
  /** What it covers; undefined for the root file system. */
  readonly covers: Dentry | undefined;
}
