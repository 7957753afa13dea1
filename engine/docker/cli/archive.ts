/** Files of our side as an archive carries them. */
import type { Sys } from "../../kernel/process/sys.ts";
import type { ArchiveEntry } from "../api/archive.ts";

/** A file or a whole directory, under its own name. */
export function readTree(sys: Sys, path: string): readonly ArchiveEntry[] {
  const name = path.replace(/\/+$/, "").split("/").at(-1) ?? "";
  const entries: ArchiveEntry[] = [];
  collect(sys, path, name === "" || name === ".." ? "." : name, entries);
  return entries;
}

function collect(sys: Sys, path: string, name: string, entries: ArchiveEntry[]): void {
  const stat = sys.stat(path, { followLinks: false });
  const common = {
    path: name,
    mode: stat.mode,
    uid: stat.uid,
    gid: stat.gid,
    modifiedSeconds: stat.modifiedSeconds,
  };
  if (stat.kind === "directory") {
    entries.push({ ...common, kind: "directory" });
    for (const child of [...sys.readdir(path)].sort()) {
      collect(sys, `${path}/${child}`, `${name}/${child}`, entries);
    }
  } else if (stat.kind === "symlink") {
    entries.push({ ...common, kind: "symlink", target: sys.readlink(path) });
  } else if (stat.kind === "file") {
    entries.push({ ...common, kind: "file", content: sys.readFile(path) });
  }
}
