/** Named and anonymous volumes: directories below /var/lib/docker/volumes. */
import type { Ns } from "../../sim/clock.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import { ApiError } from "../api/errors.ts";
import type { Names } from "../api/container.ts";
import type { Filters } from "../api/filters.ts";
import type { Volume, VolumeCreate } from "../api/volume.ts";
import type { DaemonContext } from "../daemon/context.ts";
import { newId } from "../daemon/identifiers.ts";
import { isoSeconds } from "../daemon/instant.ts";
import { checkFilters, hasLabel } from "../networks/filters.ts";

const ROOT = "/var/lib/docker/volumes";

export interface StoredVolume {
  readonly name: string;
  readonly createdNs: Ns;
  readonly labels: Names | null;
  readonly options: Names | null;
  readonly isAnonymous: boolean;
}

/** Label of a volume that nobody named. */
const ANONYMOUS_LABEL = "com.docker.volume.anonymous";

export class Volumes {
  constructor(
    private readonly context: DaemonContext,
    /** Ids of containers that use one. */
    private readonly usersOf: (volume: string) => readonly string[],
  ) {}

  get(name: string): StoredVolume {
    const found = this.context.state.volumes.get(name);
    if (!found) throw new ApiError(404, `get ${name}: no such volume`);
    return found;
  }

  find(name: string): StoredVolume | undefined {
    return this.context.state.volumes.get(name);
  }

  /** The volume of that name; a new one if there is none. ApiError 400. */
  create(body: VolumeCreate): StoredVolume {
    const { state, random, clock, events, sys, release } = this.context;
    const name = body.Name || newId(random);
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) {
      throw new ApiError(
        400,
        `create ${name}: "${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`,
      );
    }
    if (body.Driver && body.Driver !== "local") {
      throw new ApiError(
        404,
        `error looking up volume plugin ${body.Driver}: plugin "${body.Driver}" not found`,
      );
    }
    const existing = state.volumes.get(name);
    if (existing) return existing;
    const isAnonymous = !body.Name;
    const marked = isAnonymous && release === "28" ? { [ANONYMOUS_LABEL]: "" } : undefined;
    const labels = body.Labels || marked ? { ...marked, ...body.Labels } : null;
    const volume: StoredVolume = {
      name,
      createdNs: clock.nowNs,
      labels,
      options: body.DriverOpts ?? null,
      isAnonymous,
    };
    makeDirectories(sys, mountpoint(name), 0o755);
    state.volumes.set(name, volume);
    events.emit("volume", "create", name, { driver: "local" });
    return volume;
  }

  inspect({ name, createdNs, labels, options }: StoredVolume): Volume {
    return {
      CreatedAt: `${isoSeconds(this.context.clock.unixSeconds(createdNs))}Z`,
      Driver: "local",
      Labels: labels,
      Mountpoint: mountpoint(name),
      Name: name,
      Options: options,
      Scope: "local",
    };
  }

  /** ApiError 404, 409: in use. */
  remove(name: string, force: boolean): void {
    const { state, events, sys } = this.context;
    if (!state.volumes.has(name) && force) return;
    this.get(name);
    const users = this.usersOf(name);
    if (users.length > 0) {
      throw new ApiError(409, `remove ${name}: volume is in use - [${users.join(", ")}]`);
    }
    removeTree(sys, `${ROOT}/${name}`);
    state.volumes.delete(name);
    events.emit("volume", "destroy", name, { driver: "local" });
  }

  list(filters: Filters): StoredVolume[] {
    checkFilters(filters, this.context.release, ["dangling", "driver", "label", "name", "all"]);
    const any = (name: string, test: (wanted: string) => boolean): boolean => {
      const values = filters[name];
      return values === undefined || values.length === 0 || values.some(test);
    };
    return [...this.context.state.volumes.values()].filter(
      ({ name, labels }) =>
        any("name", (wanted) => name.includes(wanted)) &&
        any("driver", (wanted) => wanted === "local") &&
        any("dangling", (wanted) => {
          return ["true", "1"].includes(wanted) === (this.usersOf(name).length === 0);
        }) &&
        (filters["label"] ?? []).every((wanted) => hasLabel(labels ?? {}, wanted)),
    );
  }

  /** Unused ones; 28 leaves named ones alone unless asked. */
  prune(filters: Filters): { readonly names: readonly string[]; readonly bytes: number } {
    const { release, sys } = this.context;
    const { all = [], ...rest } = filters;
    const takesNamed = release === "20.10" || ["true", "1"].includes(all[0] ?? "");
    const unused = this.list(rest).filter(
      ({ name, isAnonymous }) => (takesNamed || isAnonymous) && this.usersOf(name).length === 0,
    );
    let bytes = 0;
    for (const { name } of unused) {
      bytes += treeSize(sys, mountpoint(name));
      this.remove(name, false);
    }
    return { names: unused.map(({ name }) => name), bytes };
  }

  size(volume: StoredVolume): number {
    return treeSize(this.context.sys, mountpoint(volume.name));
  }
}

export function mountpoint(name: string): string {
  return `${ROOT}/${name}/_data`;
}

export function makeDirectories(sys: Sys, path: string, mode: number): void {
  for (let slash = path.indexOf("/", 1); ; slash = path.indexOf("/", slash + 1)) {
    const parent = slash < 0 ? path : path.slice(0, slash);
    if (!sys.access(parent, {})) sys.mkdir(parent, mode);
    if (slash < 0) return;
  }
}

export function removeTree(sys: Sys, path: string): void {
  if (!sys.access(path, {})) return;
  for (const name of sys.readdir(path)) {
    if (name === "." || name === "..") continue;
    const child = `${path}/${name}`;
    if (sys.stat(child, { followLinks: false }).kind === "directory") removeTree(sys, child);
    else sys.unlink(child);
  }
  sys.rmdir(path);
}

function treeSize(sys: Sys, path: string): number {
  if (!sys.access(path, {})) return 0;
  let total = 0;
  for (const name of sys.readdir(path)) {
    if (name === "." || name === "..") continue;
    const child = `${path}/${name}`;
    const stat = sys.stat(child, { followLinks: false });
    total += stat.kind === "directory" ? treeSize(sys, child) : stat.sizeBytes;
  }
  return total;
}
