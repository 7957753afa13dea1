import type { Names } from "./container.ts";

export interface Volume {
  readonly CreatedAt: string;
  readonly Driver: string;
  readonly Labels: Names | null;
  readonly Mountpoint: string;
  readonly Name: string;
  readonly Options: Names | null;
  readonly Scope: string;
  readonly UsageData?: { readonly RefCount: number; readonly Size: number };
}

export interface VolumeCreate {
  readonly Name?: string;
  readonly Driver?: string;
  readonly DriverOpts?: Names;
  readonly Labels?: Names;
}

export interface VolumeList {
  readonly Volumes: readonly Volume[] | null;
  readonly Warnings: readonly string[] | null;
}

export interface VolumesPruned {
  readonly VolumesDeleted: readonly string[] | null;
  readonly SpaceReclaimed: number;
}
