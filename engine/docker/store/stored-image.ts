/** An image in the engine's own store. */
import type { ImageLayer } from "../../kernel/fs/image-layer.ts";
import type { Program } from "../../kernel/process/program.ts";
import type { ContainerConfig } from "../api/container.ts";

/** What an image says about the containers made of it. */
export type ImageConfig = Partial<
  Pick<
    ContainerConfig,
    | "Cmd"
    | "Entrypoint"
    | "Env"
    | "ExposedPorts"
    | "Healthcheck"
    | "Labels"
    | "OnBuild"
    | "Shell"
    | "StopSignal"
    | "User"
    | "Volumes"
    | "WorkingDir"
  >
>;

export interface StoredLayer {
  /** `sha256:…` of its content. */
  readonly digest: string;
  readonly sizeBytes: number;
}

export interface HistoryEntry {
  /** Unix seconds. */
  readonly created: number;
  readonly createdBy: string;
  readonly sizeBytes: number;
  readonly comment: string;
}

export interface StoredImage {
  /** `sha256:…` */
  readonly id: string;
  /** RFC 3339. */
  readonly created: string;
  readonly config: ImageConfig;
  /** All layers, one on the other. */
  readonly files: ImageLayer;
  readonly programs: ReadonlyMap<string, Program>;
  readonly layers: readonly StoredLayer[];
  /** The oldest first. */
  readonly history: readonly HistoryEntry[];
  /** `repository:tag` each. */
  readonly tags: string[];
  /** `repository@sha256:…` each. */
  readonly digests: readonly string[];
  readonly parent: string;
  readonly comment: string;
  readonly author: string;
  readonly dockerVersion: string;
  /** Of the image of the registry that it is, or was made from. */
  readonly registryId: string;
}

export function imageSize(image: StoredImage): number {
  return image.layers.reduce((total, layer) => total + layer.sizeBytes, 0);
}
