import { atLeast, defineCommand } from "../../command.ts";
import { volumeNames } from "../../completion.ts";
import { inspectAll } from "../../inspect-command.ts";
import { VOLUME } from "../../types/objects.ts";

export const inspect = defineCommand({
  path: "volume inspect",
  usage: "[OPTIONS] VOLUME [VOLUME...]",
  summary: "Display detailed information on one or more volumes",
  flags: {
    "-f, --format string": [
      "Format output using a custom template:\n'json':             Print in JSON format\n'TEMPLATE':         Print output using the given Go template.\nRefer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates",
      "Format the output using the given Go template",
    ],
  },
  args: atLeast(1),
  *run(cli, { args, flags }) {
    return yield* inspectAll(cli, args, flags.text("format") ?? "", (name) => ({
      type: VOLUME[cli.version],
      json: cli.lookUp("volume", name, () => cli.engine.volumeInspect(name)),
    }));
  },
  complete: (cli) => volumeNames(cli),
});
