/** What is mounted in every container: the default mounts of an OCI specification, as runc makes them. */
import { KernelError } from "../kernel/errno.ts";
import type { Dentry } from "../kernel/fs/dentry.ts";
import type { TerminalFileSystem } from "../kernel/fs/devpts.ts";
import { ImageLayerBuilder, type ImageLayer } from "../kernel/fs/image-layer.ts";
import type { FileSystem, Inode } from "../kernel/fs/inode.ts";
import type { MountNamespace } from "../kernel/fs/mount-namespace.ts";
import { pathComponents } from "../kernel/fs/path-names.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Namespaces } from "../kernel/namespaces.ts";
import type { Process } from "../kernel/process/process.ts";

/** A mount in a container. Where the target does not exist it is made. */
export interface ContainerMount {
  /** Absolute path in the container. */
  readonly target: string;
  /** As /proc/mounts shows it. */
  readonly source: string;
  readonly options: string;
  /** A file system, or a file or directory of the host's that is bound: `hostFile`. */
  readonly what: FileSystem | Dentry;
}

const DEV: ImageLayer = new ImageLayerBuilder(0)
  .symlink("/core", "/proc/kcore")
  .symlink("/fd", "/proc/self/fd")
  .device("/full", { major: 1, minor: 7 })
  .directory("/mqueue", { mode: 0o1777 })
  .device("/null", { major: 1, minor: 3 })
  .symlink("/ptmx", "pts/ptmx")
  .directory("/pts")
  .device("/random", { major: 1, minor: 8 })
  .directory("/shm", { mode: 0o1777 })
  .symlink("/stderr", "/proc/self/fd/2")
  .symlink("/stdin", "/proc/self/fd/0")
  .symlink("/stdout", "/proc/self/fd/1")
  .device("/tty", { major: 5, minor: 0 })
  .device("/urandom", { major: 1, minor: 9 })
  .device("/zero", { major: 1, minor: 5 })
  .build();

export function containerMounts(
  kernel: Kernel,
  namespaces: Namespaces,
  terminals: TerminalFileSystem,
  isPrivileged = false,
): ContainerMount[] {
  const virtual = "nosuid,nodev,noexec,relatime";
  const made = (type: string) => kernel.newFileSystem(type, namespaces);
  const mount = (target: string, source: string, options: string, what: FileSystem) => ({
    target,
    source,
    options,
    what,
  });
  const proc = made("proc");
  const access = isPrivileged ? "rw" : "ro";
  return [
    mount("/proc", "proc", `rw,${virtual}`, proc),
    mount("/dev", "tmpfs", "rw,nosuid,size=65536k,mode=755", kernel.memoryFileSystem("tmpfs", DEV)),
    mount("/dev/pts", "devpts", "rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=666", terminals),
    mount("/sys", "sysfs", `${access},${virtual}`, made("sysfs")),
    mount("/sys/fs/cgroup", "cgroup", `${access},${virtual}`, made("cgroup2")),
    mount("/dev/mqueue", "mqueue", `rw,${virtual}`, made("mqueue")),
    mount("/dev/shm", "shm", `rw,${virtual},size=65536k`, made("tmpfs")),
    ...(isPrivileged ? [] : [mount("/proc/sys", "proc", `ro,${virtual}`, proc)]),
  ];
}

/** Mounts one after the other, as they may stand on each other. ENOTDIR … */
export function mountAll(
  tree: MountNamespace,
  mounts: readonly ContainerMount[],
  caller: Process,
): void {
  for (const { target, source, options, what } of mounts) {
    const isBind = "mount" in what;
    const root = isBind ? what.inode : rootOf(what, target, tree, caller);
    const covers = makePlace(tree, target, root.kind === "directory", caller);
    const fileSystem = isBind ? what.inode.fileSystem : what;
    tree.mount(covers, { fileSystem, root, source, options });
  }
}

/** A file system that is mounted already, such as /proc at /proc/sys, is bound there by that part. */
function rootOf(
  fileSystem: FileSystem,
  target: string,
  tree: MountNamespace,
  caller: Process,
): Inode {
  const isMounted = tree.list().some((mount) => mount.fileSystem === fileSystem);
  return isMounted ? tree.resolve(target, caller).inode : fileSystem.root;
}

function makePlace(
  tree: MountNamespace,
  target: string,
  isDirectory: boolean,
  caller: Process,
): Dentry {
  let path = "";
  const names = pathComponents(target);
  for (const [index, name] of names.entries()) {
    path += `/${name}`;
    const place = tree.resolvePlace(path, caller, { followLast: true });
    if (place.existing) continue;
    const kind = index < names.length - 1 || isDirectory ? "directory" : "file";
    const mode = kind === "directory" ? 0o755 : 0o644;
    place.directory.inode.create(place.name, { kind, mode, uid: 0, gid: 0 });
  }
  const found = tree.resolve(target, caller);
  if ((found.inode.kind === "directory") !== isDirectory) throw new KernelError("ENOTDIR");
  return found;
}
