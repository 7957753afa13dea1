/** Go's exec.LookPath, by which runc finds a container's program. */
import { KernelError, strerror } from "../kernel/errno.ts";
import type { Sys } from "../kernel/process/sys.ts";

const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** A program that cannot be run; `message` says why, as runc does. */
export class ProgramNotFound extends Error {
  constructor(
    name: string,
    why: string,
    readonly isMissing: boolean,
  ) {
    super(`exec: "${name}": ${why}`);
  }
}

/** ProgramNotFound */
export function locateProgram(sys: Sys, name: string): string {
  if (name.includes("/")) {
    const problem = whyNot(sys, name);
    if (problem) throw new ProgramNotFound(name, problem.text, problem.isMissing);
    return name;
  }
  for (const directory of (sys.env.get("PATH") ?? DEFAULT_PATH).split(":")) {
    const path = `${directory || "."}/${name}`;
    if (!whyNot(sys, path)) return path;
  }
  throw new ProgramNotFound(name, "executable file not found in $PATH", true);
}

function whyNot(sys: Sys, path: string): { text: string; isMissing: boolean } | undefined {
  try {
    const { kind, mode } = sys.stat(path);
    if (kind === "directory") return { text: "is a directory", isMissing: false };
    return mode & 0o111 ? undefined : { text: "permission denied", isMissing: false };
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return {
      text: `stat ${path}: ${lowerCase(error)}`,
      isMissing: true,
    };
  }
}

/** As Go words an errno. */
export function lowerCase(error: KernelError): string {
  const text = strerror(error.errno);
  return text.charAt(0).toLowerCase() + text.slice(1);
}
