import type { Program } from "../../kernel/process/program.ts";
import { runShell } from "../../shell/main.ts";

export const bash: Program = {
  name: "bash",
  package: "bash",
  docs: {
    summary: "GNU Bourne-Again SHell",
    synopsis: "bash [options] [command_string | file]",
    options: [
      ["-c", "run the command string that follows; then $0 and the positional parameters"],
      ["-i", "be interactive"],
      ["-l, --login", "be a login shell: read /etc/profile and ~/.profile"],
      ["-s", "read commands from standard input"],
      ["-e -u -x -f -n -v -a -C …", "the options of `set`"],
      ["-o OPTION, -O SHOPT", "an option of `set -o` or of `shopt`"],
      ["--norc, --noprofile", "skip the start-up files"],
      ["--rcfile FILE, --init-file FILE", "read FILE instead of ~/.bashrc"],
      ["--noediting", "no line editing"],
      ["--posix, --verbose", "as `set -o posix`, `set -v`"],
      ["--version, --help", "print and exit"],
    ],
    examples: ["bash -c 'for i in 1 2 3; do echo $i; done'", "bash -x script.sh"],
    limitations: [
      "Coprocesses, programmable completion, key bindings and vi editing mode are not modelled.",
      "`ulimit` shows limits but does not change them; the emulated processor takes no time, so `time` shows user and sys as 0.",
      "File names sort by code point, as in the C locale.",
    ],
  },
  main: (sys, argv) => runShell(sys, argv, "bash"),
};
