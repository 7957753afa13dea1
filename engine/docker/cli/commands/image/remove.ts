import { ApiError } from "../../../api/errors.ts";
import { errorText } from "../../cli.ts";
import { atLeast, defineCommand } from "../../command.ts";
import { imageNames } from "../../completion.ts";

export const remove = defineCommand({
  path: "image rm",
  shortcut: "rmi",
  aliases: ["remove"],
  shownAliases: [undefined, "rm, rmi, remove"],
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  summary: "Remove one or more images",
  flags: {
    "-f, --force": "Force removal of the image",
    "--no-prune": "Do not delete untagged parents",
    "--platform strings": [
      'Remove only the given platform variant. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")',
      undefined,
    ],
  },
  args: atLeast(1),
  unmodelled: ["platform"],
  *run(cli, { args, flags }) {
    const options = { force: flags.on("force"), noprune: flags.on("no-prune") };
    const errors: string[] = [];
    let fatal = false;
    for (const name of args) {
      try {
        for (const line of cli.engine.imageDelete(name, options)) {
          yield* cli.print(
            "Deleted" in line ? `Deleted: ${line.Deleted}\n` : `Untagged: ${line.Untagged}\n`,
          );
        }
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 404)) fatal = true;
        errors.push(errorText(cli.missing("image", name, error)));
      }
    }
    if (errors.length === 0) return 0;
    yield* cli.printError(`${errors.join("\n")}\n`);
    return options.force && !fatal ? 0 : 1;
  },
  complete: (cli) => imageNames(cli),
});
