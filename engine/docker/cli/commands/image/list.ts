import type { ImageSummary } from "../../../api/image.ts";
import { between, defineCommand } from "../../command.ts";
import { imageNames } from "../../completion.ts";
import { filterProblem, parseFilters } from "../../filters.ts";
import { formatList } from "../../format/formatter.ts";
import { imageContext, imageRows, imageTable } from "../../format/images.ts";

export const list = defineCommand({
  path: "image ls",
  shortcut: "images",
  aliases: ["list"],
  usage: "[OPTIONS] [REPOSITORY[:TAG]]",
  summary: "List images",
  flags: {
    "-a, --all": "Show all images (default hides intermediate images)",
    "--digests": "Show digests",
    "-f, --filter filter": "Filter output based on conditions provided",
    "--format string": [
      "Format output using a custom template:\n'table':            Print output in table format with column headers (default)\n'table TEMPLATE':   Print output in table format using the given Go template\n'json':             Print in JSON format\n'TEMPLATE':         Print output using the given Go template.\nRefer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates",
      "Pretty-print images using a Go template",
    ],
    "--no-trunc": "Don't truncate output",
    "-q, --quiet": "Only show image IDs",
    "--tree": ["List multi-platform images as a tree (EXPERIMENTAL)", undefined],
  },
  args: between(0, 1),
  checks: { filter: filterProblem },
  unmodelled: ["tree"],
  *run(cli, { args, flags }) {
    const [reference] = args;
    const filters = parseFilters([
      ...flags.list("filter"),
      ...(reference === undefined ? [] : [`reference=${reference}`]),
    ]);
    const images: readonly ImageSummary[] = cli.engine.imageList({ all: flags.on("all"), filters });
    const digests = flags.on("digests");
    const context = imageContext({
      nowSeconds: cli.sys.realtimeSeconds(),
      truncate: !flags.on("no-trunc"),
    });
    const text = formatList(context, imageRows(images, digests), {
      format: flags.text("format") ?? "",
      table: imageTable(digests),
      raw:
        "repository: {{.Repository}}\ntag: {{.Tag}}\n" +
        (digests ? "digest: {{.Digest}}\n" : "") +
        "image_id: {{.ID}}\ncreated_at: {{.CreatedAt}}\nvirtual_size: {{.Size}}\n",
      quiet: flags.on("quiet"),
      version: cli.version,
    });
    yield* cli.print(text);
    return 0;
  },
  complete: (cli) => imageNames(cli),
});
