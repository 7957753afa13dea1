import { defineCommand, none } from "../../command.ts";
import { filterProblem, parseFilters } from "../../filters.ts";
import { formatList } from "../../format/formatter.ts";
import { NETWORK_TABLE, networkContext } from "../../format/networks.ts";
import { naturalOrder } from "../../natural-order.ts";

export const list = defineCommand({
  path: "network ls",
  aliases: ["list"],
  usage: "[OPTIONS]",
  summary: "List networks",
  flags: {
    "-f, --filter filter": [
      'Provide filter values (e.g. "driver=bridge")',
      "Provide filter values (e.g. 'driver=bridge')",
    ],
    "--format string": [
      "Format output using a custom template:\n'table':            Print output in table format with column headers (default)\n'table TEMPLATE':   Print output in table format using the given Go template\n'json':             Print in JSON format\n'TEMPLATE':         Print output using the given Go template.\nRefer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates",
      "Pretty-print networks using a Go template",
    ],
    "--no-trunc": "Do not truncate the output",
    "-q, --quiet": "Only display network IDs",
  },
  args: none,
  checks: { filter: filterProblem },
  *run(cli, { flags }) {
    const networks = [...cli.engine.networkList(parseFilters(flags.list("filter")))];
    networks.sort((a, b) => naturalOrder(a.Name, b.Name));
    const context = networkContext(!flags.on("no-trunc"), cli.version);
    const text = formatList(context, networks, {
      format: flags.text("format") ?? "",
      table: NETWORK_TABLE,
      raw: "network_id: {{.ID}}\nname: {{.Name}}\ndriver: {{.Driver}}\nscope: {{.Scope}}\n",
      quiet: flags.on("quiet"),
      version: cli.version,
    });
    yield* cli.print(text);
    return 0;
  },
});
