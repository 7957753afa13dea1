/** complete, compgen, compopt, bind: programmable completion is not modelled. */
import { expandPathname } from "../expansion/pathname.ts";
import { escapePattern } from "../expansion/pattern.ts";
import type { Shell } from "../shell.ts";
import { commandNames } from "../command-names.ts";
import { fail, parseOptions, print, type Builtin } from "./builtin.ts";
import { BUILTINS } from "./index.ts";

/** Accepted and without effect: start-up files call it, and Podwire completes by itself. */
const complete: Builtin = {
  name: "complete",
  synopsis:
    "[-abcdefgjksuv] [-pr] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [name ...]",
  summary: "Specify how arguments are to be completed (has no effect in Podwire).",
  *run(call) {
    if (call.args.length === 0 || call.args[0] === "-p") return 0;
    yield* call.shell.sys.yieldCpu();
    return 0;
  },
};

const compgen: Builtin = {
  name: "compgen",
  synopsis: "[-abcdefgjksuv] [-W wordlist] [word]",
  summary: "Display possible completions depending on the options.",
  *run(call) {
    const parsed = yield* parseOptions(call, "abcdefgjksuvW:o:A:F:");
    if (!parsed) return 2;
    const { options, operands } = parsed;
    if (options.has("F") || options.has("A")) {
      return yield* fail(call, "Podwire does not model the options -A and -F");
    }
    const prefix = operands[0] ?? "";
    const candidates = [...options.keys()].flatMap((letter) =>
      letter === "W"
        ? (options.get("W") as string).split(/\s+/)
        : generate(call.shell, letter, prefix),
    );
    const found = candidates.filter((each) => each !== "" && each.startsWith(prefix));
    yield* print(call, found.map((each) => `${each}\n`).join(""));
    return found.length > 0 ? 0 : 1;
  },
};

function generate(shell: Shell, letter: string, prefix: string): readonly string[] {
  switch (letter) {
    case "a":
      return [...shell.aliases.keys()].sort();
    case "b":
      return [...BUILTINS.keys()];
    case "c":
      return commandNames(shell);
    case "e":
      return [...shell.variables.environment().keys()].sort();
    case "v":
      return shell.variables.names();
    case "d":
    case "f":
      return expandPathname(shell, `${escapePattern(prefix)}*`).filter(
        (path) => letter === "f" || shell.sys.stat(path).kind === "directory",
      );
    default:
      return [];
  }
}

const compopt: Builtin = {
  name: "compopt",
  synopsis: "[-o|+o option] [-DEI] [name ...]",
  summary: "Modify or display completion options (has no effect in Podwire).",
  *run(call) {
    return yield* fail(call, "not currently executing completion function");
  },
};

const bind: Builtin = {
  name: "bind",
  synopsis: "[-lpsvPSVX] [-m keymap] [-f filename] [keyseq:readline-function]",
  summary: "Set Readline key bindings and variables.",
  *run(call) {
    return yield* fail(call, "Podwire does not model changing key bindings");
  },
};

export const completionBuiltins: readonly Builtin[] = [complete, compgen, compopt, bind];
