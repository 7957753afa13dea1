/** set, shopt, shift, let. */
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { ExpansionError } from "../control-flow.ts";
import { evaluateArithmetic, ArithmeticError } from "../arithmetic.ts";
import { printFunction } from "../function-printer.ts";
import { SET_OPTIONS } from "../options.ts";
import type { Shell } from "../shell.ts";
import { shellArithmetic } from "../shell-variables.ts";
import { fail, failUsage, parseOptions, print, type Builtin, type BuiltinCall } from "./builtin.ts";
import { listVariables } from "./declare.ts";

const set: Builtin = {
  name: "set",
  posix: true,
  special: true,
  synopsis: "[-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]",
  summary: "Set or unset values of shell options and positional parameters.",
  *run(call) {
    const { shell, args } = call;
    if (args.length === 0) {
      yield* print(call, listVariables(shell));
      for (const [name, definition] of [...shell.functions].sort(([a], [b]) => (a < b ? -1 : 1))) {
        yield* print(call, `${printFunction(name, definition)}\n`);
      }
      return 0;
    }
    let at = 0;
    for (; at < args.length; at++) {
      const word = args[at] as string;
      if (word === "--" || word === "-") {
        if (word === "-") {
          shell.options.change("xtrace", false);
          shell.options.change("verbose", false);
          if (at + 1 === args.length) return 0;
        }
        shell.positional = args.slice(at + 1);
        return 0;
      }
      if (!/^[-+]./.test(word)) break;
      const on = word.startsWith("-");
      for (const letter of word.slice(1)) {
        if (letter === "o") {
          const name = args[at + 1];
          if (name === undefined) {
            yield* print(call, listSetOptions(shell, on));
            return 0;
          }
          at += 1;
          if (!(yield* changeOption(call, name, on))) return 2;
          continue;
        }
        const name = shell.options.nameOfLetter(letter);
        if (name === undefined) {
          if (!shell.isBash)
            return yield* fail(call, `Illegal option ${word.charAt(0)}${letter}`, 2);
          return yield* failUsage(call, `${word.charAt(0)}${letter}: invalid option`);
        }
        shell.options.change(name, on);
      }
    }
    if (at < args.length) shell.positional = args.slice(at);
    return 0;
  },
};

function* changeOption(call: BuiltinCall, name: string, on: boolean): Blocking<boolean> {
  const { options } = call.shell;
  if (!options.isSetOption(name)) {
    const { isBash } = call.shell;
    yield* fail(
      call,
      isBash ? `${name}: invalid option name` : `Illegal option ${on ? "-" : "+"}o ${name}`,
    );
    return false;
  }
  options.change(name, on);
  if (on && name === "vi") options.change("emacs", false);
  if (on && name === "emacs") options.change("vi", false);
  return true;
}

/** `set -o` shows, `set +o` prints commands that restore. */
function listSetOptions(shell: Shell, show: boolean): string {
  return SET_OPTIONS.map(([name]) => {
    const on = shell.options.has(name);
    if (show) return `${name.padEnd(15)}\t${on ? "on" : "off"}\n`;
    return `set ${on ? "-" : "+"}o ${name}\n`;
  }).join("");
}

const shopt: Builtin = {
  name: "shopt",
  synopsis: "[-pqsu] [-o] [optname ...]",
  summary: "Set and unset shell options.",
  *run(call) {
    const { shell } = call;
    const parsed = yield* parseOptions(call, "pqsuo");
    if (!parsed) return 2;
    const { options, operands } = parsed;
    if (options.has("s") && options.has("u")) {
      return yield* fail(call, "cannot set and unset shell options simultaneously");
    }
    const setOptions = options.has("o");
    const state = (name: string): boolean | undefined => {
      if (!setOptions) return shell.options.shell(name);
      return shell.options.isSetOption(name) ? shell.options.has(name) : undefined;
    };
    const change = options.has("s") ? true : options.has("u") ? false : undefined;
    const all = setOptions ? SET_OPTIONS.map(([name]) => name) : shell.options.shellNames();
    const names =
      operands.length > 0
        ? operands
        : all.filter((name) => change === undefined || state(name) === change);
    let status = 0;
    for (const name of names) {
      const on = state(name);
      if (on === undefined) {
        yield* fail(call, `${name}: invalid ${setOptions ? "option" : "shell option"} name`);
        status = 1;
        continue;
      }
      if (change !== undefined && operands.length > 0) {
        if (setOptions) shell.options.change(name, change);
        else shell.options.changeShell(name, change);
        continue;
      }
      if (!on && operands.length > 0) status = 1;
      if (options.has("q")) continue;
      yield* print(call, shownOption(name, on, options.has("p"), setOptions));
    }
    return status;
  },
};

function shownOption(name: string, on: boolean, asCommand: boolean, setOption: boolean): string {
  if (!asCommand) return `${name.padEnd(setOption ? 15 : 15)}\t${on ? "on" : "off"}\n`;
  return setOption ? `set ${on ? "-" : "+"}o ${name}\n` : `shopt -${on ? "s" : "u"} ${name}\n`;
}

const shift: Builtin = {
  name: "shift",
  posix: true,
  special: true,
  synopsis: "[n]",
  summary: "Shift positional parameters.",
  *run(call) {
    const { shell } = call;
    const word = call.args[0] ?? "1";
    if (!/^[+-]?\d+$/.test(word)) {
      return yield* fail(
        call,
        shell.isBash ? `${word}: numeric argument required` : `Illegal number: ${word}`,
      );
    }
    const count = Number(word);
    if (count < 0) return yield* fail(call, `${word}: shift count out of range`);
    if (count > shell.positional.length) {
      if (!shell.isBash) return yield* fail(call, "can't shift that many", 2);
      if (shell.options.shell("shift_verbose"))
        return yield* fail(call, `${word}: shift count out of range`);
      return 1;
    }
    shell.positional = shell.positional.slice(count);
    return 0;
  },
};

const letBuiltin: Builtin = {
  name: "let",
  synopsis: "arg [arg ...]",
  summary: "Evaluate arithmetic expressions.",
  *run(call) {
    if (call.args.length === 0) return yield* fail(call, "expression expected");
    let value = 0n;
    for (const text of call.args) {
      try {
        value = evaluateArithmetic(text, shellArithmetic(call.shell));
      } catch (error) {
        if (!(error instanceof ArithmeticError || error instanceof ExpansionError)) throw error;
        return yield* fail(call, error.message);
      }
    }
    return value === 0n ? 1 : 0;
  },
};

export const optionBuiltins: readonly Builtin[] = [set, shopt, shift, letBuiltin];
