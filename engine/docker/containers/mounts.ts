/** Volumes, directories of the machine and tmpfs in a container: what was asked for, and mounting it. */
import { KernelError } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import { pathComponents } from "../../kernel/fs/path-names.ts";
import { hostFile } from "../../machine/container-runtime.ts";
import type { ContainerMount } from "../../machine/container-mounts.ts";
import { ApiError } from "../api/errors.ts";
import type { HostConfig, MountPoint, MountSpec } from "../api/container.ts";
import type { DaemonContext } from "../daemon/context.ts";
import { makeDirectories, mountpoint, type Volumes } from "../store/volumes.ts";
import type { Container } from "./container.ts";

/** Decides where everything comes from; makes the volumes. ApiError 400, 404. */
export function planMounts(
  sys: Sys,
  hostConfig: HostConfig,
  imageVolumes: readonly string[],
  volumes: Volumes,
  find: (reference: string) => Container,
): MountPoint[] {
  const planned = new Map<string, MountPoint>();
  const put = (point: MountPoint, isAsked = true): void => {
    if (planned.has(point.Destination)) {
      if (!isAsked) return;
      throw new ApiError(400, `Duplicate mount point: ${point.Destination}`);
    }
    planned.set(point.Destination, point);
  };
  for (const from of hostConfig.VolumesFrom ?? []) {
    const [reference = "", mode = ""] = from.split(":");
    for (const point of find(reference).mounts) put({ ...point, RW: mode !== "ro" && point.RW });
  }
  for (const bind of hostConfig.Binds ?? []) put(bindPoint(bind, volumes));
  for (const mount of hostConfig.Mounts ?? []) {
    const { Type: type, Target: target, ReadOnly: readOnly = false, Source: source = "" } = mount;
    checkMount(mount, sys);
    if (type === "tmpfs") put(tmpfsPoint(target));
    else if (type === "volume") put(volumePoint(source, target, readOnly ? "ro" : "z", volumes));
    else put(hostPoint(source, target, readOnly ? "ro" : ""));
  }
  for (const target of Object.keys(hostConfig.Tmpfs ?? {})) {
    const problem = targetProblem(target);
    if (problem !== undefined) throw new ApiError(400, problem);
    put(tmpfsPoint(target));
  }
  for (const target of imageVolumes) {
    if (!planned.has(clean(target))) put(volumePoint("", target, "", volumes), false);
  }
  return [...planned.values()];
}

/** volume/mounts/linux_parser.go, linuxValidateAbsolute() and linuxValidateNotRoot(). */
function targetProblem(target: string): string | undefined {
  if (!target.startsWith("/")) {
    return `invalid mount path: '${target}' mount path must be absolute`;
  }
  return clean(target) === "/" ? "invalid specification: destination can't be '/'" : undefined;
}

/** validateMountConfigImpl(). ApiError 400 */
function checkMount(
  { Type: type, Source: source = "", Target: target }: MountSpec,
  sys: Sys,
): void {
  const problem = sourceProblem(type, source, sys) ?? targetProblem(target);
  if (problem === undefined) return;
  throw new ApiError(400, `invalid mount config for type "${type}": ${problem}`);
}

function sourceProblem(type: string, source: string, sys: Sys): string | undefined {
  switch (type) {
    case "bind":
      if (source === "") return "field Source must not be empty";
      if (!source.startsWith("/")) {
        return `invalid mount path: '${source}' mount path must be absolute`;
      }
      return sys.access(source, {}) ? undefined : `bind source path does not exist: ${source}`;
    case "tmpfs":
      return source === "" ? undefined : "field Source must not be specified";
    case "volume":
      return undefined;
    default:
      return "mount type unknown";
  }
}

function bindPoint(text: string, volumes: Volumes): MountPoint {
  const parts = text.split(":");
  const [source = "", target = "", mode = ""] = parts;
  if (parts.length > 3) throw new ApiError(400, `invalid volume specification: '${text}'`);
  const problem = targetProblem(target);
  if (problem !== undefined) {
    const type = source.startsWith("/") ? "bind" : "volume";
    throw new ApiError(
      400,
      `invalid volume specification: '${text}': invalid mount config for type "${type}": ${problem}`,
    );
  }
  const unknown = mode.split(",").find((word) => word !== "" && !MODES.includes(word));
  if (unknown !== undefined) throw new ApiError(400, `invalid mode: ${mode}`);
  return source.startsWith("/")
    ? hostPoint(source, target, mode)
    : volumePoint(source, target, mode === "" ? "z" : mode, volumes);
}

