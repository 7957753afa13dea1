import { humanSize } from "../../../../programs/support/go/units.ts";
import type { ContainerSummary } from "../../../api/container.ts";
import type { DiskUsage } from "../../../api/system.ts";
import { CliError } from "../../cli.ts";
import { defineCommand, none } from "../../command.ts";
import { containerContext } from "../../format/containers.ts";
import { formatList, type ListContext } from "../../format/formatter.ts";
import { imageContext, imageRows } from "../../format/images.ts";
import { volumeContext } from "../../format/volumes.ts";

interface Row {
  readonly type: string;
  readonly total: number;
  readonly active: number;
  readonly bytes: number;
  /** Of these, what nothing uses. */
  readonly free: number;
}

const TABLE = "{{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}";

const usageContext: ListContext<Row> = {
  name: "diskUsageContext",
  headers: {
    Type: "TYPE",
    TotalCount: "TOTAL",
    Active: "ACTIVE",
    Size: "SIZE",
    Reclaimable: "RECLAIMABLE",
  },
  fields: {
    Active: (row) => String(row.active),
    Reclaimable: ({ bytes, free }) => {
      const size = humanSize(free);
      return bytes > 0 ? `${size} (${Math.trunc((free * 100) / bytes)}%)` : size;
    },
    Size: (row) => humanSize(row.bytes),
    TotalCount: (row) => String(row.total),
    Type: (row) => row.type,
  },
};

const isActive = ({ State }: ContainerSummary) =>
  State === "running" || State === "paused" || State === "restarting";
const sum = (numbers: readonly number[]) => numbers.reduce((total, value) => total + value, 0);

function rows(usage: DiskUsage): readonly Row[] {
  const { Images, Containers, Volumes } = usage;
  const usedImages = Images.filter((image) => image.Containers > 0);
  const usedBytes = sum(usedImages.map((image) => image.Size - Math.max(image.SharedSize, 0)));
  const active = Containers.filter(isActive);
  const sizes = (list: readonly ContainerSummary[]) => sum(list.map((item) => item.SizeRw ?? 0));
  const volumeBytes = (list: DiskUsage["Volumes"]) =>
    sum(list.map((volume) => Math.max(volume.UsageData?.Size ?? 0, 0)));
  const usedVolumes = Volumes.filter((volume) => (volume.UsageData?.RefCount ?? 0) > 0);
  return [
    {
      type: "Images",
      total: Images.length,
      active: usedImages.length,
      bytes: usage.LayersSize,
      free: Math.max(0, usage.LayersSize - usedBytes),
    },
    {
      type: "Containers",
      total: Containers.length,
      active: active.length,
      bytes: sizes(Containers),
      free: sizes(Containers) - sizes(active),
    },
    {
      type: "Local Volumes",
      total: Volumes.length,
      active: usedVolumes.length,
      bytes: volumeBytes(Volumes),
      free: volumeBytes(Volumes) - volumeBytes(usedVolumes),
    },
    { type: "Build Cache", total: 0, active: 0, bytes: 0, free: 0 },
  ];
}

const IMAGES =
  "{{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{if .CreatedSince }}{{.CreatedSince}}{{else}}N/A{{end}}\t{{.Size}}\t{{.SharedSize}}\t{{.UniqueSize}}\t{{.Containers}}";
const CONTAINERS =
  "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.LocalVolumes}}\t{{.Size}}\t{{.RunningFor}}\t{{.Status}}\t{{.Names}}";
const VOLUMES = "{{.Name}}\t{{.Links}}\t{{.Size}}";
const CACHE = "CACHE ID   CACHE TYPE   SIZE      CREATED   LAST USED   USAGE     SHARED\n";

export const df = defineCommand({
  path: "system df",
  usage: "[OPTIONS]",
  summary: "Show docker disk usage",
  flags: {
    "--format string": [
      "Format output using a custom template:\n'table':            Print output in table format with column headers (default)\n'table TEMPLATE':   Print output in table format using the given Go template\n'json':             Print in JSON format\n'TEMPLATE':         Print output using the given Go template.\nRefer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates",
      "Pretty-print images using a Go template",
    ],
    "-v, --verbose": "Show detailed information on space usage",
  },
  args: none,
  *run(cli, { flags }) {
    const usage = cli.engine.systemDataUsage();
    const { version } = cli;
    const format = flags.text("format") ?? "";
    if (!flags.on("verbose")) {
      yield* cli.print(formatList(usageContext, rows(usage), { format, table: TABLE, version }));
      return 0;
    }
    if (format !== "") {
      throw new CliError("docker: Podwire does not model --format together with --verbose");
    }
    const nowSeconds = cli.sys.realtimeSeconds();
    const list = <T>(context: ListContext<T>, items: readonly T[], table: string) =>
      formatList(context, items, { format: "", table, version });
    const containers = containerContext({ nowSeconds, truncate: true, version });
    const sizes = {
      ...containers.fields,
      Size: (item: ContainerSummary) => humanSize(item.SizeRw ?? 0, 3),
    };
    const images = imageContext({ nowSeconds, truncate: true });
    yield* cli.print(
      `Images space usage:\n\n${list(images, imageRows(usage.Images, false), IMAGES)}\n` +
        `Containers space usage:\n\n${list({ ...containers, fields: sizes }, usage.Containers, CONTAINERS)}\n` +
        `Local Volumes space usage:\n\n${list(volumeContext(version), usage.Volumes, VOLUMES)}\n` +
        `Build cache usage: 0B\n\n${CACHE}`,
    );
    return 0;
  },
});
