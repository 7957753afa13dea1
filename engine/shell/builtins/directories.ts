/** cd, pwd, pushd, popd, dirs. */
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { Shell } from "../shell.ts";
import { fail, failUsage, parseOptions, print, type Builtin, type BuiltinCall } from "./builtin.ts";

const cd: Builtin = {
  name: "cd",
  posix: true,
  synopsis: "[-L|[-P [-e]] [-@]] [dir]",
  summary: "Change the shell working directory.",
  *run(call) {
    const { shell } = call;
    const parsed = yield* parseOptions(call, shell.isBash ? "LPe@" : "LP");
    if (!parsed) return 2;
    const { operands } = parsed;
    if (operands.length > 1 && shell.isBash) return yield* fail(call, "too many arguments");
    let target = operands[0];
    let show = false;
    if (target === undefined) {
      target = shell.variables.value("HOME");
      if (target === undefined) return yield* fail(call, "HOME not set");
    } else if (target === "-") {
      target = shell.variables.value("OLDPWD");
      if (target === undefined) return yield* fail(call, "OLDPWD not set");
      show = true;
    }
    const physical = parsed.options.has("P") || shell.options.has("physical");
    const found = throughCdPath(shell, target);
    show ||= found !== target;
    const status = yield* changeDirectory(call, found, physical, operands[0] ?? target);
    if (status === 0 && show) yield* print(call, `${shell.cwd}\n`);
    return status;
  },
};

