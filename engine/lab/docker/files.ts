/** Files that differ from a layer, put onto it: without a process, as nothing runs yet. */
import type { LayeredFileSystem } from "../../kernel/fs/layered-file-system.ts";
import type { LayeredInode } from "../../kernel/fs/layered-inode.ts";
import { pathComponents } from "../../kernel/fs/path-names.ts";
import { decodeBase64 } from "../../sim/base64.ts";
import { encodeUtf8 } from "../../sim/utf8.ts";
import type { FileEntry } from "../file/schema.ts";

export function putFiles(
  root: LayeredFileSystem,
  files: Readonly<Record<string, FileEntry>>,
): void {
  const paths = Object.keys(files).sort();
  for (const path of [...paths].reverse()) {
    const entry = files[path];
    if (typeof entry === "object" && "deleted" in entry) remove(root, path);
  }
  for (const path of paths) put(root, path, files[path] as FileEntry);
}

function parentOf(root: LayeredFileSystem, path: string): [LayeredInode, string] {
  const names = pathComponents(path);
  const name = names.pop() ?? "";
  let at = root.root;
  for (const step of names) {
    const child = at.lookup(step);
    const isDirectory = child?.kind === "directory";
    if (child && !isDirectory) at.remove(step);
    at = isDirectory ? child : at.create(step, { kind: "directory", mode: 0o755, uid: 0, gid: 0 });
  }
  return [at, name];
}

function remove(root: LayeredFileSystem, path: string): void {
  const [directory, name] = parentOf(root, path);
  const inode = directory.lookup(name);
  if (!inode) return;
  if (inode.kind === "directory")
    for (const child of inode.list()) remove(root, `${path}/${child}`);
  directory.remove(name);
}

function put(root: LayeredFileSystem, path: string, entry: FileEntry): void {
  if (typeof entry === "object" && "deleted" in entry) return;
  const [directory, name] = parentOf(root, path);
  const old = directory.lookup(name);
  const mode = modeOf(entry);
  if (typeof entry === "object" && "directory" in entry) {
    if (old?.kind !== "directory") {
      if (old) directory.remove(name);
      directory.create(name, { kind: "directory", mode, uid: 0, gid: 0 });
    } else old.setAttributes({ mode });
    return;
  }
  if (old) remove(root, path);
  if (typeof entry === "object" && "link" in entry) {
    directory.create(name, { kind: "symlink", mode: 0o777, uid: 0, gid: 0, target: entry.link });
    return;
  }
  const content = contentOf(entry);
  const made = directory.create(name, { kind: "file", mode, uid: 0, gid: 0 });
  made.truncate(content.length);
  root.change(made.number).content = content;
}

function modeOf(entry: FileEntry): number {
  const isDirectory = typeof entry === "object" && "directory" in entry;
  const text = typeof entry === "object" && "mode" in entry ? entry.mode : undefined;
  return text === undefined ? (isDirectory ? 0o755 : 0o644) : Number.parseInt(text, 8);
}

function contentOf(entry: FileEntry): Uint8Array {
  if (typeof entry === "string") return encodeUtf8(entry);
  if ("text" in entry) return encodeUtf8(entry.text);
  return "base64" in entry ? decodeBase64(entry.base64) : new Uint8Array(0);
}
