import { humanSize, bytesSize } from "../../../../programs/support/go/units.ts";
import type { Stats } from "../../../api/system.ts";
import type { RecordStream } from "../../../api/streams.ts";
import type { Blocking } from "../../../../kernel/process/wait-queue.ts";
import { isErrno } from "../../../../programs/support/command.ts";
import type { Cli } from "../../cli.ts";
import { atLeast, defineCommand } from "../../command.ts";
import { containerNames, isRunning } from "../../completion.ts";
import { formatList, shortId, type ListContext } from "../../format/formatter.ts";

const TABLE =
  "{{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}}\t{{.PIDs}}";

interface Row {
  readonly container: string;
  readonly stats: Stats;
}

/** Share of the processors since the record before. */
function cpuPercent({ cpu_stats: now, precpu_stats: before }: Stats): number {
  const used = now.cpu_usage.total_usage - before.cpu_usage.total_usage;
  const all = now.system_cpu_usage - before.system_cpu_usage;
  return used > 0 && all > 0 ? (used / all) * now.online_cpus * 100 : 0;
}

/** Without what is only cached, as the real one counts. */
function memoryUsed({ memory_stats: { usage = 0, stats = {} } }: Stats): number {
  const cached = stats["total_inactive_file"] ?? stats["inactive_file"] ?? 0;
  return cached < usage ? usage - cached : usage;
}

function network({ networks = {} }: Stats): { received: number; sent: number } {
  const all = Object.values(networks);
  return {
    received: all.reduce((sum, item) => sum + item.rx_bytes, 0),
    sent: all.reduce((sum, item) => sum + item.tx_bytes, 0),
  };
}

function blocks(stats: Stats, op: string): number {
  return stats.blkio_stats.io_service_bytes_recursive
    .filter((entry) => entry.op.toLowerCase() === op)
    .reduce((sum, entry) => sum + entry.value, 0);
}

const statsContext: ListContext<Row> = {
  name: "statsContext",
  headers: {
    Container: "CONTAINER",
    Name: "NAME",
    ID: "CONTAINER ID",
    CPUPerc: "CPU %",
    MemUsage: "MEM USAGE / LIMIT",
    MemPerc: "MEM %",
    NetIO: "NET I/O",
    BlockIO: "BLOCK I/O",
    PIDs: "PIDS",
  },
  fields: {
    Container: (row) => row.container,
    Name: (row) => row.stats.name.replace(/^\//, ""),
    ID: (row) => shortId(row.stats.id),
    CPUPerc: (row) => `${cpuPercent(row.stats).toFixed(2)}%`,
    MemUsage: ({ stats }) =>
      `${bytesSize(memoryUsed(stats))} / ${bytesSize(stats.memory_stats.limit ?? 0)}`,
    MemPerc: ({ stats }) => {
      const limit = stats.memory_stats.limit ?? 0;
      return `${(limit === 0 ? 0 : (memoryUsed(stats) / limit) * 100).toFixed(2)}%`;
    },
    NetIO: (row) => {
      const { received, sent } = network(row.stats);
      return `${humanSize(received, 3)} / ${humanSize(sent, 3)}`;
    },
    BlockIO: (row) =>
      `${humanSize(blocks(row.stats, "read"), 3)} / ${humanSize(blocks(row.stats, "write"), 3)}`,
    PIDs: (row) => String(row.stats.pids_stats.current ?? 0),
  },
};

const CLEAR = "\x1b[2J\x1b[H";

function* round(
  streams: readonly { readonly name: string; readonly stream: RecordStream<Stats> }[],
): Blocking<readonly Row[]> {
  const rows: Row[] = [];
  for (const { name, stream } of streams) {
    const stats = yield* stream.next();
    if (stats !== undefined) rows.push({ container: name, stats });
  }
  return rows;
}

function running(cli: Cli, all: boolean): readonly string[] {
  return cli.engine.containerList({ all }).map((item) => shortId(item.Id));
}

export const stats = defineCommand({
  path: "container stats",
  shortcut: "stats",
  usage: "[OPTIONS] [CONTAINER...]",
  summary: "Display a live stream of container(s) resource usage statistics",
  flags: {
    "-a, --all": "Show all containers (default shows just running)",
    "--format string": [
      "Format output using a custom template:\n'table':            Print output in table format with column headers (default)\n'table TEMPLATE':   Print output in table format using the given Go template\n'json':             Print in JSON format\n'TEMPLATE':         Print output using the given Go template.\nRefer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates",
      "Pretty-print images using a Go template",
    ],
    "--no-stream": "Disable streaming stats and only pull the first result",
    "--no-trunc": "Do not truncate output",
  },
  args: atLeast(0),
  *run(cli, { args, flags }) {
    const names = args.length > 0 ? args : running(cli, flags.on("all"));
    const follow = !flags.on("no-stream");
    const streams = names.map((name) => ({
      name,
      stream: cli.engine.containerStats(name, { stream: follow }),
    }));
    const format = flags.text("format") ?? "";
    try {
      for (;;) {
        const rows = yield* round(streams);
        const text = formatList(statsContext, rows, {
          format,
          table: flags.on("no-trunc") ? TABLE.replace("{{.ID}}", "{{.Container}}") : TABLE,
          version: cli.version,
        });
        yield* cli.print(follow && cli.sys.isatty(1) ? CLEAR + text : text);
        if (!follow || rows.length === 0) return 0;
      }
    } catch (error) {
      if (!isErrno(error, "EINTR")) throw error;
      return 0;
    } finally {
      for (const { stream } of streams) stream.close();
    }
  },
  complete: (cli) => containerNames(cli, isRunning),
});
