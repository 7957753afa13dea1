/** gnulib canonicalize_filename_mode: links resolved part by part, as far as there are any. */
import { KernelError } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import { isErrno } from "./command.ts";

const MAX_LINKS = 40;

/** `e`: all parts must exist; `f`: all but the last; `m`: none need. ENOENT, ENOTDIR, ELOOP. */
export function canonicalise(sys: Sys, path: string, existing: "e" | "f" | "m"): string {
  if (path === "") throw new KernelError("ENOENT");
  const left = (path.startsWith("/") ? path : `${sys.cwd()}/${path}`).split("/");
  const done: string[] = [];
  let links = 0;
  while (left.length > 0) {
    const part = left.shift() as string;
    if (part === "" || part === ".") continue;
    if (part === "..") {
      done.pop();
      continue;
    }
    const at = `/${[...done, part].join("/")}`;
    const last = left.every((rest) => rest === "");
    try {
      const stat = sys.stat(at, { followLinks: false });
      if (stat.kind === "symlink") {
        if (++links > MAX_LINKS) throw new KernelError("ELOOP");
        const target = sys.readlink(at);
        if (target.startsWith("/")) done.length = 0;
        left.unshift(...target.split("/"));
        continue;
      }
      if (!last && stat.kind !== "directory" && existing !== "m") throw new KernelError("ENOTDIR");
    } catch (error) {
      const missing = isErrno(error, "ENOENT", "ENOTDIR");
      if (
        !missing ||
        existing === "e" ||
        (existing === "f" && (!last || error.errno === "ENOTDIR"))
      ) {
        throw error;
      }
    }
    done.push(part);
  }
  return `/${done.join("/")}`;
}