function throughCdPath(shell: Shell, target: string): string {
  const path = shell.variables.value("CDPATH");
  if (!path || /^\.{0,2}\//.test(target) || target === "." || target === "..") return target;
  for (const directory of path.split(":")) {
    if (directory === "" || directory === ".") return target;
    const candidate = `${directory.replace(/\/$/, "")}/${target}`;
    try {
      if (shell.sys.stat(candidate).kind === "directory") return candidate;
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
    }
  }
  return target;
}

function* changeDirectory(
  call: BuiltinCall,
  target: string,
  physical: boolean,
  shown: string,
): Blocking<number> {
  const { shell } = call;
  const logical =
    target === ""
      ? shell.cwd
      : normalise(target.startsWith("/") ? target : `${shell.cwd.replace(/\/$/, "")}/${target}`);
  try {
    shell.sys.chdir(physical ? target || "." : logical);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    if (!shell.isBash) {
      const why = shell.dialect === "ash" ? `: ${strerror(error.errno)}` : "";
      return yield* fail(call, `can't cd to ${shown}${why}`, shell.dialect === "ash" ? 1 : 2);
    }
    return yield* fail(call, `${shown === "-" ? target : shown}: ${strerror(error.errno)}`);
  }
  const old = shell.cwd;
  shell.cwd = physical ? shell.sys.cwd() : logical;
  shell.variables.set("OLDPWD", old);
  shell.variables.set("PWD", shell.cwd);
  shell.variables.export("OLDPWD");
  shell.variables.export("PWD");
  return 0;
}

/** Removes `.` and `..` by their spelling, as the logical directory does. */
function normalise(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  const root = /^\/\/(?!\/)/.test(path) ? "//" : "/";
  return root + parts.join("/");
}

const pwd: Builtin = {
  name: "pwd",
  posix: true,
  synopsis: "[-LP]",
  summary: "Print the name of the current working directory.",
  *run(call) {
    const parsed = yield* parseOptions(call, "LP");
    if (!parsed) return 2;
    const physical = parsed.options.has("P") || call.shell.options.has("physical");
    yield* print(call, `${physical ? call.shell.sys.cwd() : call.shell.cwd}\n`);
    return 0;
  },
};

function tilde(shell: Shell, path: string): string {
  const home = shell.variables.value("HOME");
  if (!home || home === "/") return path;
  if (path === home) return "~";
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

function* printStack(
  call: BuiltinCall,
  options: { long?: boolean; lines?: boolean; numbered?: boolean } = {},
): Blocking<void> {
  const { shell } = call;
  const stack = [shell.cwd, ...shell.directoryStack].map((path) =>
    options.long ? path : tilde(shell, path),
  );
  if (options.numbered) {
    yield* print(
      call,
      stack.map((path, index) => `${String(index).padStart(2)}  ${path}\n`).join(""),
    );
  } else yield* print(call, `${stack.join(options.lines ? "\n" : " ")}\n`);
}

/** `+N` or `-N` as an index into the stack, the current directory being 0. */
function stackIndex(shell: Shell, word: string): number {
  const count = Number(word.slice(1));
  const size = shell.directoryStack.length + 1;
  return word.startsWith("+") ? count : size - 1 - count;
}

const pushd: Builtin = {
  name: "pushd",
  synopsis: "[-n] [+N | -N | dir]",
  summary: "Add directories to stack.",
  *run(call) {
    const { shell } = call;
    const noChange = call.args[0] === "-n";
    const word = noChange ? call.args[1] : call.args[0];
    const stack = [shell.cwd, ...shell.directoryStack];
    if (word === undefined) {
      if (stack.length < 2) return yield* fail(call, "no other directory");
      const status = yield* changeDirectory(call, stack[1] as string, false, stack[1] as string);
      if (status !== 0) return status;
      shell.directoryStack = [stack[0] as string, ...stack.slice(2)];
    } else if (/^[+-]\d+$/.test(word)) {
      const index = stackIndex(shell, word);
      if (stack.length < 2) return yield* fail(call, "directory stack empty");
      if (stack[index] === undefined) {
        return yield* fail(call, `${word}: directory stack index out of range`);
      }
      const rotated = [...stack.slice(index), ...stack.slice(0, index)];
      const status = yield* changeDirectory(
        call,
        rotated[0] as string,
        false,
        rotated[0] as string,
      );
      if (status !== 0) return status;
      shell.directoryStack = rotated.slice(1);
    } else if (word.startsWith("-") && word !== "-") {
      return yield* failUsage(call, `${word}: invalid number`);
    } else if (noChange) shell.directoryStack = [word, ...shell.directoryStack];
    else {
      const target = word === "-" ? (shell.variables.value("OLDPWD") ?? "") : word;
      const status = yield* changeDirectory(call, target, false, word);
      if (status !== 0) return status;
      shell.directoryStack = stack;
    }
    yield* printStack(call);
    return 0;
  },
};

const popd: Builtin = {
  name: "popd",
  synopsis: "[-n] [+N | -N]",
  summary: "Remove directories from stack.",
  *run(call) {
    const { shell } = call;
    const noChange = call.args[0] === "-n";
    const word = noChange ? call.args[1] : call.args[0];
    if (word !== undefined && !/^[+-]\d+$/.test(word)) {
      return yield* failUsage(call, `${word}: invalid argument`);
    }
    if (shell.directoryStack.length === 0) return yield* fail(call, "directory stack empty");
    const index = word === undefined ? 0 : stackIndex(shell, word);
    if (index > shell.directoryStack.length || index < 0) {
      return yield* fail(call, `${word ?? ""}: directory stack index out of range`);
    }
    if (index === 0 && !noChange) {
      const target = shell.directoryStack[0] as string;
      const status = yield* changeDirectory(call, target, false, target);
      if (status !== 0) return status;
      shell.directoryStack = shell.directoryStack.slice(1);
    } else {
      const removed = Math.max(index, 1) - 1;
      shell.directoryStack = shell.directoryStack.filter((_, each) => each !== removed);
    }
    yield* printStack(call);
    return 0;
  },
};

const dirs: Builtin = {
  name: "dirs",
  synopsis: "[-clpv] [+N] [-N]",
  summary: "Display directory stack.",
  *run(call) {
    const { shell } = call;
    const index = call.args.find((word) => /^[+-]\d+$/.test(word));
    const letters = call.args.filter((word) => word !== index).join("");
    if (/[^-clpv]/.test(letters)) return yield* failUsage(call, `${letters}: invalid option`);
    if (letters.includes("c")) {
      shell.directoryStack = [];
      return 0;
    }
    if (index !== undefined) {
      const path = [shell.cwd, ...shell.directoryStack][stackIndex(shell, index)];
      if (path === undefined)
        return yield* fail(call, `${index.slice(1)}: directory stack index out of range`);
      yield* print(call, `${letters.includes("l") ? path : tilde(shell, path)}\n`);
      return 0;
    }
    yield* printStack(call, {
      long: letters.includes("l"),
      lines: letters.includes("p"),
      numbered: letters.includes("v"),
    });
    return 0;
  },
};

export const directoryBuiltins: readonly Builtin[] = [cd, pwd, pushd, popd, dirs];
