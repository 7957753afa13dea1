import type { NamespaceKind } from "../namespaces.ts";
import type { FileSystem, Inode } from "./inode.ts";
import { VirtualInode } from "./virtual-inode.ts";

/** Where namespaces are files: the target of /proc/PID/ns/net, and what `ip netns` binds. */
export const NSFS: FileSystem = {
  type: "nsfs",
  get root(): Inode {
    throw new Error("nsfs has no root directory");
  },
};

/** A namespace as a file, which setns(2) takes and a bind mount keeps alive. */
export class NamespaceInode extends VirtualInode {
  readonly kind = "file";

  constructor(
    readonly kindOfNamespace: NamespaceKind,
    readonly namespace: object,
    number: number,
  ) {
    super(NSFS, number, 0o444);
  }
}
