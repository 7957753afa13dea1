import { humanSize } from "../../../../programs/support/go/units.ts";
import type { Filters } from "../../../api/filters.ts";
import type { Cli } from "../../cli.ts";
import { defineCommand, none } from "../../command.ts";
import { filterProblem, parseFilters } from "../../filters.ts";

function warning(recent: boolean, everything: boolean, volumes: boolean): string {
  const cache = recent ? "unused build cache" : "dangling build cache";
  const lines = [
    "all stopped containers",
    "all networks not used by at least one container",
    ...(volumes
      ? [`all ${recent ? "anonymous " : ""}volumes not used by at least one container`]
      : []),
    everything
      ? "all images without at least one container associated to them"
      : "all dangling images",
    everything ? "all build cache" : cache,
  ];
  return `WARNING! This will remove:\n${lines.map((line) => `  - ${line}\n`).join("")}`;
}

interface Removed {
  readonly heading: string;
  readonly lines: readonly string[];
  readonly bytes: number;
}

/** In the order in which the real one goes. */
function removeAll(cli: Cli, filters: Filters, everything: boolean, volumes: boolean): Removed[] {
  const { engine } = cli;
  const containers = engine.containerPrune(filters);
  const networks = engine.networkPrune(filters);
  const removed: Removed[] = [
    {
      heading: "Deleted Containers",
      lines: containers.ContainersDeleted ?? [],
      bytes: containers.SpaceReclaimed,
    },
    { heading: "Deleted Networks", lines: networks.NetworksDeleted ?? [], bytes: 0 },
  ];
  if (volumes) {
    const { VolumesDeleted, SpaceReclaimed } = engine.volumePrune(filters);
    removed.push({
      heading: "Deleted Volumes",
      lines: VolumesDeleted ?? [],
      bytes: SpaceReclaimed,
    });
  }
  const images = engine.imagePrune({ ...filters, dangling: [String(!everything)] });
  const lines = (images.ImagesDeleted ?? []).map((line) =>
    "Deleted" in line ? `deleted: ${line.Deleted}` : `untagged: ${line.Untagged}`,
  );
  removed.push({ heading: "Deleted Images", lines, bytes: images.SpaceReclaimed });
  return removed;
}

export const prune = defineCommand({
  path: "system prune",
  usage: "[OPTIONS]",
  summary: "Remove unused data",
  flags: {
    "-a, --all": "Remove all unused images not just dangling ones",
    "--filter filter": [
      'Provide filter values (e.g. "label=<key>=<value>")',
      "Provide filter values (e.g. 'label=<key>=<value>')",
    ],
    "-f, --force": "Do not prompt for confirmation",
    "--volumes": ["Prune anonymous volumes", "Prune volumes"],
  },
  args: none,
  checks: { filter: filterProblem },
  *run(cli, { flags }) {
    const everything = flags.on("all");
    const volumes = flags.on("volumes");
    const text = warning(cli.recent, everything, volumes);
    if (!flags.on("force") && !(yield* cli.confirm(text))) return 0;
    const filters = parseFilters(flags.list("filter"));
    const removed = removeAll(cli, filters, everything, volumes);
    for (const { heading, lines } of removed) {
      if (lines.length > 0) yield* cli.print(`${heading}:\n${lines.join("\n")}\n\n`);
    }
    const bytes = removed.reduce((sum, item) => sum + item.bytes, 0);
    yield* cli.print(`Total reclaimed space: ${humanSize(bytes)}\n`);
    return 0;
  },
});
