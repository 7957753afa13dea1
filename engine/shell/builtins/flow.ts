/** break, continue, return, exit, :, true, false, eval, source, exec. */
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { decodeBytes } from "../bytes.ts";
import {
  AbandonLine,
  BreakLoop,
  ContinueLoop,
  ExitShell,
  ReturnFromFunction,
} from "../control-flow.ts";
import { findCommand, replaceShell, searchPath } from "../external.ts";
import { jobState } from "../jobs.ts";
import type { Shell } from "../shell.ts";
import { fail, failUsage, parseOptions, type Builtin, type BuiltinCall } from "./builtin.ts";

function simple(name: string, status: number, summary: string, special: boolean): Builtin {
  return {
    name,
    posix: true,
    special,
    synopsis: "",
    summary,
    *run(call) {
      // Nothing to do, but a loop of nothing must let others run.
      if (call.shell.loopDepth > 0) yield* call.shell.sys.yieldCpu();
      return status;
    },
  };
}

/** The number of loops; undefined after a report. */
function* loopCount(call: BuiltinCall): Blocking<number | undefined> {
  const [word = "1", extra] = call.args;
  if (!/^[+-]?\d+$/.test(word)) {
    yield* fail(call, `${word}: numeric argument required`);
    throw new ExitShell(128);
  }
  if (extra !== undefined) {
    yield* fail(call, "too many arguments");
    throw new BreakLoop(Number.MAX_SAFE_INTEGER);
  }
  if (Number(word) >= 1) return Number(word);
  yield* fail(call, `${word}: loop count out of range`);
  return undefined;
}

const breakBuiltin: Builtin = {
  name: "break",
  posix: true,
  special: true,
  synopsis: "[n]",
  summary: "Exit for, while, or until loops.",
  *run(call) {
    if (call.shell.loopDepth === 0) return yield* outsideLoop(call);
    const levels = yield* loopCount(call);
    // Out of range: the loops end all the same.
    throw new BreakLoop(levels ?? Number.MAX_SAFE_INTEGER);
  },
};

const continueBuiltin: Builtin = {
  name: "continue",
  posix: true,
  special: true,
  synopsis: "[n]",
  summary: "Resume for, while, or until loops.",
  *run(call) {
    if (call.shell.loopDepth === 0) return yield* outsideLoop(call);
    const levels = yield* loopCount(call);
    if (levels === undefined) throw new BreakLoop(Number.MAX_SAFE_INTEGER);
    throw new ContinueLoop(levels);
  },
};

function* outsideLoop(call: BuiltinCall): Blocking<number> {
  if (call.shell.isBash) {
    yield* fail(call, "only meaningful in a `for', `while', or `until' loop");
  }
  return 0;
}

/** The status given, the last one without; undefined after a report. */
function* statusArgument(call: BuiltinCall): Blocking<number | undefined> {
  const word = call.args[0] === "--" ? call.args[1] : call.args[0];
  if (word === undefined) return call.shell.status;
  if (!/^\s*[+-]?\d+\s*$/.test(word)) {
    const text = call.shell.isBash
      ? `${word}: numeric argument required`
      : `Illegal number: ${word}`;
    yield* fail(call, text);
    return undefined;
  }
  return Number(BigInt.asUintN(8, BigInt(word.trim().replace(/^\+/, ""))));
}

const returnBuiltin: Builtin = {
  name: "return",
  posix: true,
  special: true,
  synopsis: "[n]",
  summary: "Return from a shell function.",
  *run(call) {
    const { shell } = call;
    if (shell.functionDepth === 0 && shell.sourceDepth === 0) {
      if (!shell.isBash) throw new ExitShell((yield* statusArgument(call)) ?? 2);
      yield* fail(call, "can only `return' from a function or sourced script");
      return 2;
    }
    const status = yield* statusArgument(call);
    if (call.args.length > 1 && status !== undefined) {
      yield* fail(call, "too many arguments");
      throw new ReturnFromFunction(1);
    }
    throw new ReturnFromFunction(status ?? 2);
  },
};

const exit: Builtin = {
  name: "exit",
  posix: true,
  special: true,
  synopsis: "[n]",
  summary: "Exit the shell.",
  *run(call) {
    const { shell } = call;
    if (shell.interactive) {
      if (shell.isBash) yield* shell.write(2, shell.login ? "logout\n" : "exit\n", true);
      const stopped = shell.jobs.all.some((job) => jobState(job) === "stopped");
      if (stopped && !shell.warnedOfJobs) {
        shell.warnedOfJobs = true;
        yield* shell.write(2, shell.stoppedJobsText, true);
        return 1;
      }
    }
    const status = yield* statusArgument(call);
    if (call.args.length > 1 && status !== undefined && shell.isBash) {
      yield* fail(call, "too many arguments");
      throw new AbandonLine(1);
    }
    throw new ExitShell(status ?? 2);
  },
};

