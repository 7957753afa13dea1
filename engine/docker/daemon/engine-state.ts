/** What the engine keeps on the machine's disk: it outlives the daemon and a reboot. */
import type { FileSystem } from "../../kernel/fs/inode.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { Container } from "../containers/container.ts";
import type { NetworkDefinition } from "../networks/network.ts";
import type { StoredImage } from "../store/stored-image.ts";
import type { StoredVolume } from "../store/volumes.ts";

export interface EngineState {
  networks: readonly NetworkDefinition[];
  /** In the order in which they were created. */
  readonly containers: Map<string, Container>;
  readonly images: Map<string, StoredImage>;
  readonly volumes: Map<string, StoredVolume>;
}

const states = new WeakMap<FileSystem, EngineState>();

/** /var/lib/docker of the machine that a kernel runs on. */
export function engineState(kernel: Kernel): EngineState {
  const disk = kernel.initialNamespaces.mount.root.inode.fileSystem;
  let state = states.get(disk);
  if (!state) {
    state = { networks: [], containers: new Map(), images: new Map(), volumes: new Map() };
    states.set(disk, state);
  }
  return state;
}
