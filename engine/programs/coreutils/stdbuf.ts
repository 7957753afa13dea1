import { KernelError, strerror } from "../../kernel/errno.ts";
import { execFailure, findCommand } from "../support/command.ts";
import { parseSize } from "../support/numbers.ts";
import { quoteText } from "../support/quote.ts";
import { defineTool } from "../support/tool.ts";

export const stdbuf = defineTool({
  name: "stdbuf",
  package: "coreutils",
  summary: "run COMMAND, with modified buffering operations for its standard streams",
  usage: ["OPTION... COMMAND"],
  usageStatus: 125,
  stopAtOperand: true,
  options: [
    ["-i, --input=MODE", "adjust standard input stream buffering"],
    ["-o, --output=MODE", "adjust standard output stream buffering: L, 0 or a size"],
    ["-e, --error=MODE", "adjust standard error stream buffering"],
  ],
  limitations: ["A size given for the output is taken as the usual one."],
  *run(tool, args) {
    const { sys } = tool;
    for (const name of ["i", "o", "e"]) {
      const mode = args.value(name);
      if (mode === undefined) continue;
      if (mode === "L" && name === "i") throw tool.usage("line buffering stdin is meaningless");
      if (mode !== "L" && parseSize(mode) === undefined)
        throw tool.fail(`invalid mode ${quoteText(mode)}`, 125);
      sys.env.set(`_STDBUF_${name.toUpperCase()}`, mode);
    }
    const [command] = args.operands;
    if (command === undefined) throw tool.usage("missing operand");
    if (args.list.length === 0) throw tool.usage("you must specify a buffering mode option");
    try {
      yield* sys.exec(findCommand(sys, command), args.operands, sys.env);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      throw tool.fail(
        `failed to run command ${quoteText(command)}: ${strerror(error.errno)}`,
        execFailure(error.errno),
      );
    }
  },
});
