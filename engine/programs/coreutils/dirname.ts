import { dirName } from "../support/paths.ts";
import { defineTool } from "../support/tool.ts";

export const dirname = defineTool({
  name: "dirname",
  package: "coreutils",
  summary: "strip last component from file name",
  usage: ["[OPTION] NAME..."],
  description: "Output each NAME with its last non-slash component and trailing slashes removed.",
  options: [["-z, --zero", "end each output line with NUL, not newline"]],
  *run(tool, args) {
    if (args.operands.length === 0) throw tool.usage("missing operand");
    for (const name of args.operands) {
      yield* tool.print(dirName(name) + (args.has("z") ? "\0" : "\n"));
    }
  },
});
