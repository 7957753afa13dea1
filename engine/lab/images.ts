/** The disk images of a lab's machines: those of images/, with Docker where people install it. */
import { getImage } from "../images/index.ts";
import { withDocker } from "../docker/install.ts";
import type { Release } from "../docker/daemon/release.ts";
import { useRegistry, type LabRegistry } from "../docker/store/registry.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { DiskImage } from "../machine/disk-image.ts";

/** The engine and command line that go with a disk image. */
const DOCKER: ReadonlyMap<string, Release> = new Map([
  ["debian-12", "28"],
  ["ubuntu-16.04", "20.10"],
]);

/** A machine whose `docker pull` also finds images of the lab's own. */
export function withRegistry(image: DiskImage, registry: LabRegistry): DiskImage {
  return {
    ...image,
    attach(kernel: Kernel) {
      useRegistry(kernel, registry);
      image.attach?.(kernel);
    },
  };
}

/** Made when first asked for; every machine of an image shares one. */
const made = new Map<string, DiskImage>();

export function labImage(name: string): DiskImage | undefined {
  const known = made.get(name);
  if (known) return known;
  const plain = getImage(name);
  const release = DOCKER.get(name);
  const image =
    plain && release
      ? withDocker(plain, { engine: release, cli: release, socketActivated: true })
      : plain;
  if (image) made.set(name, image);
  return image;
}
