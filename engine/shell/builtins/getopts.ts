/** getopts */
import { setVariable } from "../shell-variables.ts";
import { isName } from "../variables.ts";
import { fail, failUsage, type Builtin } from "./builtin.ts";

export const getopts: Builtin = {
  name: "getopts",
  posix: true,
  synopsis: "optstring name [arg ...]",
  summary: "Parse option arguments.",
  *run(call) {
    const { shell } = call;
    const [spec, name, ...given] = call.args;
    if (spec === undefined || name === undefined) {
      if (!shell.isBash) return yield* fail(call, "Usage: getopts optstring var [arg]", 2);
      yield* shell.write(2, `getopts: usage: getopts ${call.synopsis}\n`, true);
      return 2;
    }
    if (name.startsWith("-")) return yield* failUsage(call, `${name}: invalid option`);
    const args = given.length > 0 ? given : shell.positional;
    const position = shell.optionPosition;
    let index = Number.parseInt(shell.variables.value("OPTIND") ?? "1", 10) || 1;
    if (position.index !== index) position.at = 0;
    const silent = spec.startsWith(":");
    const finish = (letter: string, status: number): number => {
      position.index = index;
      shell.variables.set("OPTIND", String(index));
      if (isName(name)) setVariable(shell, name, undefined, letter);
      return status;
    };
    const word = args[index - 1];
    if (position.at === 0) {
      if (word === undefined || !/^-./.test(word)) {
        shell.variables.unset("OPTARG");
        return finish("?", 1);
      }
      if (word === "--") {
        index += 1;
        shell.variables.unset("OPTARG");
        return finish("?", 1);
      }
      position.at = 1;
    }
    const letter = (word ?? "").charAt(position.at);
    position.at += 1;
    const atEnd = position.at >= (word ?? "").length;
    const found = letter === ":" ? -1 : spec.indexOf(letter, silent ? 1 : 0);
    const report = shell.variables.value("OPTERR") !== "0" && !silent;
    if (found < 0) {
      if (atEnd) [index, position.at] = [index + 1, 0];
      if (silent) setVariable(shell, "OPTARG", undefined, letter);
      else {
        shell.variables.unset("OPTARG");
        const text = shell.isBash
          ? `${shell.name}: illegal option -- ${letter}\n`
          : `Illegal option -${letter}\n`;
        if (report) yield* shell.write(2, text, true);
      }
      return finish("?", 0);
    }
    if (spec[found + 1] !== ":") {
      if (atEnd) [index, position.at] = [index + 1, 0];
      shell.variables.unset("OPTARG");
      return finish(letter, 0);
    }
    const attached = (word ?? "").slice(position.at);
    position.at = 0;
    if (!atEnd) {
      index += 1;
      setVariable(shell, "OPTARG", undefined, attached);
      return finish(letter, 0);
    }
    const value = args[index];
    if (value === undefined) {
      index += 1;
      if (silent) {
        setVariable(shell, "OPTARG", undefined, letter);
        return finish(":", 0);
      }
      shell.variables.unset("OPTARG");
      const text = shell.isBash
        ? `${shell.name}: option requires an argument -- ${letter}\n`
        : `No arg for -${letter} option\n`;
      if (report) yield* shell.write(2, text, true);
      return finish("?", 0);
    }
    index += 2;
    setVariable(shell, "OPTARG", undefined, value);
    return finish(letter, 0);
  },
};
