import { defineTool } from "../support/tool.ts";

export const tty = defineTool({
  name: "tty",
  package: "coreutils",
  summary: "print the file name of the terminal connected to standard input",
  usage: ["[OPTION]..."],
  usageStatus: 2,
  options: [["-s, --silent, --quiet", "print nothing, only return an exit status"]],
  *run(tool, args) {
    const terminal = tool.sys.isatty(0);
    if (!args.has("s")) yield* tool.print(`${terminal ? tool.sys.ttyname(0) : "not a tty"}\n`);
    return terminal ? 0 : 1;
  },
});
