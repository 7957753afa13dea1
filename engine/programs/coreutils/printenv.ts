import { defineTool } from "../support/tool.ts";

export const printenv = defineTool({
  name: "printenv",
  package: "coreutils",
  summary: "print all or part of environment",
  usage: ["[OPTION]... [VARIABLE]..."],
  description: "Print the values of the specified environment VARIABLE(s), or all of them.",
  usageStatus: 2,
  options: [["-0, --null", "end each output line with NUL, not newline"]],
  *run(tool, args) {
    const { env } = tool.sys;
    const end = args.has("0") ? "\0" : "\n";
    if (args.operands.length === 0) {
      for (const [name, value] of env) yield* tool.print(`${name}=${value}${end}`);
    }
    for (const name of args.operands) {
      const value = env.get(name);
      if (value === undefined) tool.status = 1;
      else yield* tool.print(value + end);
    }
  },
});
