import { formatList, usesField } from "../../format/formatter.ts";
import { CONTAINER_RAW, CONTAINER_TABLE, containerContext } from "../../format/containers.ts";
import { defineCommand, none } from "../../command.ts";
import { filterProblem, parseFilters } from "../../filters.ts";

export const list = defineCommand({
  path: "container ls",
  shortcut: "ps",
  aliases: ["list", "ps"],
  shownAliases: [undefined, "ls, ps, list"],
  usage: "[OPTIONS]",
  summary: "List containers",
  flags: {
    "-a, --all": "Show all containers (default shows just running)",
    "-f, --filter filter": "Filter output based on conditions provided",
    "--format string": [
      "Format output using a custom template:\n'table':            Print output in table format with column headers (default)\n'table TEMPLATE':   Print output in table format using the given Go template\n'json':             Print in JSON format\n'TEMPLATE':         Print output using the given Go template.\nRefer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates",
      "Pretty-print containers using a Go template",
    ],
    "-n, --last int": "Show n last created containers (includes all states) (default -1)",
    "-l, --latest": "Show the latest created container (includes all states)",
    "--no-trunc": "Don't truncate output",
    "-q, --quiet": "Only display container IDs",
    "-s, --size": "Display total file sizes",
  },
  args: none,
  checks: { filter: filterProblem },
  *run(cli, { flags }) {
    const format = flags.text("format") ?? "";
    const last = flags.on("latest") ? 1 : (flags.integer("last") ?? -1);
    const size = flags.on("size") || (!flags.has("size") && usesField(format, "Size"));
    const items = cli.engine.containerList({
      all: flags.on("all"),
      ...(last > 0 && { limit: last }),
      size,
      filters: parseFilters(flags.list("filter")),
    });
    const context = containerContext({
      nowSeconds: cli.sys.realtimeSeconds(),
      truncate: !flags.on("no-trunc"),
      version: cli.version,
    });
    const more = flags.on("size") ? "\t{{.Size}}" : "";
    const text = formatList(context, items, {
      format,
      table: CONTAINER_TABLE + more,
      raw: flags.on("size") ? `${CONTAINER_RAW}size: {{.Size}}\n` : CONTAINER_RAW,
      quiet: flags.on("quiet"),
      version: cli.version,
    });
    yield* cli.print(text);
    return 0;
  },
});
