import { humanSize } from "../support/numbers.ts";
import { listMounts, type MountInfo } from "../support/mounts.ts";
import { quoteIfNeeded } from "../support/quote.ts";
import { alignColumns } from "../support/table.ts";
import { defineTool, reason, type Arguments } from "../support/tool.ts";
import type { FileSystemUsage } from "../../kernel/process/sys.ts";

const BLOCK_BYTES = 4096;

interface Row {
  readonly mount: MountInfo;
  readonly usage: FileSystemUsage;
}

export const df = defineTool({
  name: "df",
  package: "coreutils",
  summary: "report file system space usage",
  usage: ["[OPTION]... [FILE]..."],
  description:
    "Show information about the file system on which each FILE resides,\nor all file systems by default.",
  options: [
    ["-a, --all", "include pseudo, duplicate, inaccessible file systems"],
    ["-h, --human-readable", "print sizes in powers of 1024 (e.g., 1023M)"],
    ["-H, --si", "print sizes in powers of 1000 (e.g., 1.1G)"],
    ["-i, --inodes", "list inode information instead of block usage"],
    ["-k", "like --block-size=1K"],
    ["-l, --local", "limit listing to local file systems"],
    ["-m", "like --block-size=1M"],
    ["-t, --type=TYPE", "limit listing to file systems of type TYPE"],
    ["-T, --print-type", "print file system type"],
    ["-x, --exclude-type=TYPE", "limit listing to file systems not of type TYPE"],
  ],
  unmodelled: [
    "-B SIZE",
    "--block-size=SIZE",
    "--no-sync",
    "--output[=LIST]",
    "-P",
    "--portability",
    "--sync",
    "--total",
    "-v",
  ],
  limitations: ["The disk's size is what it may hold beyond the image's own files."],
  *run(tool, args) {
    const { sys } = tool;
    const mounts = listMounts(sys);
    const rows: Row[] = [];
    if (args.operands.length === 0) {
      for (const mount of mounts) rows.push({ mount, usage: sys.statfs(mount.target) });
    }
    for (const path of args.operands) {
      try {
        const real = sys.realpath(path);
        const mount = mounts
          .filter(
            ({ target }) => target === "/" || real === target || real.startsWith(`${target}/`),
          )
          .reduce<MountInfo | undefined>(
            (best, each) => (each.target.length >= (best?.target.length ?? 0) ? each : best),
            undefined,
          );
        if (mount) rows.push({ mount, usage: sys.statfs(path) });
      } catch (error) {
        yield* tool.warn(`${quoteIfNeeded(path)}: ${reason(error)}`);
      }
    }
    const shown = rows.filter(({ mount, usage }) => {
      const types = args.values("t");
      if (types.length > 0 && !types.includes(mount.type)) return false;
      if (args.values("x").includes(mount.type)) return false;
      return args.has("a") || args.operands.length > 0 || usage.totalBytes > 0;
    });
    if (shown.length === 0) {
      if (tool.status === 0) throw tool.fail("no file systems processed");
      return;
    }
    const { titles, cells } = layout(args);
    const lines = alignColumns(
      [titles, ...shown.map(cells)],
      titles.map((title) =>
        ["Filesystem", "Type", "Mounted on"].includes(title) ? "left" : "right",
      ),
    );
    for (const line of lines) yield* tool.out.write(`${line}\n`);
  },
});

function layout(args: Arguments): {
  readonly titles: readonly string[];
  readonly cells: (row: Row) => readonly string[];
} {
  const unit = args.lastOf("h", "H", "k", "m");
  const size = (bytes: number): string => {
    if (unit === "h") return humanSize(bytes);
    if (unit === "H") return humanSize(bytes, 1000);
    return String(Math.ceil(bytes / (unit === "m" ? 1048576 : 1024)));
  };
  const human = unit === "h" || unit === "H";
  const inodes = args.has("i");
  const numbers = inodes
    ? ["Inodes", "IUsed", "IFree", "IUse%"]
    : [
        human ? " Size" : unit === "m" ? "1M-blocks" : "1K-blocks",
        human ? " Used" : "    Used",
        human ? "Avail" : "Available",
        "Use%",
      ];
  const percent = (used: number, free: number) =>
    used + free === 0 ? "-" : `${Math.ceil((100 * used) / (used + free))}%`;
  return {
    titles: ["Filesystem", ...(args.has("T") ? ["Type"] : []), ...numbers, "Mounted on"],
    cells: ({ mount, usage }) => {
      const usedBytes = Math.ceil(usage.usedBytes / BLOCK_BYTES) * BLOCK_BYTES;
      const freeBytes = usage.totalBytes - usedBytes;
      const freeInodes = usage.totalInodes - usage.usedInodes;
      const values = inodes
        ? [usage.totalInodes, usage.usedInodes, freeInodes].map(String)
        : [usage.totalBytes, usedBytes, freeBytes].map(size);
      const share = inodes ? percent(usage.usedInodes, freeInodes) : percent(usedBytes, freeBytes);
      return [
        mount.source.padEnd(14),
        ...(args.has("T") ? [mount.type] : []),
        ...values,
        share,
        mount.target,
      ];
    },
  };
}
