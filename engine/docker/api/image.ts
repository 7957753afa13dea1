/** Images, as the Engine API writes them. */
import type { ContainerConfig, GraphDriver, Names } from "./container.ts";

/** An element of GET /images/json. */
export interface ImageSummary {
  readonly Containers: number;
  /** Unix seconds. */
  readonly Created: number;
  readonly Id: string;
  readonly Labels: Names | null;
  readonly ParentId: string;
  readonly RepoDigests: readonly string[];
  readonly RepoTags: readonly string[];
  readonly SharedSize: number;
  readonly Size: number;
  /** 20.10 only. */
  readonly VirtualSize?: number;
}

/** GET /images/NAME/json. The keys come in the order of the engine's version. */
export interface ImageInspect {
  readonly Id: string;
  readonly RepoTags: readonly string[];
  readonly RepoDigests: readonly string[];
  readonly Parent: string;
  readonly Comment: string;
  readonly Created: string;
  /** 20.10 only. */
  readonly Container?: string;
  readonly ContainerConfig?: ContainerConfig;
  readonly DockerVersion: string;
  readonly Author: string;
  /** 28 leaves out what has to do with running: it has Cmd Entrypoint Env ExposedPorts Labels … */
  readonly Config: Partial<ContainerConfig>;
  readonly Architecture: string;
  readonly Os: string;
  readonly Size: number;
  /** 20.10 only. */
  readonly VirtualSize?: number;
  readonly GraphDriver: GraphDriver;
  readonly RootFS: { readonly Type: string; readonly Layers: readonly string[] };
  readonly Metadata: { readonly LastTagTime: string };
}

export interface ImageHistory {
  readonly Id: string;
  readonly Created: number;
  readonly CreatedBy: string;
  readonly Tags: readonly string[] | null;
  readonly Size: number;
  readonly Comment: string;
}

/** A line of DELETE /images/NAME. */
export type ImageDeleted = { readonly Untagged: string } | { readonly Deleted: string };

export interface ImagesPruned {
  readonly ImagesDeleted: readonly ImageDeleted[] | null;
  readonly SpaceReclaimed: number;
}

/** A record of a pull's or a build's progress, pkg/jsonmessage. */
export interface Progress {
  readonly status?: string;
  readonly id?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  /** `[==>   ]  1.2MB/4.3MB` */
  readonly progress?: string;
  /** Text of a build. */
  readonly stream?: string;
  readonly aux?: { readonly ID: string };
  readonly error?: string;
  readonly errorDetail?: { readonly code?: number; readonly message: string };
}

export interface BuildOptions {
  /** Inside the context; `Dockerfile` unless said. */
  readonly dockerfile?: string;
  /** `name:tag` each. */
  readonly tags?: readonly string[];
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly labels?: Names;
  readonly noCache?: boolean;
  readonly quiet?: boolean;
  readonly remove?: boolean;
  readonly target?: string;
}
