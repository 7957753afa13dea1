import { KernelError, strerror } from "../../kernel/errno.ts";
import { execFailure, findCommand } from "../support/command.ts";
import { quoteText } from "../support/quote.ts";
import { defineTool, reason } from "../support/tool.ts";

const DEFAULT_ADJUSTMENT = 10;

export const nice = defineTool({
  name: "nice",
  package: "coreutils",
  summary: "run a program with modified scheduling priority",
  usage: ["[OPTION] [COMMAND [ARG]...]"],
  usageStatus: 125,
  stopAtOperand: true,
  options: [["-n, --adjustment=N", "add integer N to the niceness (default 10)"]],
  limitations: [
    "The niceness is kept and shown; every process has the same share of the emulated processor.",
  ],
  rewrite: (argv) =>
    /^--?\d+$/.test(argv[1] ?? "")
      ? [argv[0] ?? "", `-n${(argv[1] as string).slice(1)}`, ...argv.slice(2)]
      : argv,
  *run(tool, args) {
    const { sys } = tool;
    const adjustment = args.value("n");
    if (adjustment !== undefined && !/^\s*[-+]?\d+$/.test(adjustment)) {
      throw tool.fail(`invalid adjustment ${quoteText(adjustment)}`, 125);
    }
    const before = sys.getpriority();
    const [command] = args.operands;
    if (command === undefined) {
      if (adjustment !== undefined) throw tool.usage("a command must be given with an adjustment");
      yield* tool.print(`${before}\n`);
      return;
    }
    try {
      sys.setpriority(0, before + Number(adjustment ?? DEFAULT_ADJUSTMENT));
    } catch (error) {
      // Without the right to it the command runs all the same.
      yield* tool.warn(`cannot set niceness: ${reason(error)}`);
    }
    try {
      yield* sys.exec(findCommand(sys, command), args.operands);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      throw tool.fail(`${quoteText(command)}: ${strerror(error.errno)}`, execFailure(error.errno));
    }
  },
});
