import { humanSize } from "../../../../programs/support/go/units.ts";
import { defineCommand, none } from "../../command.ts";
import { filterProblem, parseFilters } from "../../filters.ts";

export const prune = defineCommand({
  path: "image prune",
  usage: "[OPTIONS]",
  summary: "Remove unused images",
  flags: {
    "-a, --all": "Remove all unused images, not just dangling ones",
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
    const every = flags.on("all");
    const warning = every
      ? "WARNING! This will remove all images without at least one container associated to them."
      : "WARNING! This will remove all dangling images.";
    if (!flags.on("force") && !(yield* cli.confirm(warning))) {
      if (!cli.recent) yield* cli.print("Total reclaimed space: 0B\n");
      return 0;
    }
    const filters = { ...parseFilters(flags.list("filter")), dangling: [String(!every)] };
    const pruned = engine.imagePrune(filters);
    const lines = (pruned.ImagesDeleted ?? []).map((line) =>
      "Deleted" in line ? `deleted: ${line.Deleted}\n` : `untagged: ${line.Untagged}\n`,
    );
    if (lines.length > 0) yield* cli.print(`Deleted Images:\n${lines.join("")}\n`);
    yield* cli.print(`Total reclaimed space: ${humanSize(pruned.SpaceReclaimed)}\n`);
    return 0;
  },
});
