import { isErrno } from "../support/command.ts";
import { isSameFile } from "../support/copying.ts";
import { defineTool } from "../support/tool.ts";

export const pwd = defineTool({
  name: "pwd",
  package: "coreutils",
  summary: "print name of current/working directory",
  usage: ["[OPTION]..."],
  description: "Print the full filename of the current working directory.",
  options: [
    ["-L, --logical", "use PWD from environment, even if it contains symlinks"],
    ["-P, --physical", "avoid all symlinks"],
  ],
  *run(tool, args) {
    if (args.operands.length > 0)
      yield* tool.sys.printError(`${tool.name}: ignoring non-option arguments\n`);
    const { sys } = tool;
    const logical = sys.env.get("PWD");
    if (args.lastOf("L", "P") === "L" && logical?.startsWith("/")) {
      try {
        const same = isSameFile(sys.stat(logical), sys.stat("."));
        if (same && !/\/\.\.?(\/|$)/.test(logical)) {
          yield* tool.print(`${logical}\n`);
          return;
        }
      } catch (error) {
        if (!isErrno(error)) throw error;
      }
    }
    yield* tool.print(`${sys.cwd()}\n`);
  },
});
