import { KernelError } from "../../errno.ts";
import type { Process } from "../../process/process.ts";
import type { DirectoryView, NodeView } from "../virtual-inode.ts";

/** Kernel parameters as files; paths are relative to /proc/sys, such as `net/ipv4/ip_forward`. */
export interface SysctlTree {
  /** Names in a directory (`""`: the top); undefined: there is no such directory. */
  list(directory: string): readonly string[] | undefined;
  /** The value without its newline; undefined: there is no such parameter. */
  read(path: string): string | undefined;
  /** EINVAL: not a value for it. EPERM, EACCES: it may only be read. ENOENT. */
  write(path: string, text: string): void;
  isWritable?(path: string): boolean;
}

/** Several trees as one directory; the first that knows a path answers for it. */
export function sysctlDirectory(
  treesOf: (caller: Process) => readonly SysctlTree[],
  path = "",
): DirectoryView {
  const below = (name: string) => (path === "" ? name : `${path}/${name}`);
  return {
    list: (caller) => {
      const names = new Set<string>();
      for (const tree of treesOf(caller)) for (const name of tree.list(path) ?? []) names.add(name);
      return [...names].sort();
    },
    lookup: (name, caller) => {
      const target = below(name);
      const trees = treesOf(caller);
      if (trees.some((tree) => tree.list(target) !== undefined)) {
        return { kind: "directory", view: sysctlDirectory(treesOf, target) };
      }
      const tree = trees.find((candidate) => candidate.read(target) !== undefined);
      return tree && parameter(tree, target);
    },
  };
}

function parameter(tree: SysctlTree, path: string): NodeView {
  const read = () => `${tree.read(path) ?? ""}\n`;
  if (tree.isWritable?.(path) === false) return { kind: "file", mode: 0o444, read };
  return {
    kind: "file",
    mode: 0o644,
    read,
    write: (text, caller) => {
      if (caller.uid !== 0) throw new KernelError("EPERM");
      tree.write(path, text);
    },
  };
}
