/** The emulated registry as the engine asks it. */
import { findInRegistry, REGISTRY } from "../images/index.ts";
import type { RegistryImage } from "../images/registry-image.ts";
import type { Registry } from "./pull.ts";
import type { StoredImage } from "./stored-image.ts";

export const EMULATED_REGISTRY: Registry = {
  find(repository, tag) {
    const image = findInRegistry(repository, tag);
    return image && storedImage(image, tag);
  },
  hasRepository: (repository) => REGISTRY.some((image) => image.repository === repository),
};

/** Its files are made when they are first used. */
export function storedImage(image: RegistryImage, tag: string): StoredImage {
  const { repository, digest } = image;
  return {
    id: image.id,
    created: image.created,
    config: image.config,
    get files() {
      return image.files;
    },
    programs: image.programs,
    layers: image.layers,
    history: image.history,
    tags: [`${repository}:${tag}`],
    digests: [`${repository}@${digest}`],
    parent: "",
    comment: "",
    author: "",
    dockerVersion: "",
    registryId: image.id,
  };
}
