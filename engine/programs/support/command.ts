/** Running other programs: the PATH, and what wait(2) says as an exit status. */
import { KernelError, type Errno } from "../../kernel/errno.ts";
import { SIGNALS } from "../../kernel/process/signal.ts";
import type { SpawnOptions, Sys, WaitStatus } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { joinPath } from "./paths.ts";

const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Every executable of that name on the PATH, or the path itself if it has a slash. */
export function* findAll(sys: Sys, name: string): Generator<string> {
  if (name.includes("/")) {
    if (isExecutable(sys, name)) yield name;
    return;
  }
  for (const directory of (sys.env.get("PATH") ?? DEFAULT_PATH).split(":")) {
    const path = joinPath(directory || ".", name);
    if (isExecutable(sys, path)) yield path;
  }
}

function isExecutable(sys: Sys, path: string): boolean {
  try {
    return sys.stat(path).kind === "file" && sys.access(path, { execute: true });
  } catch (error) {
    if (error instanceof KernelError) return false;
    throw error;
  }
}

/** The file that execvp(3) would run; ENOENT, EACCES as a KernelError. */
export function findCommand(sys: Sys, name: string): string {
  for (const path of findAll(sys, name)) return path;
  if (name.includes("/")) {
    sys.stat(name);
    throw new KernelError("EACCES");
  }
  throw new KernelError("ENOENT");
}

/** execvp(3) in a child. */
export function spawnCommand(
  sys: Sys,
  argv: readonly string[],
  options: Omit<SpawnOptions, "run"> = {},
): number {
  return sys.spawn({ ...options, run: { path: findCommand(sys, argv[0] ?? ""), argv } });
}

/** Runs a command and waits: 128 + n for a signal. */
export function* runCommand(
  sys: Sys,
  argv: readonly string[],
  options: Omit<SpawnOptions, "run"> = {},
): Blocking<number> {
  return exitStatus(yield* sys.waitpid(spawnCommand(sys, argv, options)));
}

export function exitStatus(status: WaitStatus | undefined): number {
  if (status?.kind === "exited") return status.code;
  if (status?.kind === "signaled") return 128 + SIGNALS[status.signal];
  return 0;
}

/** What `env`, `nohup`, `timeout` … exit with when the command cannot run: 127 not found, else 126. */
export function execFailure(errno: Errno): number {
  return errno === "ENOENT" ? 127 : 126;
}

export function isErrno(error: unknown, ...errnos: readonly Errno[]): error is KernelError {
  return error instanceof KernelError && (errnos.length === 0 || errnos.includes(error.errno));
}
