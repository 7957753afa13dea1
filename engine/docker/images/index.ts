/** The emulated registry: every image that can be pulled, one line each. */
import { alpine } from "./alpine.ts";
import { busybox } from "./busybox.ts";
import { debian } from "./debian.ts";
import { nginx } from "./nginx.ts";
import type { RegistryImage } from "./registry-image.ts";
import { ubuntu } from "./ubuntu.ts";

export const REGISTRY: readonly RegistryImage[] = [alpine, busybox, debian, nginx, ubuntu];

/** Undefined: there is no such image, or it has no such tag. */
export function findInRegistry(repository: string, tag: string): RegistryImage | undefined {
  return REGISTRY.find((image) => image.repository === repository && image.tags.includes(tag));
}
