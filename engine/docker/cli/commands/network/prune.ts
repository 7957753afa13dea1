import { defineCommand, none } from "../../command.ts";
import { filterProblem, parseFilters } from "../../filters.ts";

export const prune = defineCommand({
  path: "network prune",
  usage: "[OPTIONS]",
  summary: "Remove all unused networks",
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
    const warning =
      "WARNING! This will remove all custom networks not used by at least one container.";
    if (!flags.on("force") && !(yield* cli.confirm(warning))) return 0;
    const names = engine.networkPrune(parseFilters(flags.list("filter"))).NetworksDeleted ?? [];
    if (names.length > 0) {
      yield* cli.print(`Deleted Networks:\n${names.map((name) => `${name}\n`).join("")}\n`);
    }
    return 0;
  },
});
