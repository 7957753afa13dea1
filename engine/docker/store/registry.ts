/** The emulated registry as the engine asks it. */
import type { Kernel } from "../../kernel/kernel.ts";
import { REGISTRY } from "../images/index.ts";
import type { RegistryImage } from "../images/registry-image.ts";
import type { Registry } from "./pull.ts";
import type { StoredImage } from "./stored-image.ts";

/** Where a machine finds the registry of its lab: `kernel.endpoints`. */
const REGISTRY_ENDPOINT = "https://registry-1.docker.io";

export class LabRegistry implements Registry {
  private readonly images: readonly RegistryImage[];

  /** With images that the lab defines. */
  constructor(own: readonly RegistryImage[] = []) {
    this.images = [...REGISTRY, ...own];
  }

  find(repository: string, tag: string): StoredImage | undefined {
    const image = this.images.find(
      (one) => one.repository === repository && one.tags.includes(tag),
    );
    return image && storedImage(image, tag);
  }

  hasRepository(repository: string): boolean {
    return this.images.some((image) => image.repository === repository);
  }

  /** `sha256:…` */
  byId(id: string): RegistryImage | undefined {
    return this.images.find((image) => image.id === id);
  }
}

/** Without images of a lab's own. */
export const COMMON_REGISTRY = new LabRegistry();

export function registryOf(kernel: Kernel): LabRegistry {
  return (kernel.endpoints.get(REGISTRY_ENDPOINT) as LabRegistry | undefined) ?? COMMON_REGISTRY;
}

/** At power-on, before the daemon starts. */
export function useRegistry(kernel: Kernel, registry: LabRegistry): void {
  kernel.endpoints.set(REGISTRY_ENDPOINT, registry);
}

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
