import { ApiError } from "../../../api/errors.ts";
import { CliError, errorText } from "../../cli.ts";
import { atLeast, defineCommand } from "../../command.ts";
import { networkNames } from "../../completion.ts";

export const remove = defineCommand({
  path: "network rm",
  aliases: ["remove"],
  usage: "NETWORK [NETWORK...]",
  summary: "Remove one or more networks",
  flags: { "-f, --force": ["Do not error if the network does not exist", undefined] },
  args: atLeast(1),
  *run(cli, { args, flags }) {
    let failed = false;
    for (const name of args) {
      try {
        cli.engine.networkDelete(name);
        yield* cli.print(`${name}\n`);
      } catch (error) {
        if (flags.on("force") && error instanceof ApiError && error.status === 404) continue;
        yield* cli.printError(`${errorText(cli.missing("network", name, error))}\n`);
        failed = true;
      }
    }
    if (!failed) return 0;
    // 28 ends with a status that it also prints.
    throw new CliError(cli.recent ? "exit status 1" : "");
  },
  complete: (cli) => networkNames(cli),
});
