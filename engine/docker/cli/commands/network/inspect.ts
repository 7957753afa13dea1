import { atLeast, defineCommand } from "../../command.ts";
import { networkNames } from "../../completion.ts";
import { inspectAll } from "../../inspect-command.ts";
import { NETWORK } from "../../types/objects.ts";

export const inspect = defineCommand({
  path: "network inspect",
  usage: "[OPTIONS] NETWORK [NETWORK...]",
  summary: "Display detailed information on one or more networks",
  flags: {
    "-f, --format string": [
      "Format output using a custom template:\n'json':             Print in JSON format\n'TEMPLATE':         Print output using the given Go template.\nRefer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates",
      "Format the output using the given Go template",
    ],
    "-v, --verbose": "Verbose output for diagnostics",
  },
  args: atLeast(1),
  *run(cli, { args, flags }) {
    return yield* inspectAll(cli, args, flags.text("format") ?? "", (name) => ({
      type: NETWORK[cli.version],
      json: cli.lookUp("network", name, () => cli.engine.networkInspect(name)),
    }));
  },
  complete: (cli) => networkNames(cli),
});
