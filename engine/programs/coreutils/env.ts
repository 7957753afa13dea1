import { KernelError, strerror } from "../../kernel/errno.ts";
import { execFailure, findCommand } from "../support/command.ts";
import { quoteText } from "../support/quote.ts";
import { defineTool, reason } from "../support/tool.ts";

export const env = defineTool({
  name: "env",
  package: "coreutils",
  summary: "run a program in a modified environment",
  usage: ["[OPTION]... [-] [NAME=VALUE]... [COMMAND [ARG]...]"],
  description: "Set each NAME to VALUE in the environment and run COMMAND.",
  usageStatus: 125,
  stopAtOperand: true,
  options: [
    ["-i, --ignore-environment", "start with an empty environment"],
    ["-0, --null", "end each output line with NUL, not newline"],
    ["-u, --unset=NAME", "remove variable from the environment"],
    ["-C, --chdir=DIR", "change working directory to DIR"],
  ],
  unmodelled: [
    "-S STRING",
    "--split-string=STRING",
    "--block-signal[=SIG]",
    "--default-signal[=SIG]",
    "--ignore-signal[=SIG]",
    "--list-signal-handling",
    "-v",
    "--debug",
  ],
  examples: ["env | sort", "env LANG=C date"],
  *run(tool, args) {
    const { sys } = tool;
    const operands = [...args.operands];
    const variables = new Map(args.has("i") || operands[0] === "-" ? [] : sys.env);
    if (operands[0] === "-") operands.shift();
    for (const name of args.values("u")) {
      if (name === "" || name.includes("=")) {
        throw tool.fail(`cannot unset ${quoteText(name)}: Invalid argument`, 125);
      }
      variables.delete(name);
    }
    while (operands[0]?.includes("=")) {
      const word = operands.shift() as string;
      const equals = word.indexOf("=");
      variables.set(word.slice(0, equals), word.slice(equals + 1));
    }
    const directory = args.value("C");
    if (directory !== undefined) {
      if (operands.length === 0) throw tool.usage("must specify command with --chdir (-C)");
      try {
        sys.chdir(directory);
      } catch (error) {
        throw tool.fail(
          `cannot change directory to ${quoteText(directory)}: ${reason(error)}`,
          125,
        );
      }
    }
    const command = operands[0];
    if (command === undefined) {
      for (const [name, value] of variables) {
        yield* tool.print(`${name}=${value}${args.has("0") ? "\0" : "\n"}`);
      }
      return;
    }
    if (args.has("0")) throw tool.usage("cannot specify --null (-0) with command");
    try {
      sys.env.clear();
      for (const [name, value] of variables) sys.env.set(name, value);
      yield* sys.exec(findCommand(sys, command), operands, variables);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      throw tool.fail(`${quoteText(command)}: ${strerror(error.errno)}`, execFailure(error.errno));
    }
  },
});
