/** Commands that are files: finding and starting them. */
import { KernelError, strerror } from "../kernel/errno.ts";
import type { Blocking } from "../kernel/process/wait-queue.ts";
import { spawnOptions, spawnRetrying } from "./fork.ts";
import { commandText, waitForeground } from "./processes.ts";
import { inTableOrder } from "./dash-environment.ts";
import type { Shell } from "./shell.ts";

interface ExternalOptions {
  /** The shell process has nothing else to do: the command takes its place. */
  readonly mayExec: boolean;
  /** Searched instead of `$PATH`. */
  readonly path?: string | undefined;
}

export type Lookup =
  { readonly found: string } | { readonly status: 126 | 127; readonly message: string };

export function* runExternal(
  shell: Shell,
  words: readonly string[],
  options: ExternalOptions,
): Blocking<void> {
  const name = words[0] as string;
  const lookup = findCommand(shell, name, options.path);
  if ("message" in lookup) {
    if (lookup.status === 127 && shell.functions.has("command_not_found_handle")) {
      shell.status = yield* shell.interpreter.callFunction(
        shell,
        "command_not_found_handle",
        words,
      );
      return;
    }
    yield* shell.reportError(lookup.message);
    shell.status = lookup.status;
    return;
  }
  if (options.mayExec) {
    yield* replaceShell(shell, lookup.found, words);
    return;
  }
  const pid = yield* startFile(shell, lookup.found, words);
  if (pid === undefined) return;
  const command = commandText(shell, { pos: shell.position, end: shell.end });
  yield* waitForeground(shell, [{ pid, command, status: undefined }], command);
}

function* startFile(
  shell: Shell,
  path: string,
  words: readonly string[],
): Blocking<number | undefined> {
  const env = forProgram(shell, path, shell.variables.environment());
  const options = { env, ...spawnOptions(shell, { group: 0, foreground: true }) };
  try {
    return yield* spawnRetrying(shell, { run: { path, argv: words }, ...options });
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    if (error.errno === "ENOEXEC" && isText(shell, path)) {
      const argv = [shell.dialect, path, ...words.slice(1)];
      return yield* spawnRetrying(shell, {
        run: { path: `/bin/${shell.dialect}`, argv },
        ...options,
      });
    }
    yield* reportExecError(shell, words[0] as string, path, error);
    return undefined;
  }
}

/** bash tells a program its path in `_`. */
function forProgram(
  shell: Shell,
  path: string,
  environment: Map<string, string>,
): Map<string, string> {
  if (!shell.isBash) return inTableOrder(environment);
  environment.set("_", path);
  return environment;
}

/** exec(2): does not return unless it fails. */
export function* replaceShell(
  shell: Shell,
  path: string,
  words: readonly string[],
  environment = shell.variables.environment(),
): Blocking<void> {
  const handed = forProgram(shell, path, environment);
  shell.replaced = true;
  // A failed exec leaves them closed, but then the process is about to end.
  for (const fd of shell.internalDescriptors) {
    if (shell.sys.descriptors().includes(fd)) shell.sys.close(fd);
  }
  shell.internalDescriptors.clear();
  try {
    yield* shell.sys.exec(path, words, handed);
  } catch (error) {
    shell.replaced = false;
    if (!(error instanceof KernelError)) throw error;
    if (error.errno === "ENOEXEC" && isText(shell, path)) {
      yield* shell.sys.exec(
        `/bin/${shell.dialect}`,
        [shell.dialect, path, ...words.slice(1)],
        environment,
      );
    }
    yield* reportExecError(shell, words[0] as string, path, error);
  }
}

function* reportExecError(
  shell: Shell,
  name: string,
  path: string,
  error: KernelError,
): Blocking<void> {
  shell.status = 126;
  if (error.errno === "ENOENT") {
    shell.status = 127;
    yield* shell.reportError(`${name}: cannot execute: required file not found`);
  } else if (error.errno === "ENOEXEC") {
    yield* shell.reportError(`${path}: cannot execute binary file: ${strerror("ENOEXEC")}`);
  } else yield* shell.reportError(`${name}: ${strerror(error.errno)}`);
}

function isText(shell: Shell, path: string): boolean {
  try {
    return !shell.sys.readFile(path).subarray(0, 128).includes(0);
  } catch (error) {
    if (error instanceof KernelError) return false;
    throw error;
  }
}

/** Through `$PATH` (and what is remembered of it), or the path itself if it has a slash. */
export function findCommand(shell: Shell, name: string, path?: string): Lookup {
  if (name.includes("/")) return checkPath(shell, name);
  if (path === undefined) {
    const known = shell.hashed.get(name);
    if (known) {
      known.hits += 1;
      return { found: known.path };
    }
  }
  let refused: string | undefined;
  for (const candidate of searchPath(shell, name, path)) {
    if (isExecutable(shell, candidate)) {
      if (path === undefined && shell.options.has("hashall")) {
        shell.hashed.set(name, { path: candidate, hits: 1 });
      }
      return { found: candidate };
    }
    refused ??= candidate;
  }
  if (refused !== undefined) {
    return { status: 126, message: `${shell.isBash ? refused : name}: ${strerror("EACCES")}` };
  }
  if (shell.isBash && !(path ?? shell.variables.value("PATH"))) {
    return { status: 127, message: `${name}: ${strerror("ENOENT")}` };
  }
  const text = shell.isBash ? "command not found" : "not found";
  return { status: 127, message: `${name}: ${text}` };
}

function checkPath(shell: Shell, name: string): Lookup {
  try {
    if (shell.sys.stat(name).kind === "directory") {
      return {
        status: 126,
        message: `${name}: ${shell.isBash ? strerror("EISDIR") : strerror("EACCES")}`,
      };
    }
    if (shell.sys.access(name, { execute: true })) return { found: name };
    return { status: 126, message: `${name}: ${strerror("EACCES")}` };
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    const text = error.errno === "ENOENT" && !shell.isBash ? "not found" : strerror(error.errno);
    return {
      status: error.errno === "ENOENT" || error.errno === "ENOTDIR" ? 127 : 126,
      message: `${name}: ${text}`,
    };
  }
}

/** Regular files of that name in the path, in order. */
export function searchPath(
  shell: Shell,
  name: string,
  path = shell.variables.value("PATH") ?? "",
): string[] {
  return path
    .split(":")
    .map((directory) => `${directory === "" ? "." : directory}/${name}`)
    .filter((candidate) => isFile(shell, candidate));
}

function isFile(shell: Shell, path: string): boolean {
  try {
    return shell.sys.stat(path).kind === "file";
  } catch (error) {
    if (error instanceof KernelError) return false;
    throw error;
  }
}

export function isExecutable(shell: Shell, path: string): boolean {
  try {
    return shell.sys.access(path, { execute: true });
  } catch (error) {
    if (error instanceof KernelError) return false;
    throw error;
  }
}
