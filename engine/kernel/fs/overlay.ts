/** What a machine's disk has that its image has not: to save a lab, and to load it. */
import { KernelError } from "../errno.ts";
import { ROOT_INODE, type InodeRecord } from "./image-layer.ts";
import type { LayeredFileSystem } from "./layered-file-system.ts";
import type { LayeredInode } from "./layered-inode.ts";
import { pathComponents } from "./path-names.ts";

interface Attributes {
  /** Absolute. */
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** One difference from the image. Times are not kept; hard links become files of their own. */
export type FileChange =
  | (Attributes & { readonly kind: "file"; readonly content: Uint8Array })
  | (Attributes & { readonly kind: "directory" | "fifo" })
  | (Attributes & { readonly kind: "symlink"; readonly target: string })
  /** With all that was below it. */
  | { readonly kind: "deleted"; readonly path: string };

/** Differences in the order in which they can be applied: by path, parents first. */
export function listChanges(fileSystem: LayeredFileSystem): FileChange[] {
  const changes: FileChange[] = [];
  compareDirectory(fileSystem, ROOT_INODE, "", changes);
  return changes;
}

/** Makes the differences. Missing parents are made. ENOSPC, ENOTDIR. */
export function applyChanges(fileSystem: LayeredFileSystem, changes: readonly FileChange[]): void {
  for (const change of changes) applyChange(fileSystem, change);
}

function compareDirectory(
  fileSystem: LayeredFileSystem,
  number: number,
  path: string,
  changes: FileChange[],
): void {
  const now = fileSystem.record(number).entries ?? new Map<string, number>();
  const before = fileSystem.base.records.get(number)?.entries ?? new Map<string, number>();
  const names = [...new Set([...now.keys(), ...before.keys()])].sort();
  for (const name of names) {
    const child = now.get(name);
    const below = `${path}/${name}`;
    if (child === undefined) {
      changes.push({ kind: "deleted", path: below });
      continue;
    }
    const record = fileSystem.record(child);
    const old = before.get(name) === child ? fileSystem.base.records.get(child) : undefined;
    const differs = !old || (fileSystem.isChanged(child) && !isEqual(record, old));
    if (differs) describe(record, below, changes);
    if (record.kind === "directory") compareDirectory(fileSystem, child, below, changes);
  }
}

function describe(record: InodeRecord, path: string, changes: FileChange[]): void {
  const attributes = { path, mode: record.mode, uid: record.uid, gid: record.gid };
  switch (record.kind) {
    case "file": {
      const content = (record.content ?? new Uint8Array(0)).slice(0, record.sizeBytes);
      changes.push({ ...attributes, kind: "file", content });
      return;
    }
    case "symlink":
      changes.push({ ...attributes, kind: "symlink", target: record.target as string });
      return;
    case "directory":
    case "fifo":
      changes.push({ ...attributes, kind: record.kind });
      return;
    case "char":
    case "socket":
      // Device nodes and sockets are made by programs that run, not kept on disk.
      return;
  }
}

function isEqual(a: InodeRecord, b: InodeRecord): boolean {
  if (a.kind !== b.kind || a.mode !== b.mode || a.uid !== b.uid || a.gid !== b.gid) return false;
  if (a.target !== b.target) return false;
  if (a.kind !== "file") return true;
  if (a.sizeBytes !== b.sizeBytes) return false;
  const { content: x } = a;
  const { content: y } = b;
  if (x === y || !x || !y) return true;
  for (let i = 0; i < a.sizeBytes; i++) if (x[i] !== y[i]) return false;
  return true;
}

function applyChange(fileSystem: LayeredFileSystem, change: FileChange): void {
  const names = pathComponents(change.path);
  const name = names.pop();
  if (name === undefined) return;
  const directory = ensureDirectory(fileSystem, names);
  const existing = directory.lookup(name);
  if (change.kind === "deleted") {
    if (existing) removeTree(directory, name, existing);
    return;
  }
  const keeps = existing?.kind === change.kind && change.kind !== "symlink";
  if (existing && !keeps) removeTree(directory, name, existing);
  const attributes = { mode: change.mode, uid: change.uid, gid: change.gid };
  const inode =
    existing && keeps
      ? existing
      : directory.create(name, {
          kind: change.kind,
          ...attributes,
          ...(change.kind === "symlink" ? { target: change.target } : {}),
        });
  inode.setAttributes(attributes);
  if (change.kind !== "file") return;
  inode.truncate(change.content.length);
  fileSystem.change(inode.number).content = change.content.slice();
}

function ensureDirectory(fileSystem: LayeredFileSystem, names: readonly string[]): LayeredInode {
  let at = fileSystem.root;
  for (const name of names) {
    const child = at.lookup(name);
    if (child && child.kind !== "directory") throw new KernelError("ENOTDIR");
    at = child ?? at.create(name, { kind: "directory", mode: 0o755, uid: 0, gid: 0 });
  }
  return at;
}

function removeTree(directory: LayeredInode, name: string, inode: LayeredInode): void {
  if (inode.kind === "directory") {
    for (const child of inode.list()) {
      removeTree(inode, child, inode.lookup(child) as LayeredInode);
    }
  }
  directory.remove(name);
}