const MODES = [
  ...["ro", "rw", "z", "Z", "nocopy"],
  ...[
    "private",
    "rprivate",
    "shared",
    "rshared",
    "slave",
    "rslave",
    "cached",
    "delegated",
    "consistent",
  ],
];

const isWritable = (mode: string): boolean => !mode.split(",").includes("ro");

function hostPoint(source: string, target: string, mode: string): MountPoint {
  return {
    Type: "bind",
    Source: clean(source),
    Destination: clean(target),
    Mode: mode,
    RW: isWritable(mode),
    Propagation: "rprivate",
  };
}

function volumePoint(name: string, target: string, mode: string, volumes: Volumes): MountPoint {
  const volume = volumes.create(name === "" ? {} : { Name: name });
  return {
    Type: "volume",
    Name: volume.name,
    Source: mountpoint(volume.name),
    Destination: clean(target),
    Driver: "local",
    Mode: mode,
    RW: isWritable(mode),
    Propagation: "",
  };
}

function tmpfsPoint(target: string): MountPoint {
  return {
    Type: "tmpfs",
    Source: "",
    Destination: clean(target),
    Mode: "",
    RW: true,
    Propagation: "",
  };
}

function clean(path: string): string {
  return `/${pathComponents(path).join("/")}`;
}

/** What runc is told to mount. ApiError 400: the source of a mount does not exist. */
export function containerMountsOf(container: Container, context: DaemonContext): ContainerMount[] {
  const { kernel, sys } = context;
  return container.mounts.map(
    ({ Type: type, Source: source, Destination: target, RW: writable }) => {
      const access = writable ? "rw" : "ro";
      if (type === "tmpfs") {
        const options = container.hostConfig.Tmpfs?.[target];
        return {
          target,
          source: "tmpfs",
          options: `${access},nosuid,nodev,noexec,relatime${options ? `,${options}` : ""}`,
          what: kernel.newFileSystem("tmpfs", kernel.initialNamespaces),
        };
      }
      const isAskedToExist = (container.hostConfig.Mounts ?? []).some(
        (mount) => mount.Target === target,
      );
      if (!sys.access(source, {})) {
        if (type === "bind" && isAskedToExist) {
          throw new ApiError(
            400,
            `invalid mount config for type "bind": bind source path does not exist: ${source}`,
          );
        }
        makeDirectories(sys, source, 0o755);
      }
      return {
        target,
        source: "/dev/vda1",
        options: `${access},relatime`,
        what: hostFile(kernel, source),
      };
    },
  );
}

/** A new volume is given what the image has at its place. */
export function fillVolumes(container: Container, context: DaemonContext): void {
  const { sys } = context;
  for (const { Type: type, Source: source, Destination: target, Mode: mode } of container.mounts) {
    if (type !== "volume" || mode.includes("nocopy") || !sys.access(source, {})) continue;
    if (sys.readdir(source).some((name) => name !== "." && name !== "..")) continue;
    let inode = container.root.root;
    try {
      for (const name of pathComponents(target)) {
        const child = inode.lookup(name);
        if (!child) throw new KernelError("ENOENT");
        inode = child;
      }
    } catch (error) {
      if (error instanceof KernelError) continue;
      throw error;
    }
    if (inode.kind === "directory") copyInto(container, inode.number, source, context);
  }
}

function copyInto(
  container: Container,
  number: number,
  target: string,
  context: DaemonContext,
): void {
  const { sys } = context;
  const { root } = container;
  for (const [name, child] of root.record(number).entries ?? []) {
    const record = root.record(child);
    const path = `${target}/${name}`;
    if (record.kind === "directory") {
      sys.mkdir(path, record.mode);
      copyInto(container, child, path, context);
    } else if (record.kind === "symlink") sys.symlink(record.target ?? "", path);
    else if (record.kind === "file") {
      sys.writeFile(path, (record.content ?? new Uint8Array(0)).slice(0, record.sizeBytes), {
        mode: record.mode,
      });
    } else continue;
    if (record.kind !== "symlink") sys.chown(path, record.uid, record.gid);
  }
}
