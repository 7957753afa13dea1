import { KernelError } from "../errno.ts";
import type { Process } from "../process/process.ts";
import type { Dentry } from "./dentry.ts";
import { isSameInode, type FileSystem, type Inode } from "./inode.ts";
import type { Mount } from "./mount.ts";
import { pathComponents } from "./path-names.ts";

/** Symbolic links followed before ELOOP, path_resolution(7). */
const MAX_LINKS = 40;
const NAME_MAX = 255;
const FIRST_DEVICE = 21;
const PATH_MAX = 4096;

export interface ResolveOptions {
  /** Follow a symbolic link in the last place; true unless said. */
  readonly followLast?: boolean;
}

/** Where a new name would go: its directory, and what has the name now. */
export interface Place {
  readonly directory: Dentry;
  readonly name: string;
  readonly existing: Dentry | undefined;
  /** The path ended in a slash: only a directory may have this name. */
  readonly mustBeDirectory: boolean;
}

/** The mounts that a set of processes sees, mount_namespaces(7), and path resolution in them. */
export class MountNamespace {
  private readonly mounts: Mount[] = [];
  private readonly coveredFileSystems: Map<FileSystem, number> = new Map();
  readonly root: Dentry;

  constructor(
    root:
      | { readonly fileSystem: FileSystem; readonly source: string; readonly options: string }
      | MountNamespace,
  ) {
    if (root instanceof MountNamespace) {
      this.root = root.root;
      this.mounts.push(...root.mounts);
      this.coveredFileSystems = new Map(root.coveredFileSystems);
      return;
    }
    const mount: Mount = {
      fileSystem: root.fileSystem,
      root: root.fileSystem.root,
      source: root.source,
      options: root.options,
      readOnly: false,
      covers: undefined,
    };
    this.mounts.push(mount);
    this.root = { name: "", parent: undefined, inode: mount.root, mount };
  }

  /** The same mounts, to be changed apart. unshare(CLONE_NEWNS) */
  copy(): MountNamespace {
    return new MountNamespace(this);
  }

  /** In the order they were mounted. */
  list(): readonly Mount[] {
    return this.mounts;
  }

  /** Minor number of a file system's anonymous device, as stat(2) and mountinfo tell it. */
  deviceNumber(fileSystem: FileSystem): number {
    return FIRST_DEVICE + this.mounts.findIndex((mount) => mount.fileSystem === fileSystem);
  }

  mount(
    covers: Dentry,
    what: { readonly fileSystem: FileSystem; readonly source: string; readonly options: string } & {
      readonly root?: Inode;
    },
  ): Mount {
    const mount: Mount = {
      fileSystem: what.fileSystem,
      root: what.root ?? what.fileSystem.root,
      source: what.source,
      options: what.options,
      readOnly: what.options.split(",").includes("ro"),
      covers,
    };
    this.mounts.push(mount);
    const covered = covers.inode.fileSystem;
    this.coveredFileSystems.set(covered, (this.coveredFileSystems.get(covered) ?? 0) + 1);
    return mount;
  }

  /** Takes away the topmost mount at a place. EINVAL: nothing is mounted there. */
  unmount(at: Dentry): Mount {
    const { mount } = at;
    if (!mount.covers || !isSameInode(mount.root, at.inode)) throw new KernelError("EINVAL");
    this.forget(mount);
    return mount;
  }

  /** Takes a mount away that another namespace, of which this is a copy, has taken away. */
  forget(mount: Mount): void {
    const at = this.mounts.indexOf(mount);
    if (at < 0 || !mount.covers) return;
    this.mounts.splice(at, 1);
    const covered = mount.covers.inode.fileSystem;
    this.coveredFileSystems.set(covered, (this.coveredFileSystems.get(covered) ?? 1) - 1);
  }

  /** True if something is mounted on the file itself. */
  isMountPoint(dentry: Dentry): boolean {
    return dentry.mount.covers !== undefined && isSameInode(dentry.mount.root, dentry.inode);
  }

  /** ENOENT, ENOTDIR, EACCES, ELOOP, ENAMETOOLONG. */
  resolve(path: string, caller: Process, options: ResolveOptions = {}): Dentry {
    const isDirectory = /\/\.?$/.test(path);
    const place = this.walk(path, caller, isDirectory || (options.followLast ?? true));
    if (!place.existing) throw new KernelError("ENOENT");
    if (place.mustBeDirectory && place.existing.inode.kind !== "directory") {
      throw new KernelError("ENOTDIR");
    }
    return place.existing;
  }

