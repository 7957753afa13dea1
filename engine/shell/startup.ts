/** Files that a shell reads before its first command, and how scripts are found. */
import { KernelError } from "../kernel/errno.ts";
import type { Blocking } from "../kernel/process/wait-queue.ts";
import { runFile } from "./builtins/flow.ts";
import { decodeBytes } from "./bytes.ts";
import { AbandonLine } from "./control-flow.ts";
import { expandQuotedText } from "./expansion/word.ts";
import { searchPath } from "./external.ts";
import type { CommandLine } from "./invocation.ts";
import type { Shell } from "./shell.ts";

/** bash(1), INVOCATION. */
export function startupFiles(shell: Shell, line: CommandLine): readonly string[] {
  const home = shell.variables.value("HOME") ?? "/";
  if (shell.login && (shell.interactive || line.explicitLogin)) {
    if (line.noProfile) return [];
    const own = [".bash_profile", ".bash_login", ".profile"]
      .map((name) => `${home}/${name}`)
      .filter((path, index) => (shell.isBash || index === 2) && isReadable(shell, path));
    return ["/etc/profile", ...own.slice(0, 1)];
  }
  if (shell.interactive && shell.isBash) {
    if (line.noRc) return [];
    return line.rcFile === undefined ? ["/etc/bash.bashrc", `${home}/.bashrc`] : [line.rcFile];
  }
  const file = shell.variables.value(shell.isBash ? "BASH_ENV" : "ENV");
  return file && (shell.isBash || shell.interactive) ? [file] : [];
}

function isReadable(shell: Shell, path: string): boolean {
  try {
    return shell.sys.access(path, { read: true });
  } catch (error) {
    if (error instanceof KernelError) return false;
    throw error;
  }
}

export function* sourceIfPresent(shell: Shell, file: string): Blocking<void> {
  let text: string;
  try {
    const path = yield* expandQuotedText(shell, file);
    text = decodeBytes(shell.sys.readFile(path));
  } catch (error) {
    if (error instanceof KernelError) return;
    throw error;
  }
  try {
    yield* runFile(shell, file, text, []);
  } catch (error) {
    if (!(error instanceof AbandonLine)) throw error;
  }
}

/** The file itself, or one of that name in `$PATH`. Throws KernelError. */
export function readScriptFile(
  shell: Shell,
  file: string,
): { readonly path: string; readonly bytes: Uint8Array } {
  try {
    return { path: file, bytes: shell.sys.readFile(file) };
  } catch (error) {
    const found = file.includes("/") ? undefined : searchPath(shell, file)[0];
    if (found === undefined || !(error instanceof KernelError)) throw error;
    return { path: found, bytes: shell.sys.readFile(found) };
  }
}
