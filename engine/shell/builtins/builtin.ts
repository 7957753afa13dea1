/** What a builtin is, and the manners that all of them share. */
import type { Assignment } from "unbash";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { Shell } from "../shell.ts";

export interface BuiltinCall {
  readonly shell: Shell;
  /** As typed. */
  readonly name: string;
  readonly args: readonly string[];
  /** Index in `args` → an array assignment, for `declare` and its like. */
  readonly arrays: ReadonlyMap<number, Assignment>;
  readonly synopsis: string;
  /** Makes the command's redirections permanent (`exec`). */
  keepRedirections(): void;
}

export interface Builtin {
  readonly name: string;
  /** The usage line without the name: `[-LP] [dir]`. */
  readonly synopsis: string;
  /** The first line of `help NAME`. */
  readonly summary: string;
  /** dash has it too. */
  readonly posix?: boolean;
  /** A POSIX special builtin. */
  readonly special?: boolean;
  run(call: BuiltinCall): Blocking<number>;
}

/** `bash: line 1: NAME: text`; returns `status`. */
export function* fail(call: BuiltinCall, text: string, status = 1): Blocking<number> {
  const { shell } = call;
  // ash says the line, which it counts from 0 in `-c`.
  const line =
    shell.dialect === "ash" && !shell.interactive
      ? `line ${shell.line - (shell.commandString ? 1 : 0)}: `
      : "";
  yield* shell.reportError(`${call.name}: ${line}${text}`);
  return status;
}

/** An option that does not exist, with the usage line; returns 2. */
export function* failUsage(call: BuiltinCall, text: string): Blocking<number> {
  yield* fail(call, text);
  if (call.shell.isBash) {
    yield* call.shell.write(2, `${call.name}: usage: ${call.name} ${call.synopsis}\n`, true);
  }
  return 2;
}

export interface BuiltinOptions {
  /** Letters given, with their arguments; the last wins. */
  readonly options: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
}

/**
 * Options by getopt(3)'s rules, the first operand ending them. `letters` as `"nu:"`.
 * Undefined: refused, and reported.
 */
export function* parseOptions(
  call: BuiltinCall,
  letters: string,
): Blocking<BuiltinOptions | undefined> {
  const options = new Map<string, string>();
  const { args } = call;
  let at = 0;
  for (; at < args.length; at++) {
    const word = args[at] as string;
    if (word === "--") {
      at += 1;
      break;
    }
    if (!/^-./.test(word)) break;
    for (let index = 1; index < word.length; index++) {
      const letter = word[index] as string;
      const position = letter === ":" ? -1 : letters.indexOf(letter);
      if (position < 0) {
        const shown = call.shell.isBash
          ? `-${letter}: invalid option`
          : `Illegal option -${letter}`;
        yield* failUsage(call, shown);
        return undefined;
      }
      if (letters[position + 1] !== ":") {
        options.delete(letter);
        options.set(letter, "");
        continue;
      }
      let value = word.slice(index + 1);
      if (value === "") {
        at += 1;
        const next = args[at];
        if (next === undefined) {
          yield* failUsage(call, `-${letter}: option requires an argument`);
          return undefined;
        }
        value = next;
      }
      options.set(letter, value);
      break;
    }
  }
  return { options, operands: args.slice(at) };
}

/** Writes to standard output. */
export function print(call: BuiltinCall, text: string): Blocking<void> {
  return call.shell.write(1, text);
}
