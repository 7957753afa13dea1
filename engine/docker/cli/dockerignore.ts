/** `.dockerignore`: what of a build context is not sent. https://docs.docker.com/build/concepts/context/ */
import { decodeUtf8 } from "../../sim/utf8.ts";
import type { ArchiveEntry } from "../api/archive.ts";

interface Rule {
  readonly excludes: boolean;
  readonly pattern: RegExp;
}

const SPECIAL = /[.+^${}()|\\]/g;

/** `**` for any directories, `*` and `?` inside one name; what is below a match matches too. */
function toRule(line: string): Rule {
  const excludes = !line.startsWith("!");
  const text = (excludes ? line : line.slice(1)).replace(/^\/+|\/+$/g, "");
  const body = text
    .replace(SPECIAL, "\\$&")
    .replace(/\*\*\/?|\*|\?/g, (glob) =>
      glob === "?" ? "[^/]" : glob === "*" ? "[^/]*" : glob === "**" ? ".*" : "(?:.*/)?",
    );
  return { excludes, pattern: new RegExp(`^${body}(?:/|$)`) };
}

export function ignoredBy(
  file: Uint8Array,
  entries: readonly ArchiveEntry[],
  dockerfile: string,
): readonly ArchiveEntry[] {
  const rules = decodeUtf8(file)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map(toRule);
  // The engine needs both files whatever the rules say.
  const needed = new Set([dockerfile, ".dockerignore"]);
  return entries.filter(({ path }) => {
    const last = rules.filter((rule) => rule.pattern.test(path)).at(-1);
    return needed.has(path) || last === undefined || !last.excludes;
  });
}
