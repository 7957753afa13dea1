import { isErrno } from "../support/command.ts";
import { dirName } from "../support/paths.ts";
import { quoteName } from "../support/quote.ts";
import { defineTool, reason } from "../support/tool.ts";

export const rmdir = defineTool({
  name: "rmdir",
  package: "coreutils",
  summary: "remove empty directories",
  usage: ["[OPTION]... DIRECTORY..."],
  description: "Remove the DIRECTORY(ies), if they are empty.",
  options: [
    ["--ignore-fail-on-non-empty", "ignore each failure to remove a non-empty directory"],
    ["-p, --parents", "remove DIRECTORY and its ancestors"],
    ["-v, --verbose", "output a diagnostic for every directory processed"],
  ],
  *run(tool, args) {
    if (args.operands.length === 0) throw tool.usage("missing operand");
    for (const path of args.operands) {
      for (let at = path; ; at = dirName(at)) {
        if (args.has("v"))
          yield* tool.print(`${tool.name}: removing directory, ${quoteName(at)}\n`);
        try {
          tool.sys.rmdir(at);
        } catch (error) {
          if (isErrno(error, "ENOTEMPTY") && args.has("ignore-fail-on-non-empty")) break;
          const what = at === path ? "failed to remove" : "failed to remove directory";
          yield* tool.warn(`${what} ${quoteName(at)}: ${reason(error)}`);
          break;
        }
        if (!args.has("p") || [".", "/"].includes(dirName(at))) break;
      }
    }
  },
});
