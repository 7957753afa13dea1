import type { ImageLayer } from "../kernel/fs/image-layer.ts";
import type { Kernel, KernelRelease } from "../kernel/kernel.ts";
import type { Program } from "../kernel/process/program.ts";
import type { ServiceUnit } from "./service.ts";

/** What a new machine's disk holds. Every machine of an image shares its files. */
export interface DiskImage {
  /** As lab files name it: `debian-12`. */
  readonly name: string;
  /** As /etc/os-release tells it. */
  readonly title: string;
  /** What `uname` says of its kernel; Debian 12's unless said. */
  readonly kernel?: KernelRelease;
  /** The login shell of root; /bin/bash unless said. */
  readonly shell?: string;
  readonly files: ImageLayer;
  /** By `programKey`. */
  readonly programs: ReadonlyMap<string, Program>;
  readonly services: readonly ServiceUnit[];
  /** Of the Docker engine that is installed. */
  readonly dockerRelease?: "20.10" | "28";
  /** Called at power-on, before anything runs: what the kernel has besides its processes. */
  attach?(kernel: Kernel): void;
}
