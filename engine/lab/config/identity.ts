/** The files that only tell a machine its name need not be kept. */
import { namedFiles } from "../../machine/machine.ts";
import type { FileEntry } from "../file/schema.ts";

export function withoutIdentity(
  files: Readonly<Record<string, FileEntry>>,
  name: string,
): Record<string, FileEntry> {
  const usual = namedFiles(name);
  return Object.fromEntries(
    Object.entries(files).filter(([path, entry]) => {
      const isPlain = typeof entry === "object" && "text" in entry && entry.mode === "644";
      return !isPlain || entry.text !== usual[path];
    }),
  );
}
