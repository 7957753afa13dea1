import { atLeast, defineCommand } from "../../command.ts";
import { containerNames } from "../../completion.ts";
import { inspectAll } from "../../inspect-command.ts";
import { CONTAINER } from "../../types/container.ts";

export const inspect = defineCommand({
  path: "container inspect",
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Display detailed information on one or more containers",
  flags: {
    "-f, --format string": [
      "Format output using a custom template:\n'json':             Print in JSON format\n'TEMPLATE':         Print output using the given Go template.\nRefer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates",
      "Format the output using the given Go template",
    ],
    "-s, --size": "Display total file sizes",
  },
  args: atLeast(1),
  *run(cli, { args, flags }) {
    return yield* inspectAll(cli, args, flags.text("format") ?? "", (name) => ({
      type: CONTAINER[cli.version],
      json: cli.lookUp("container", name, () =>
        cli.engine.containerInspect(name, flags.on("size")),
      ),
    }));
  },
  complete: (cli) => containerNames(cli),
});