const logout: Builtin = {
  name: "logout",
  synopsis: "[n]",
  summary: "Exit a login shell.",
  *run(call) {
    if (!call.shell.login) return yield* fail(call, "not login shell: use `exit'");
    return yield* exit.run(call);
  },
};

const evalBuiltin: Builtin = {
  name: "eval",
  posix: true,
  special: true,
  synopsis: "[arg ...]",
  summary: "Execute arguments as a shell command.",
  *run(call) {
    const args = call.args[0] === "--" ? call.args.slice(1) : call.args;
    const text = args.join(" ");
    if (text.trim() === "") return 0;
    return yield* call.shell.interpreter.runText(call.shell, text, { label: "eval" });
  },
};

function source(name: string, posix: boolean): Builtin {
  return {
    name,
    posix,
    special: posix,
    synopsis: "filename [arguments]",
    summary: "Execute commands from a file in the current shell.",
    *run(call) {
      const { shell } = call;
      const [file, ...args] = call.args[0] === "--" ? call.args.slice(1) : call.args;
      if (file === undefined) return yield* failUsage(call, "filename argument required");
      const path = file.includes("/") ? file : (searchPath(shell, file)[0] ?? file);
      let text: string;
      try {
        text = decodeBytes(shell.sys.readFile(path));
      } catch (error) {
        if (!(error instanceof KernelError)) throw error;
        return yield* sourceFailed(call, file, error);
      }
      return yield* runFile(shell, path, text, args);
    },
  };
}

function* sourceFailed(call: BuiltinCall, file: string, error: KernelError): Blocking<number> {
  const { shell } = call;
  if (!shell.isBash) {
    yield* shell.reportError(`${call.name}: cannot open ${file}: No such file`);
    if (!shell.interactive) throw new ExitShell(2);
    return 2;
  }
  const text = error.errno === "EISDIR" ? "is a directory" : strerror(error.errno);
  // bash names the file, not the builtin.
  yield* shell.reportError(
    error.errno === "EISDIR" ? `${call.name}: ${file}: ${text}` : `${file}: ${text}`,
  );
  return 1;
}

export function* runFile(
  shell: Shell,
  path: string,
  text: string,
  args: readonly string[],
): Blocking<number> {
  const { positional } = shell;
  if (args.length > 0) shell.positional = args;
  shell.frames.push({ name: "source", file: path, line: shell.line, kind: "source" });
  shell.sourceDepth += 1;
  try {
    return yield* shell.interpreter.runText(shell, text, { file: path, firstLine: 1 });
  } catch (error) {
    if (error instanceof ReturnFromFunction) return error.status;
    throw error;
  } finally {
    shell.sourceDepth -= 1;
    shell.frames.pop();
    if (args.length > 0) shell.positional = positional;
  }
}

const exec: Builtin = {
  name: "exec",
  posix: true,
  special: true,
  synopsis: "[-cl] [-a name] [command [argument ...]] [redirection ...]",
  summary: "Replace the shell with the given command.",
  *run(call) {
    const { shell } = call;
    const parsed = yield* parseOptions(call, shell.isBash ? "cla:" : "");
    if (!parsed) return 2;
    const { options, operands } = parsed;
    call.keepRedirections();
    const [name] = operands;
    if (name === undefined) return 0;
    const lookup = findCommand(shell, name);
    if ("message" in lookup) {
      const text =
        shell.isBash && lookup.status === 127 && !name.includes("/")
          ? `${name}: not found`
          : lookup.message;
      yield* fail(call, text);
      if (shell.interactive || shell.options.shell("execfail")) return lookup.status;
      throw new ExitShell(lookup.status);
    }
    const first = options.get("a") ?? name;
    const argv = [options.has("l") ? `-${first}` : first, ...operands.slice(1)];
    const environment = options.has("c")
      ? new Map<string, string>()
      : shell.variables.environment();
    yield* replaceShell(shell, lookup.found, argv, environment);
    if (!shell.interactive) throw new ExitShell(shell.status);
    return shell.status;
  },
};

export const flowBuiltins: readonly Builtin[] = [
  simple(":", 0, "Null command.", true),
  simple("true", 0, "Return a successful result.", false),
  simple("false", 1, "Return an unsuccessful result.", false),
  breakBuiltin,
  continueBuiltin,
  returnBuiltin,
  exit,
  logout,
  evalBuiltin,
  source(".", true),
  source("source", false),
  exec,
];
