/** Files in and out of a container: `docker cp`, `diff` and `export`. */
import { KernelError } from "../../kernel/errno.ts";
import type { LayeredInode } from "../../kernel/fs/layered-inode.ts";
import { pathComponents } from "../../kernel/fs/path-names.ts";
import { ROOT_INODE } from "../../kernel/fs/image-layer.ts";
import { ApiError } from "../api/errors.ts";
import type { ArchiveEntry, FilesystemChange, PathStat } from "../api/archive.ts";
import type { DaemonContext } from "../daemon/context.ts";
import type { Container } from "./container.ts";

const MAX_LINKS = 40;

type FileKind = ArchiveEntry["kind"];

/** The inode at a path of the root file system; undefined: there is none. */
function find(container: Container, path: string, followLast: boolean): LayeredInode | undefined {
  let at = container.root.root;
  let parents: LayeredInode[] = [];
  const todo = pathComponents(path).reverse();
  let links = 0;
  for (;;) {
    const name = todo.pop();
    if (name === undefined) return at;
    if (name === "..") {
      at = parents.pop() ?? at;
      continue;
    }
    const child = at.kind === "directory" ? at.lookup(name) : undefined;
    if (!child) return undefined;
    if (child.kind === "symlink" && (todo.length > 0 || followLast)) {
      links += 1;
      if (links > MAX_LINKS) return undefined;
      const target = child.readlink();
      if (target.startsWith("/")) {
        at = container.root.root;
        parents = [];
      }
      todo.push(...pathComponents(target).reverse());
      continue;
    }
    parents.push(at);
    at = child;
  }
}

/** ApiError 404 */
function get(container: Container, path: string, followLast = false): LayeredInode {
  const found = find(container, path, followLast || /\/\.?$/.test(path));
  if (found) return found;
  throw new ApiError(404, `Could not find the file ${path} in container ${container.id}`);
}

function lastName(path: string): string {
  const names = pathComponents(path);
  return names[names.length - 1] ?? "/";
}

export function statPath(container: Container, path: string, context: DaemonContext): PathStat {
  const inode = get(container, path);
  const { kind, mode, sizeBytes, modifiedSeconds } = inode.stat();
  const { clock } = context;
  return {
    name: lastName(path),
    size: sizeBytes,
    kind: kindOf(kind),
    mode,
    mtime: clock.rfc3339Nano(clock.fromUnixSeconds(modifiedSeconds)),
    linkTarget: kind === "symlink" ? absoluteTarget(path, inode.readlink()) : "",
  };
}

function absoluteTarget(path: string, target: string): string {
  if (target.startsWith("/")) return target;
  return `/${[...pathComponents(path).slice(0, -1), ...pathComponents(target)].join("/")}`;
}

function kindOf(kind: string): FileKind {
  return kind === "directory" || kind === "symlink" ? kind : "file";
}

export function readArchive(
  container: Container,
  path: string,
  context: DaemonContext,
): { readonly stat: PathStat; readonly entries: readonly ArchiveEntry[] } {
  const entries: ArchiveEntry[] = [];
  const walk = (inode: LayeredInode, name: string): void => {
    const { kind, mode, uid, gid, modifiedSeconds } = inode.stat();
    if (kind === "char" || kind === "fifo" || kind === "socket") return;
    const record = container.root.record(inode.number);
    const bare = { path: name, kind: kindOf(kind), mode, uid, gid, modifiedSeconds };
    if (kind === "file") {
      const content = (record.content ?? new Uint8Array(0)).slice(0, record.sizeBytes);
      entries.push({ ...bare, content });
    } else if (kind === "symlink") entries.push({ ...bare, target: inode.readlink() });
    else {
      if (name !== "") entries.push(bare);
      for (const child of [...inode.list()].sort()) {
        const below = inode.lookup(child);
        if (below) walk(below, name === "" ? child : `${name}/${child}`);
      }
    }
  };
  const name = lastName(path);
  walk(get(container, path), name === "/" ? "" : name);
  return { stat: statPath(container, path, context), entries };
}

/** ApiError 404: the directory does not exist; 400: it is none. */
export function writeArchive(
  container: Container,
  path: string,
  entries: readonly ArchiveEntry[],
  context: DaemonContext,
): void {
  const directory = get(container, path, true);
  if (directory.kind !== "directory") {
    throw new ApiError(400, "extraction point is not a directory");
  }
  if (container.hostConfig.ReadonlyRootfs) {
    throw new ApiError(403, "container rootfs is marked read-only");
  }
  for (const entry of entries) unpack(directory, entry, context);
}

/** Puts one entry below a directory; what is in its place gives way. */
export function unpack(directory: LayeredInode, entry: ArchiveEntry, context: DaemonContext): void {
  const names = pathComponents(entry.path);
  const name = names.pop();
  if (name === undefined) return;
  let at = directory;
  for (const step of names) {
    const child = at.lookup(step);
    at = child?.kind === "directory" ? child : make(at, step, "directory", 0o755);
  }
  const old = at.lookup(name);
  if (old && entry.kind === "directory" && old.kind === "directory") return;
  if (old) {
    if (old.kind === "directory")
      throw new ApiError(400, `cannot overwrite directory "/${entry.path}" with non-directory`);
    at.remove(name);
  }
  const { uid, gid, mode, kind, target } = entry;
  const made = at.create(name, {
    kind,
    mode,
    uid,
    gid,
    ...(target === undefined ? {} : { target }),
  });
  if (kind === "file" && entry.content) writeContent(made, entry.content, context);
  made.setAttributes({ modifiedSeconds: entry.modifiedSeconds });
}

function make(directory: LayeredInode, name: string, kind: FileKind, mode: number): LayeredInode {
  if (directory.lookup(name)) directory.remove(name);
  return directory.create(name, { kind, mode, uid: 0, gid: 0 });
}

function writeContent(inode: LayeredInode, content: Uint8Array, { kernel }: DaemonContext): void {
  const init = kernel.processes.get(1);
  const dentry = kernel.initialNamespaces.mount.root;
  const file = inode.open({ write: true }, init, dentry);
  try {
    for (let at = 0; at < content.length;) at += file.write(content.subarray(at)) ?? content.length;
  } finally {
    file.release();
  }
}

/** What differs from the image, by path. */
export function changes(container: Container): FilesystemChange[] | null {
  const { root } = container;
  const { base } = root;
  const found: FilesystemChange[] = [];
  const walk = (number: number, path: string): void => {
    if (!root.isChanged(number)) return;
    const before = base.records.get(number)?.entries;
    const now = root.record(number).entries ?? new Map<string, number>();
    for (const name of before?.keys() ?? []) {
      if (!now.has(name)) found.push({ Path: `${path}/${name}`, Kind: 2 });
    }
    for (const [name, child] of now) {
      const childPath = `${path}/${name}`;
      const was = before?.get(name);
      if (was === undefined) found.push({ Path: childPath, Kind: 1 });
      else if (was !== child || root.isChanged(child)) found.push({ Path: childPath, Kind: 0 });
      else continue;
      if (root.record(child).kind === "directory") walk(child, childPath);
    }
  };
  try {
    walk(ROOT_INODE, "");
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
  }
  const shown = found.filter(({ Path }) => !MOUNT_POINTS.includes(Path));
  return shown.length === 0 ? null : shown.sort((a, b) => (a.Path < b.Path ? -1 : 1));
}

/** Places that are made for mounts: the engine makes them in a layer of its own. */
const MOUNT_POINTS = ["/dev", "/proc", "/sys", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf"];
