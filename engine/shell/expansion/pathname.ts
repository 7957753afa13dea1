/** File name generation: a pattern to the paths that match, sorted. */
import { KernelError } from "../../kernel/errno.ts";
import type { Shell } from "../shell.ts";
import { hasGlobCharacters, Pattern, unescapePattern } from "./pattern.ts";

/** More matches than this are not collected. */
const MAX_MATCHES = 200_000;

export function expandPathname(shell: Shell, pattern: string): string[] {
  const extglob = shell.options.shell("extglob") ?? false;
  const components = splitPath(pattern);
  const absolute = pattern.startsWith("/");
  const options: Search = {
    shell,
    extglob,
    dotglob: shell.options.shell("dotglob") ?? false,
    ignoreCase: shell.options.shell("nocaseglob") ?? false,
    globstar: shell.options.shell("globstar") ?? false,
  };
  let paths = [absolute ? (/^\/+/.exec(pattern)?.[0] ?? "/") : ""];
  components.forEach((component, index) => {
    const last = index === components.length - 1;
    paths = paths.flatMap((path) => descend(options, path, component, last));
    if (paths.length > MAX_MATCHES) paths.length = MAX_MATCHES;
  });
  return [...new Set(paths)].sort();
}

interface Search {
  readonly shell: Shell;
  readonly extglob: boolean;
  readonly dotglob: boolean;
  readonly ignoreCase: boolean;
  readonly globstar: boolean;
}

/** The components, each but the last with its slash; `a/b/` ends in an empty one. */
function splitPath(pattern: string): string[] {
  const trimmed = pattern.replace(/^\/+/, "");
  const parts: string[] = [];
  let start = 0;
  let depth = 0;
  for (let at = 0; at < trimmed.length; at++) {
    const char = trimmed[at];
    if (char === "\\") at += 1;
    else if (char === "(" && /[?*+@!]/.test(trimmed[at - 1] ?? "")) depth += 1;
    else if (char === ")" && depth > 0) depth -= 1;
    else if (char === "/" && depth === 0) {
      parts.push(trimmed.slice(start, at));
      while (trimmed[at + 1] === "/") at += 1;
      start = at + 1;
    }
  }
  return [...parts, trimmed.slice(start)];
}

function descend(search: Search, path: string, component: string, last: boolean): string[] {
  if (component === "") return isDirectory(search.shell, path) ? [path] : [];
  const tail = last ? "" : "/";
  if (search.globstar && component === "**") {
    const below = directoriesBelow(search, path);
    const reached = ["", ...below].map((directory) => path + directory);
    if (!last) return reached;
    return [path, ...reached.flatMap((directory) => children(search, directory, "*"))].filter(
      (found) => found !== "",
    );
  }
  if (!hasGlobCharacters(component, search.extglob)) {
    const next = path + unescapePattern(component);
    if (last) return exists(search.shell, next) ? [next] : [];
    return isDirectory(search.shell, next) ? [next + tail] : [];
  }
  const matches = children(search, path, component);
  return last
    ? matches
    : matches.filter((match) => isDirectory(search.shell, match)).map((match) => `${match}/`);
}

function children(search: Search, directory: string, component: string): string[] {
  const pattern = new Pattern(component, {
    extglob: search.extglob,
    ignoreCase: search.ignoreCase,
  });
  const explicitDot = component.startsWith(".") || component.startsWith("\\.");
  return names(search.shell, directory)
    .filter((name) => (name.startsWith(".") ? explicitDot || search.dotglob : true))
    .filter((name) => pattern.matches(name))
    .map((name) => directory + name);
}

function directoriesBelow(search: Search, path: string, depth = 0): string[] {
  if (depth > 64) return [];
  return names(search.shell, path)
    .filter((name) => search.dotglob || !name.startsWith("."))
    .filter((name) => isRealDirectory(search.shell, path + name))
    .flatMap((name) => [
      `${name}/`,
      ...directoriesBelow(search, `${path}${name}/`, depth + 1).map((below) => `${name}/${below}`),
    ]);
}

function names(shell: Shell, directory: string): readonly string[] {
  return attempt(() => shell.sys.readdir(directory === "" ? "." : directory)) ?? [];
}

function exists(shell: Shell, path: string): boolean {
  return attempt(() => shell.sys.stat(path, { followLinks: false })) !== undefined;
}

function isDirectory(shell: Shell, path: string): boolean {
  return attempt(() => shell.sys.stat(path === "" ? "." : path))?.kind === "directory";
}

function isRealDirectory(shell: Shell, path: string): boolean {
  return attempt(() => shell.sys.stat(path, { followLinks: false }))?.kind === "directory";
}

function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof KernelError) return undefined;
    throw error;
  }
}
