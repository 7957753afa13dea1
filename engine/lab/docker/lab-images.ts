/** The container images that a lab file defines. */
import { REGISTRY } from "../../docker/images/index.ts";
import { imageOfLab } from "../../docker/images/lab-image.ts";
import type { RegistryImage } from "../../docker/images/registry-image.ts";
import { parseReference } from "../../docker/store/reference.ts";
import type { Complain } from "../config/complaint.ts";
import type { ImageFile } from "../file/schema.ts";

/** What cannot be made is complained of and left out. */
export function makeLabImages(
  files: readonly ImageFile[],
  complain: Complain,
): readonly RegistryImage[] {
  const made: RegistryImage[] = [];
  files.forEach((file, index) => {
    const path = ["images", index];
    const base = findImage(REGISTRY, file.base);
    if (!base) {
      complain([...path, "base"], `there is no image "${file.base}" in the registry`);
    } else if (findImage([...REGISTRY, ...made], file.name)) {
      complain([...path, "name"], `there is already an image "${file.name}"`);
    } else {
      made.push(imageOfLab({ ...file, base }));
    }
  });
  return made;
}

function findImage(images: readonly RegistryImage[], name: string): RegistryImage | undefined {
  const { repository, tag = "latest" } = parseReference(name);
  return images.find((image) => image.repository === repository && image.tags.includes(tag));
}
