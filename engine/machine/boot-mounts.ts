import { ImageLayerBuilder, type ImageLayer } from "../kernel/fs/image-layer.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { FileSystem } from "../kernel/fs/inode.ts";
import { TerminalFileSystem } from "../kernel/fs/devpts.ts";

const DEV: ImageLayer = new ImageLayerBuilder(0)
  .device("/null", { major: 1, minor: 3 })
  .device("/zero", { major: 1, minor: 5 })
  .device("/full", { major: 1, minor: 7 })
  .device("/random", { major: 1, minor: 8 })
  .device("/urandom", { major: 1, minor: 9 })
  .device("/tty", { major: 5, minor: 0 })
  .device("/ptmx", { major: 5, minor: 2 })
  .symlink("/fd", "/proc/self/fd")
  .symlink("/stdin", "/proc/self/fd/0")
  .symlink("/stdout", "/proc/self/fd/1")
  .symlink("/stderr", "/proc/self/fd/2")
  .directory("/pts")
  .directory("/shm", { mode: 0o1777 })
  .build();

const RUN: ImageLayer = new ImageLayerBuilder(0)
  .directory("/lock", { mode: 0o1777 })
  .directory("/netns")
  .directory("/systemd")
  .build();

/** Mounts what a booted Debian has besides its disk. */
export function mountBootFileSystems(kernel: Kernel): void {
  const namespaces = kernel.initialNamespaces;
  const { mount: mounts } = namespaces;
  const mount = (path: string, source: string, options: string, fileSystem: FileSystem) => {
    let covers = mounts.root;
    for (const name of path.split("/").slice(1)) covers = mounts.step(covers, name);
    mounts.mount(covers, { fileSystem, source, options });
  };
  const hardened = "rw,nosuid,nodev,noexec,relatime";
  mount("/sys", "sysfs", hardened, kernel.newFileSystem("sysfs", namespaces));
  mount("/proc", "proc", hardened, kernel.newFileSystem("proc", namespaces));
  const dev = "rw,nosuid,relatime,size=500000k,nr_inodes=125000,mode=755";
  mount("/dev", "udev", dev, kernel.memoryFileSystem("devtmpfs", DEV));
  const pts = "rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=000";
  mount("/dev/pts", "devpts", pts, new TerminalFileSystem(kernel, kernel.terminals));
  const run = "rw,nosuid,nodev,noexec,relatime,size=101492k,mode=755";
  mount("/run", "tmpfs", run, kernel.memoryFileSystem("tmpfs", RUN));
  mount("/tmp", "tmpfs", "rw,nosuid,nodev,relatime", kernel.newFileSystem("tmpfs", namespaces));
}
