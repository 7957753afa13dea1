/** help */
import { columnsOf } from "../columns.ts";
import { Pattern } from "../expansion/pattern.ts";
import { BASH_VERSION } from "../shell-variables.ts";
import { parseOptions, print, type Builtin } from "./builtin.ts";
import { BUILTINS } from "./index.ts";

export const help: Builtin = {
  name: "help",
  synopsis: "[-dms] [pattern ...]",
  summary: "Display information about builtin commands.",
  *run(call) {
    const { shell } = call;
    const parsed = yield* parseOptions(call, "dms");
    if (!parsed) return 2;
    const { options, operands } = parsed;
    if (operands.length === 0) {
      const usages = [...BUILTINS.values()].map((each) =>
        ` ${each.name} ${each.synopsis}`.slice(0, 38),
      );
      yield* print(
        call,
        `GNU bash, version ${BASH_VERSION} (x86_64-pc-linux-gnu)\n` +
          "These shell commands are defined internally.  Type `help' to see this list.\n" +
          "Type `help name' to find out more about the function `name'.\n\n" +
          columnsOf(usages, 80),
      );
      return 0;
    }
    let status = 0;
    for (const word of operands) {
      const exact = BUILTINS.get(word);
      const pattern = new Pattern(`${word}*`);
      const found = exact
        ? [exact]
        : [...BUILTINS.values()].filter((each) => pattern.matches(each.name));
      if (found.length === 0) {
        status = 1;
        yield* shell.reportError(
          `help: no help topics match \`${word}'.  Try \`help help' or \`man -k ${word}' or \`info ${word}'.`,
        );
      }
      for (const each of found) {
        const usage = `${each.name}: ${each.name}${each.synopsis ? ` ${each.synopsis}` : ""}\n`;
        if (options.has("d")) yield* print(call, `${each.name} - ${each.summary}\n`);
        else if (options.has("s")) yield* print(call, usage);
        else yield* print(call, `${usage}    ${each.summary}\n`);
      }
    }
    return status;
  },
};
