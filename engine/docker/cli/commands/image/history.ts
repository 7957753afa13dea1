import { defineCommand, exactly } from "../../command.ts";
import { imageNames } from "../../completion.ts";
import { formatList } from "../../format/formatter.ts";
import { HISTORY_TABLE, historyContext } from "../../format/images.ts";

export const history = defineCommand({
  path: "image history",
  shortcut: "history",
  usage: "[OPTIONS] IMAGE",
  summary: "Show the history of an image",
  flags: {
    "--format string": [
      "Format output using a custom template:\n'table':            Print output in table format with column headers (default)\n'table TEMPLATE':   Print output in table format using the given Go template\n'json':             Print in JSON format\n'TEMPLATE':         Print output using the given Go template.\nRefer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates",
      "Pretty-print images using a Go template",
    ],
    "-H, --human": "Print sizes and dates in human readable format (default true)",
    "--no-trunc": "Don't truncate output",
    "--platform string": [
      'Show history for the given platform. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")',
      undefined,
    ],
    "-q, --quiet": "Only show image IDs",
  },
  args: exactly(1),
  unmodelled: ["platform"],
  *run(cli, { args, flags }) {
    const [name = ""] = args;
    const context = historyContext({
      nowSeconds: cli.sys.realtimeSeconds(),
      truncate: !flags.on("no-trunc"),
      human: flags.on("human", true),
      version: cli.version,
    });
    const text = formatList(context, cli.engine.imageHistory(name), {
      format: flags.text("format") ?? "",
      table: HISTORY_TABLE,
      quiet: flags.on("quiet"),
      version: cli.version,
    });
    yield* cli.print(text);
    return 0;
  },
  complete: (cli) => imageNames(cli),
});
