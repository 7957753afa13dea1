/** The tests that `test`, `[` and `[[` share. */
import { KernelError } from "../kernel/errno.ts";
import type { Stat } from "../kernel/process/sys.ts";
import type { Shell } from "./shell.ts";
import { isName } from "./variables.ts";

export const UNARY_TESTS = "abcdefghknoprstuvwxzGLNORS";

/** `-f path` and its like; the letter without its dash. */
export function unaryTest(shell: Shell, letter: string, operand: string): boolean {
  const { sys } = shell;
  switch (letter) {
    case "n":
      return operand !== "";
    case "z":
      return operand === "";
    case "v":
      return isVariableSet(shell, operand);
    case "R":
      return shell.variables.find(operand)?.nameref ?? false;
    case "o":
      return shell.options.has(operand);
    case "t":
      return /^\s*\d+\s*$/.test(operand) && sys.isatty(Number(operand));
    case "r":
      return attempt(() => sys.access(operand, { read: true })) ?? false;
    case "w":
      return attempt(() => sys.access(operand, { write: true })) ?? false;
    case "x":
      return attempt(() => sys.access(operand, { execute: true })) ?? false;
    case "h":
    case "L":
      return statOf(shell, operand, false)?.kind === "symlink";
    default: {
      const stat = statOf(shell, operand);
      return stat !== undefined && statTest(shell, letter, stat);
    }
  }
}

function statTest(shell: Shell, letter: string, stat: Stat): boolean {
  switch (letter) {
    case "a":
    case "e":
      return true;
    case "f":
      return stat.kind === "file";
    case "d":
      return stat.kind === "directory";
    case "c":
      return stat.kind === "char";
    case "p":
      return stat.kind === "fifo";
    case "S":
      return stat.kind === "socket";
    case "s":
      return stat.sizeBytes > 0;
    case "u":
      return (stat.mode & 0o4000) !== 0;
    case "g":
      return (stat.mode & 0o2000) !== 0;
    case "k":
      return (stat.mode & 0o1000) !== 0;
    case "O":
      return stat.uid === shell.sys.uid;
    case "G":
      return stat.gid === shell.sys.gid;
    case "N":
      return true;
    default:
      // -b: there are no block devices here.
      return false;
  }
}

function isVariableSet(shell: Shell, operand: string): boolean {
  const element = /^([A-Za-z_]\w*)\[(.*)\]$/s.exec(operand);
  if (element) {
    const variable = shell.variables.get(element[1] as string);
    if (element[2] === "@" || element[2] === "*") return (variable?.keys().length ?? 0) > 0;
    return variable?.element(element[2] as string) !== undefined;
  }
  if (/^\d+$/.test(operand)) return shell.positional[Number(operand) - 1] !== undefined;
  return isName(operand) && shell.variables.value(operand) !== undefined;
}

/** `-nt`, `-ot`, `-ef`; undefined: no such operator. */
export function compareFiles(
  shell: Shell,
  left: string,
  operator: string,
  right: string,
): boolean | undefined {
  if (operator !== "-nt" && operator !== "-ot" && operator !== "-ef") return undefined;
  const one = statOf(shell, left);
  const other = statOf(shell, right);
  if (operator === "-ef") return one !== undefined && one.inode === other?.inode;
  if (operator === "-ot") return isNewer(other, one);
  return isNewer(one, other);
}

function isNewer(one: Stat | undefined, other: Stat | undefined): boolean {
  if (!one) return false;
  return !other || one.modifiedSeconds > other.modifiedSeconds;
}

export const INTEGER_COMPARISONS: Readonly<Record<string, (a: bigint, b: bigint) => boolean>> = {
  "-eq": (a, b) => a === b,
  "-ne": (a, b) => a !== b,
  "-lt": (a, b) => a < b,
  "-le": (a, b) => a <= b,
  "-gt": (a, b) => a > b,
  "-ge": (a, b) => a >= b,
};

function statOf(shell: Shell, path: string, followLinks = true): Stat | undefined {
  const descriptor = /^\/dev\/fd\/(\d+)$/.exec(path);
  return attempt(() =>
    descriptor ? shell.sys.fstat(Number(descriptor[1])) : shell.sys.stat(path, { followLinks }),
  );
}

function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof KernelError) return undefined;
    throw error;
  }
}
