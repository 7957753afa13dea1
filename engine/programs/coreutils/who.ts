import { strftime } from "../support/calendar.ts";
import { listLogins } from "../support/logins.ts";
import { defineTool } from "../support/tool.ts";

export const who = defineTool({
  name: "who",
  package: "coreutils",
  summary: "show who is logged on",
  usage: ["[OPTION]... [ am i ]"],
  description: "Print information about users who are currently logged in.",
  options: [
    ["-H, --heading", "print line of column headings"],
    ["-m", "only hostname and user associated with stdin"],
    ["-q, --count", "all login names and number of users logged on"],
    ["-s, --short", "print only name, line, and time (default)"],
  ],
  unmodelled: [
    "-a",
    "--all",
    "-b",
    "--boot",
    "-d",
    "--dead",
    "-l",
    "--login",
    "--lookup",
    "-p",
    "--process",
    "-r",
    "--runlevel",
    "-t",
    "--time",
    "-T",
    "-w",
    "--mesg",
    "-u",
    "--users",
  ],
  *run(tool, args) {
    const { sys } = tool;
    let logins = listLogins(sys);
    if (args.has("m") || args.operands.length === 2) {
      const own = sys.isatty(0) ? sys.ttyname(0).replace("/dev/", "") : undefined;
      logins = logins.filter(({ terminal }) => terminal === own);
    }
    if (args.has("q")) {
      yield* tool.print(`${logins.map(({ user }) => user).join(" ")}\n# users=${logins.length}\n`);
      return;
    }
    if (args.has("H")) yield* tool.print("NAME     LINE         TIME             COMMENT\n");
    for (const { user, terminal, sinceSeconds } of logins) {
      yield* tool.print(
        `${user.padEnd(8)} ${terminal.padEnd(12)} ${strftime("%b %e %H:%M", sinceSeconds)}\n`,
      );
    }
  },
});