  /** The same for a name that may not exist yet, in a directory that must. */
  resolvePlace(path: string, caller: Process, options: ResolveOptions = {}): Place {
    return this.walk(path, caller, options.followLast ?? false);
  }

  private walk(path: string, caller: Process, followLast: boolean): Place {
    if (path === "") throw new KernelError("ENOENT");
    if (path.length >= PATH_MAX) throw new KernelError("ENAMETOOLONG");
    let at = path.startsWith("/") ? this.root : caller.cwd;
    const todo = pathComponents(path).reverse();
    let mustBeDirectory = /\/\.?$/.test(path);
    let links = 0;
    for (;;) {
      const name = todo.pop();
      if (name === undefined) {
        // The path named the root directory, or ended in `..`.
        return { directory: at.parent ?? at, name: at.name, existing: at, mustBeDirectory };
      }
      if (name.length > NAME_MAX) throw new KernelError("ENAMETOOLONG");
      if (at.inode.kind !== "directory") throw new KernelError("ENOTDIR");
      requirePermission(at.inode, caller, 1);
      if (name === "..") {
        at = at.parent ?? at;
        continue;
      }
      const isLast = todo.length === 0;
      const child = this.child(at, name, caller);
      if (!child) {
        if (!isLast) throw new KernelError("ENOENT");
        return { directory: at, name, existing: undefined, mustBeDirectory };
      }
      if (child.inode.kind !== "symlink" || (isLast && !followLast)) {
        if (isLast) return { directory: at, name, existing: child, mustBeDirectory };
        at = child;
        continue;
      }
      links += 1;
      if (links > MAX_LINKS) throw new KernelError("ELOOP");
      const jumped = child.inode.jump?.(caller);
      if (jumped) {
        const there: Dentry =
          "inode" in jumped ? jumped : { name, parent: at, inode: jumped, mount: at.mount };
        if (isLast) {
          return {
            directory: there.parent ?? at,
            name: there.name,
            existing: there,
            mustBeDirectory,
          };
        }
        at = there;
        continue;
      }
      const target = child.inode.readlink(caller);
      if (target === "") throw new KernelError("ENOENT");
      if (target.startsWith("/")) at = this.root;
      if (isLast && target.endsWith("/")) mustBeDirectory = true;
      todo.push(...pathComponents(target).reverse());
    }
  }

  /** One name down from a directory, without links or permissions. ENOENT. */
  step(directory: Dentry, name: string, caller?: Process): Dentry {
    const child = this.child(directory, name, caller as Process);
    if (!child) throw new KernelError("ENOENT");
    return child;
  }

  private child(directory: Dentry, name: string, caller: Process): Dentry | undefined {
    const inode = directory.inode.lookup(name, caller);
    if (!inode) return undefined;
    let dentry: Dentry = { name, parent: directory, inode, mount: directory.mount };
    while (this.coveredFileSystems.get(dentry.inode.fileSystem)) {
      const mount = this.mounts.findLast(
        ({ covers }) => covers?.mount === dentry.mount && isSameInode(covers.inode, dentry.inode),
      );
      if (!mount) break;
      dentry = { name, parent: directory, inode: mount.root, mount };
    }
    return dentry;
  }
}

/** `wanted`: 4 read, 2 write, 1 execute or search. Root may do all but execute what nobody may. */
export function isPermitted(inode: Inode, caller: Process, wanted: number): boolean {
  const { mode, uid, gid, kind } = inode.stat();
  if (caller.uid === 0) {
    return !(wanted & 1) || kind === "directory" || (mode & 0o111) !== 0;
  }
  const shift = caller.uid === uid ? 6 : caller.gid === gid ? 3 : 0;
  return ((mode >> shift) & wanted) === wanted;
}

/** EACCES */
export function requirePermission(inode: Inode, caller: Process, wanted: number): void {
  if (caller.uid === 0 && !(wanted & 1)) return;
  if (!isPermitted(inode, caller, wanted)) throw new KernelError("EACCES");
}
