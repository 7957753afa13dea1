import { defineCommand, none } from "../../command.ts";
import { filterProblem, parseFilters } from "../../filters.ts";
import { formatList } from "../../format/formatter.ts";
import { VOLUME_TABLE, volumeContext } from "../../format/volumes.ts";

export const list = defineCommand({
  path: "volume ls",
  aliases: ["list"],
  usage: "[OPTIONS]",
  summary: "List volumes",
  flags: {
    "--cluster": [
      "Display only cluster volumes, and use cluster volume list formatting",
      undefined,
    ],
    "-f, --filter filter": [
      'Provide filter values (e.g. "dangling=true")',
      "Provide filter values (e.g. 'dangling=true')",
    ],
    "--format string": [
      "Format output using a custom template:\n'table':            Print output in table format with column headers (default)\n'table TEMPLATE':   Print output in table format using the given Go template\n'json':             Print in JSON format\n'TEMPLATE':         Print output using the given Go template.\nRefer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates",
      "Pretty-print volumes using a Go template",
    ],
    "-q, --quiet": "Only display volume names",
  },
  args: none,
  checks: { filter: filterProblem },
  unmodelled: ["cluster"],
  foreign: { swarm: ["cluster"] },
  *run(cli, { flags }) {
    const found = cli.engine.volumeList(parseFilters(flags.list("filter"))).Volumes ?? [];
    const volumes = [...found].sort((a, b) => (a.Name < b.Name ? -1 : 1));
    const text = formatList(volumeContext(cli.version), volumes, {
      format: flags.text("format") ?? "",
      table: VOLUME_TABLE,
      raw: "name: {{.Name}}\ndriver: {{.Driver}}\n",
      quiet: flags.on("quiet"),
      quietField: "Name",
      version: cli.version,
    });
    yield* cli.print(text);
    return 0;
  },
});
