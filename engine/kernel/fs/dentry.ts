import type { Inode } from "./inode.ts";
import type { Mount } from "./mount.ts";

/**
 * A place in the tree of names: an inode, and the way it was reached. Linux struct path.
 * The root directory has no parent.
 */
export interface Dentry {
  readonly name: string;
  readonly parent: Dentry | undefined;
  readonly inode: Inode;
  readonly mount: Mount;
}

/** The absolute path, `/` for the root directory. */
export function pathOf(dentry: Dentry): string {
  let path = "";
  for (let at = dentry; at.parent; at = at.parent) path = `/${at.name}${path}`;
  return path === "" ? "/" : path;
}
