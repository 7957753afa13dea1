import { humanSize } from "../../../../programs/support/go/units.ts";
import { defineCommand, none } from "../../command.ts";
import { filterProblem, parseFilters } from "../../filters.ts";

export const prune = defineCommand({
  path: "volume prune",
  usage: "[OPTIONS]",
  summary: ["Remove unused local volumes", "Remove all unused local volumes"],
  flags: {
    "-a, --all": ["Remove all unused volumes, not just anonymous ones", undefined],
    "--filter filter": [
      'Provide filter values (e.g. "label=<label>")',
      "Provide filter values (e.g. 'label=<label>')",
    ],
    "-f, --force": "Do not prompt for confirmation",
  },
  args: none,
  checks: { filter: filterProblem },
  *run(cli, { flags }) {
    const { engine } = cli;
    const every = !cli.recent || flags.on("all");
    const kind = every ? "all local volumes" : "anonymous local volumes";
    const warning = `WARNING! This will remove ${kind} not used by at least one container.`;
    if (!flags.on("force") && !(yield* cli.confirm(warning))) {
      if (!cli.recent) yield* cli.print("Total reclaimed space: 0B\n");
      return 0;
    }
    const filters = parseFilters(flags.list("filter"));
    const pruned = engine.volumePrune(
      cli.recent && flags.on("all") ? { ...filters, all: ["true"] } : filters,
    );
    const names = pruned.VolumesDeleted ?? [];
    if (names.length > 0) {
      yield* cli.print(`Deleted Volumes:\n${names.map((name) => `${name}\n`).join("")}\n`);
    }
    yield* cli.print(`Total reclaimed space: ${humanSize(pruned.SpaceReclaimed)}\n`);
    return 0;
  },
});
