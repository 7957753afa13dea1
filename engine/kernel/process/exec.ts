import { decodeUtf8 } from "../../sim/utf8.ts";
import { KernelError } from "../errno.ts";
import { pathOf, type Dentry } from "../fs/dentry.ts";
import { programKeyOf } from "../fs/executable.ts";
import { requirePermission } from "../fs/mount-namespace.ts";
import type { Process } from "./process.ts";
import type { ProgramRegistry } from "./program-registry.ts";
import type { Program } from "./program.ts";

/** BINPRM_BUF_SIZE: how much of a file is looked at to tell what it is. */
const HEAD_BYTES = 256;

/** Interpreters of interpreters, Linux fs/exec.c. */
const MAX_INTERPRETERS = 4;

/** ARG_MAX as `getconf ARG_MAX` shows it, less what the stack needs. */
const MAX_ARGUMENT_BYTES = 2_097_152 - 8192;

/** What execve(2) found to run. */
export interface LoadedProgram {
  readonly program: Program;
  readonly argv: readonly string[];
  readonly comm: string;
  /** Path of the file that runs: the interpreter, for a script. */
  readonly executable: string;
}

/** ENOENT, EACCES, ENOEXEC, ELOOP, E2BIG. */
export function loadProgram(
  programs: ProgramRegistry,
  process: Process,
  path: string,
  argv: readonly string[],
): LoadedProgram {
  let size = 0;
  for (const word of argv) size += word.length + 9;
  if (size > MAX_ARGUMENT_BYTES) throw new KernelError("E2BIG");
  const comm = path.slice(path.lastIndexOf("/") + 1);
  let file = path;
  let words = argv;
  for (let depth = 0; depth <= MAX_INTERPRETERS; depth++) {
    const dentry = process.namespaces.mount.resolve(file, process);
    const head = readHead(process, dentry);
    const key = programKeyOf(head);
    if (key !== undefined) {
      const program = programs.get(key);
      if (!program) throw new KernelError("ENOEXEC");
      return { program, argv: words, comm, executable: pathOf(dentry) };
    }
    const script = /^#![ \t]*([^ \t\n]+)[ \t]*([^\n]*)(\n|$)/.exec(decodeUtf8(head));
    if (!script) throw new KernelError("ENOEXEC");
    const argument = (script[2] as string).trimEnd();
    words = [script[1] as string, ...(argument ? [argument] : []), file, ...words.slice(1)];
    file = script[1] as string;
  }
  throw new KernelError("ELOOP");
}

function readHead(process: Process, dentry: Dentry): Uint8Array {
  const { inode } = dentry;
  if (inode.kind !== "file") throw new KernelError("EACCES");
  requirePermission(inode, process, 1);
  const file = inode.open({ read: true }, process, dentry);
  const head = file.read(HEAD_BYTES) as Uint8Array;
  file.release();
  return head;
}
