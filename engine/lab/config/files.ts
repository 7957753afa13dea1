/** What differs on a machine's disk from its image, and putting it back. */
import { ROOT_INODE, type InodeRecord } from "../../kernel/fs/image-layer.ts";
import type { LayeredFileSystem } from "../../kernel/fs/layered-file-system.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Machine } from "../../machine/machine.ts";
import { decodeUtf8, encodeUtf8 } from "../../sim/utf8.ts";
import { decodeBase64, encodeBase64 } from "../../sim/base64.ts";
import type { FileEntry } from "../file/schema.ts";
import { attempt, type Complain } from "./complaint.ts";
import { controlOf } from "./named-networks.ts";

const EMPTY = new Uint8Array(0);

// ------------------------------------------------------------------ putting back

export function applyFiles(
  machine: Machine,
  files: Readonly<Record<string, FileEntry>>,
  complain: Complain,
): void {
  const sys = controlOf(machine);
  const paths = Object.keys(files).sort();
  // What was in a directory goes before it, what is put into one comes after it.
  for (const path of [...paths].reverse()) {
    // An image of a later release may lack the file by itself.
    if (!isDeletion(files[path]) || !sys.access(path, {})) continue;
    attempt(["files", path], complain, () => removeTree(sys, path));
  }
  for (const path of paths) {
    const entry = files[path] as FileEntry;
    if (!isDeletion(entry)) attempt(["files", path], complain, () => putFile(sys, path, entry));
  }
}

function isDeletion(entry: FileEntry | undefined): boolean {
  return typeof entry === "object" && "deleted" in entry;
}

function putFile(sys: Sys, path: string, entry: FileEntry): void {
  for (let slash = path.indexOf("/", 1); slash > 0; slash = path.indexOf("/", slash + 1)) {
    const parent = path.slice(0, slash);
    if (!sys.access(parent, {})) sys.mkdir(parent);
  }
  const there = sys.access(path, {}) ? sys.stat(path, { followLinks: false }).kind : undefined;
  const isDirectory = typeof entry === "object" && "directory" in entry;
  const fits = isDirectory ? there === "directory" : there === "file";
  if (there !== undefined && !fits) removeTree(sys, path);
  if (typeof entry === "string") {
    sys.writeFile(path, entry);
    sys.chmod(path, 0o644);
  } else if ("link" in entry) {
    sys.symlink(entry.link, path);
  } else if ("directory" in entry) {
    if (!sys.access(path, {})) sys.mkdir(path);
    sys.chmod(path, modeOf(entry.mode, 0o755));
  } else if ("text" in entry) {
    sys.writeFile(path, entry.text);
    sys.chmod(path, modeOf(entry.mode, 0o644));
  } else if ("base64" in entry) {
    sys.writeFile(path, decodeBase64(entry.base64));
    sys.chmod(path, modeOf(entry.mode, 0o644));
  }
}

function removeTree(sys: Sys, path: string): void {
  if (sys.stat(path, { followLinks: false }).kind !== "directory") {
    sys.unlink(path);
    return;
  }
  for (const name of sys.readdir(path)) removeTree(sys, `${path}/${name}`);
  sys.rmdir(path);
}

function modeOf(text: string | undefined, usual: number): number {
  return text === undefined ? usual : Number.parseInt(text, 8);
}

// ------------------------------------------------------------------ finding what differs

/** Directories whose contents a reboot forgets. */
const NOT_KEPT = new Set(["/dev", "/proc", "/sys", "/run", "/tmp", "/var/lib/docker/containers"]);

/** A file system that stands on a layer. */
type Changed = Pick<LayeredFileSystem, "base" | "record" | "isChanged">;

/** Path → what is there now, for everything on the disk that is not as in the image. */
export function changedFiles(disk: Changed): Record<string, FileEntry> {
  const changed: Record<string, FileEntry> = {};
  compareDirectory(disk, ROOT_INODE, ROOT_INODE, "", changed);
  return changed;
}

/** `before`: the directory's inode in the image; undefined: it was not there. */
function compareDirectory(
  disk: Changed,
  before: number | undefined,
  now: number,
  path: string,
  changed: Record<string, FileEntry>,
): void {
  const oldEntries = before === undefined ? undefined : disk.base.records.get(before)?.entries;
  const entries = disk.record(now).entries ?? new Map<string, number>();
  for (const [name, number] of entries) {
    const place = `${path}/${name}`;
    if (NOT_KEPT.has(place)) continue;
    compareEntry(disk, oldEntries?.get(name), number, place, changed);
  }
  for (const [name, number] of oldEntries ?? []) {
    if (entries.has(name)) continue;
    markDeleted(disk, number, `${path}/${name}`, changed);
  }
}

function compareEntry(
  disk: Changed,
  before: number | undefined,
  now: number,
  path: string,
  changed: Record<string, FileEntry>,
): void {
  const record = disk.record(now);
  const old = before === undefined ? undefined : disk.base.records.get(before);
  if (record.kind === "directory") {
    const wasDirectory = old?.kind === "directory";
    const sizeBefore = Object.keys(changed).length;
    // Unchanged directories below unchanged ones are walked as well: only their inodes tell.
    compareDirectory(disk, wasDirectory ? before : undefined, now, path, changed);
    const hasContent = Object.keys(changed).length > sizeBefore;
    const usualMode = wasDirectory ? (old as InodeRecord).mode : 0o755;
    if (record.mode !== usualMode || (!wasDirectory && !hasContent)) {
      changed[path] = { directory: true, mode: record.mode.toString(8) };
    }
    return;
  }
  if (!disk.isChanged(now) && before === now) return;
  const entry = entryOf(record);
  if (!entry || (old && isSame(old, record))) return;
  changed[path] = entry;
}

function markDeleted(
  disk: Changed,
  number: number,
  path: string,
  changed: Record<string, FileEntry>,
): void {
  for (const [name, child] of disk.base.records.get(number)?.entries ?? []) {
    markDeleted(disk, child, `${path}/${name}`, changed);
  }
  changed[path] = { deleted: true };
}

/** Undefined for what a lab file does not keep: FIFOs, sockets, device files. */
function entryOf(record: InodeRecord): FileEntry | undefined {
  if (record.kind === "symlink") return { link: record.target ?? "" };
  if (record.kind !== "file") return undefined;
  const bytes = contentOf(record);
  const mode = record.mode.toString(8);
  const text = decodeUtf8(bytes);
  return isReadable(text) && equalBytes(encodeUtf8(text), bytes)
    ? { text, mode }
    : { base64: encodeBase64(bytes), mode };
}

/** Text that a person can read and that YAML can hold as it is. */
function isReadable(text: string): boolean {
  return !/[\u0000-\u0008\u000b-\u001f\u007f]/.test(text);
}

function isSame(one: InodeRecord, other: InodeRecord): boolean {
  return (
    one.kind === other.kind &&
    one.mode === other.mode &&
    one.target === other.target &&
    equalBytes(contentOf(one), contentOf(other))
  );
}

function contentOf(record: InodeRecord): Uint8Array {
  return record.content?.subarray(0, record.sizeBytes) ?? EMPTY;
}

function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
