import type { Program } from "../../kernel/process/program.ts";
import { runShell } from "../../shell/main.ts";

function dash(name: "dash" | "sh"): Program {
  return {
    name,
    package: "dash",
    docs: {
      summary: "command interpreter (shell)",
      synopsis: `${name} [-aCefnuvxIimqVEbp] [-c command_string | file] [argument ...]`,
      options: [
        ["-c", "run the command string that follows"],
        ["-i", "be interactive"],
        ["-l", "be a login shell"],
        ["-s", "read commands from standard input"],
        ["-e -u -x -f -n -v -a -C", "the options of `set`"],
      ],
      examples: [`${name} -c 'echo $0'`],
      limitations: [
        "It shares bash's interpreter: a few bash features that dash lacks (such as ${x//a/b} and $'…') may still work.",
      ],
    },
    main: (sys, argv) => runShell(sys, argv, "sh"),
  };
}

export const dashShell = dash("dash");
export const sh = dash("sh");
