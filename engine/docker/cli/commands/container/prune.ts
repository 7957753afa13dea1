import { humanSize } from "../../../../programs/support/go/units.ts";
import { defineCommand, none } from "../../command.ts";
import { filterProblem, parseFilters } from "../../filters.ts";

export const prune = defineCommand({
  path: "container prune",
  usage: "[OPTIONS]",
  summary: "Remove all stopped containers",
  flags: {
    "--filter filter": [
      'Provide filter values (e.g. "until=<timestamp>")',
      "Provide filter values (e.g. 'until=<timestamp>')",
    ],
    "-f, --force": "Do not prompt for confirmation",
  },
  args: none,
  checks: { filter: filterProblem },
  *run(cli, { flags }) {
    const { engine } = cli;
    const warning = "WARNING! This will remove all stopped containers.";
    if (!flags.on("force") && !(yield* cli.confirm(warning))) {
      if (!cli.recent) yield* cli.print("Total reclaimed space: 0B\n");
      return 0;
    }
    const pruned = engine.containerPrune(parseFilters(flags.list("filter")));
    const ids = pruned.ContainersDeleted ?? [];
    if (ids.length > 0) {
      yield* cli.print(`Deleted Containers:\n${ids.map((id) => `${id}\n`).join("")}\n`);
    }
    yield* cli.print(`Total reclaimed space: ${humanSize(pruned.SpaceReclaimed)}\n`);
    return 0;
  },
});
