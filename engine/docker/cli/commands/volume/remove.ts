import { atLeast, defineCommand } from "../../command.ts";
import { volumeNames } from "../../completion.ts";

export const remove = defineCommand({
  path: "volume rm",
  aliases: ["remove"],
  usage: "[OPTIONS] VOLUME [VOLUME...]",
  summary: "Remove one or more volumes",
  description:
    "Remove one or more volumes. You cannot remove a volume that is in use by a container.",
  examples: [undefined, "\n$ docker volume rm hello\nhello\n"],
  flags: { "-f, --force": "Force the removal of one or more volumes" },
  args: atLeast(1),
  *run(cli, { args, flags }) {
    return yield* cli.forEach(args, function* (name) {
      cli.lookUp("volume", name, () => cli.engine.volumeDelete(name, flags.on("force")));
    });
  },
  complete: (cli) => volumeNames(cli),
});
