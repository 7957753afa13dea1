/** COPY and ADD: which entries of a context go where. */
import type { ArchiveEntry } from "../api/archive.ts";
import { resolvePath } from "./dockerfile-config.ts";

/** `problem`: what follows `COPY failed: `. */
export function copied(
  source: readonly ArchiveEntry[],
  paths: readonly string[],
  workingDirectory: string,
): { readonly entries: readonly ArchiveEntry[]; readonly problem?: string } {
  const target = paths[paths.length - 1] ?? "";
  const sources = paths.slice(0, -1);
  const base = resolvePath(workingDirectory, target);
  const isDirectory = target.endsWith("/") || target === "." || sources.length > 1;
  const entries: ArchiveEntry[] = [];
  for (const written of sources) {
    const wanted = resolvePath("/", written).slice(1);
    const matches = source.filter(({ path }) => matchesPath(path, wanted));
    if (matches.length === 0 && wanted !== "") {
      return {
        entries,
        problem: `file not found in build context or excluded by .dockerignore: stat ${written}: file does not exist`,
      };
    }
    const tops = wanted === "" ? [""] : matches.map(({ path }) => path);
    for (const top of tops) {
      const entry = source.find(({ path }) => path === top);
      if (top !== "" && entry?.kind !== "directory") {
        const name = top.slice(top.lastIndexOf("/") + 1);
        const to = isDirectory || tops.length > 1 ? `${base}/${name}` : base;
        if (entry) entries.push(placed(entry, to));
        continue;
      }
      // The content of a directory is copied, not the directory.
      for (const below of source) {
        if (top !== "" && !below.path.startsWith(`${top}/`)) continue;
        const rest = top === "" ? below.path : below.path.slice(top.length + 1);
        entries.push(placed(below, `${base}/${rest}`));
      }
    }
  }
  return { entries };
}

function placed(entry: ArchiveEntry, path: string): ArchiveEntry {
  return { ...entry, path: path.replace(/^\/+/, ""), uid: 0, gid: 0 };
}

/** filepath.Match: `*` and `?` do not cross a slash. */
function matchesPath(path: string, pattern: string): boolean {
  if (path === pattern) return true;
  if (!/[*?[]/.test(pattern)) return false;
  const escaped = pattern.replace(/[.+^${}()|\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", "[^/]*").replaceAll("?", "[^/]")}$`).test(path);
}
