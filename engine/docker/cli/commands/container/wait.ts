import { atLeast, defineCommand } from "../../command.ts";
import { CliError } from "../../cli.ts";
import { containerNames } from "../../completion.ts";

export const wait = defineCommand({
  path: "container wait",
  shortcut: "wait",
  usage: "CONTAINER [CONTAINER...]",
  summary: "Block until one or more containers stop, then print their exit codes",
  flags: {},
  args: atLeast(1),
  *run(cli, { args }) {
    return yield* cli.forEach(
      args,
      function* (name) {
        const stream = cli.engine.containerWait(name, "not-running");
        const result = yield* stream.next();
        stream.close();
        if (result?.Error !== undefined) throw new CliError(result.Error.Message);
        yield* cli.print(`${result?.StatusCode ?? 0}\n`);
      },
      true,
    );
  },
  complete: (cli) => containerNames(cli),
});
