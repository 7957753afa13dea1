import { KernelError, strerror } from "../../kernel/errno.ts";
import { execFailure, findCommand } from "../support/command.ts";
import { quoteName, quoteText } from "../support/quote.ts";
import { defineTool, reason } from "../support/tool.ts";

export const nohup = defineTool({
  name: "nohup",
  package: "coreutils",
  summary: "run a command immune to hangups, with output to a non-tty",
  usage: ["COMMAND [ARG]...", "OPTION"],
  usageStatus: 125,
  stopAtOperand: true,
  *run(tool, args) {
    const { sys } = tool;
    const command = args.operands[0];
    if (command === undefined) throw tool.usage("missing operand");
    const ignoringInput = sys.isatty(0);
    const redirecting = sys.isatty(1);
    const stderrToo = sys.isatty(2);
    if (ignoringInput) {
      const fd = sys.open("/dev/null", { write: true });
      sys.dup(fd, { to: 0 });
      sys.close(fd);
    }
    let saidFile: string | undefined;
    if (redirecting) {
      const [fd, path] = openOutput(sys.env.get("HOME"));
      saidFile = path;
      sys.dup(fd, { to: 1 });
      sys.close(fd);
    }
    const messages = sys.dup(2, { from: 3 });
    const say = (text: string) => sys.printError(`${tool.name}: ${text}\n`);
    if (saidFile !== undefined) {
      yield* say(
        `${ignoringInput ? "ignoring input and " : ""}appending output to ${quoteName(saidFile)}`,
      );
    } else if (ignoringInput) {
      yield* say(`ignoring input${stderrToo ? " and redirecting stderr to stdout" : ""}`);
    } else if (stderrToo) {
      yield* say("redirecting stderr to stdout");
    }
    if (stderrToo) sys.dup(1, { to: 2 });
    sys.signal("SIGHUP", "ignore");
    try {
      const path = findCommand(sys, command);
      sys.close(messages);
      yield* sys.exec(path, args.operands);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      throw tool.fail(
        `failed to run command ${quoteText(command)}: ${strerror(error.errno)}`,
        execFailure(error.errno),
      );
    }

    function openOutput(home: string | undefined): readonly [number, string] {
      const flags = { write: true, create: true, append: true };
      try {
        return [sys.open("nohup.out", flags, 0o600), "nohup.out"];
      } catch (error) {
        if (home === undefined)
          throw tool.fail(`failed to open 'nohup.out': ${reason(error)}`, 125);
        return [sys.open(`${home}/nohup.out`, flags, 0o600), `${home}/nohup.out`];
      }
    }
  },
});
