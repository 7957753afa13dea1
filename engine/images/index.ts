/** The disk images that a lab can give its machines. */
import type { DiskImage } from "../machine/disk-image.ts";
import { alpine } from "./alpine.ts";
import { debian12 } from "./debian-12.ts";
import { ubuntu1604 } from "./ubuntu-16.04.ts";

export const DEFAULT_IMAGE = "debian-12";

const BUILDERS: ReadonlyMap<string, () => DiskImage> = new Map([
  ["alpine", alpine],
  ["debian-12", debian12],
  ["ubuntu-16.04", ubuntu1604],
]);

/** Built when first asked for; every machine of an image shares one. */
const built = new Map<string, DiskImage>();

export function imageNames(): readonly string[] {
  return [...BUILDERS.keys()];
}

export function getImage(name: string): DiskImage | undefined {
  const known = built.get(name);
  if (known) return known;
  const image = BUILDERS.get(name)?.();
  if (image) built.set(name, image);
  return image;
}
