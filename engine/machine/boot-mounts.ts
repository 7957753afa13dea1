import { ImageLayerBuilder, type ImageLayer } from "../kernel/fs/image-layer.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { LayeredFileSystem } from "../kernel/fs/layered-file-system.ts";

/** What tmpfs mounts of one machine may hold, each. */
const TMPFS_BYTES = 32 << 20;
const TMPFS_INODES = 8192;

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

const TMP: ImageLayer = new ImageLayerBuilder(0, 0o1777).build();

/** Mounts what a booted Debian has besides its disk. */
export function mountBootFileSystems(kernel: Kernel): void {
  const { mount: mounts } = kernel.initialNamespaces;
  const at = (path: string) => {
    let dentry = mounts.root;
    for (const name of path.split("/").slice(1)) dentry = mounts.step(dentry, name);
    return dentry;
  };
  const memory = (type: string, layer: ImageLayer) =>
    new LayeredFileSystem(layer, {
      type,
      clock: () => kernel.realtimeSeconds,
      maxBytes: TMPFS_BYTES,
      maxInodes: TMPFS_INODES,
    });
  mounts.mount(at("/dev"), {
    fileSystem: memory("devtmpfs", DEV),
    source: "udev",
    options: "rw,nosuid,relatime,size=1000000k,nr_inodes=250000,mode=755",
  });
  mounts.mount(at("/run"), {
    fileSystem: memory("tmpfs", RUN),
    source: "tmpfs",
    options: "rw,nosuid,nodev,noexec,relatime,size=204800k,mode=755",
  });
  mounts.mount(at("/tmp"), {
    fileSystem: memory("tmpfs", TMP),
    source: "tmpfs",
    options: "rw,nosuid,nodev,relatime",
  });
}
