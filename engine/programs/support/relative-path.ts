/** The way from a directory to a path, both absolute and normalised: `../b/c`. */
export function relativePath(path: string, from: string): string {
  const to = path.split("/").filter(Boolean);
  const base = from.split("/").filter(Boolean);
  let shared = 0;
  while (shared < to.length && shared < base.length && to[shared] === base[shared]) shared += 1;
  return [...base.slice(shared).map(() => ".."), ...to.slice(shared)].join("/") || ".";
}
