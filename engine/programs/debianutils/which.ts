import type { Program } from "../../kernel/process/program.ts";
import { findAll } from "../support/command.ts";

export const which: Program = {
  name: "which",
  package: "debianutils",
  docs: {
    summary: "locate a command",
    synopsis: "which [-a] filename ...",
    options: [["-a", "print all matching pathnames of each argument"]],
    examples: ["which ip"],
  },
  *main(sys, argv) {
    let all = false;
    let at = 1;
    for (; argv[at]?.startsWith("-") && argv[at] !== "-"; at++) {
      if (argv[at] === "--") {
        at += 1;
        break;
      }
      for (const letter of (argv[at] as string).slice(1)) {
        if (letter === "a") all = true;
        else if (letter !== "s") {
          yield* sys.printError(`Illegal option -${letter}\n`);
          yield* sys.print(`Usage: /usr/bin/which [-a] args\n`);
          return 2;
        }
      }
    }
    const names = argv.slice(at);
    let status = names.length === 0 ? 1 : 0;
    for (const name of names) {
      let found = false;
      for (const path of findAll(sys, name)) {
        found = true;
        yield* sys.print(`${path}\n`);
        if (!all) break;
      }
      if (!found) status = 1;
    }
    return status;
  },
};
