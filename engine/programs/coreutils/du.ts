import type { Stat } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { humanSize } from "../support/numbers.ts";
import { joinPath } from "../support/paths.ts";
import { quoteName, quoteText } from "../support/quote.ts";
import { defineTool, reason, type Arguments, type Tool } from "../support/tool.ts";

export const du = defineTool({
  name: "du",
  package: "coreutils",
  summary: "estimate file space usage",
  usage: ["[OPTION]... [FILE]..."],
  description: "Summarize device usage of the set of FILEs, recursively for directories.",
  options: [
    ["-a, --all", "write counts for all files, not just directories"],
    ["--apparent-size", "print apparent sizes rather than device usage"],
    ["-b, --bytes", "equivalent to '--apparent-size --block-size=1'"],
    ["-c, --total", "produce a grand total"],
    ["-d, --max-depth=N", "print the total for a directory only if it is N or fewer levels below"],
    ["-h, --human-readable", "print sizes in human readable format (e.g., 1K 234M 2G)"],
    ["-k", "like --block-size=1K"],
    ["-m", "like --block-size=1M"],
    ["-s, --summarize", "display only a total for each argument"],
    ["-S, --separate-dirs", "for directories do not include size of subdirectories"],
    ["-x, --one-file-system", "(ignored)"],
  ],
  unmodelled: [
    "-0",
    "--null",
    "-B SIZE",
    "--block-size=SIZE",
    "-D",
    "--dereference-args",
    "--exclude=PATTERN",
    "--files0-from=F",
    "-H",
    "--inodes",
    "-l",
    "--count-links",
    "-L",
    "--dereference",
    "-P",
    "--si",
    "-t SIZE",
    "--threshold=SIZE",
    "--time[=WORD]",
    "--time-style=STYLE",
    "-X FILE",
    "--exclude-from=FILE",
  ],
  *run(tool, args) {
    const depth = args.value("d");
    if (depth !== undefined && !/^\d+$/.test(depth))
      throw tool.usage(`invalid maximum depth ${quoteText(depth)}`);
    if (args.has("a", "s") && args.has("a") && args.has("s"))
      throw tool.usage("cannot both summarize and show all entries");
    const walker = new Usage(
      tool,
      args,
      args.has("s") ? 0 : depth === undefined ? Infinity : Number(depth),
    );
    let total = 0;
    for (const path of args.operands.length === 0 ? ["."] : args.operands)
      total += yield* walker.walk(path, 0);
    if (args.has("c")) yield* walker.show(total, "total");
  },
});

class Usage {
  private readonly counted = new Set<string>();

  constructor(
    private readonly tool: Tool,
    private readonly args: Arguments,
    private readonly maxDepth: number,
  ) {}

  *walk(path: string, depth: number): Blocking<number> {
    const { tool, args } = this;
    let stat: Stat;
    try {
      stat = tool.sys.stat(path, { followLinks: false });
    } catch (error) {
      yield* tool.warn(`cannot access ${quoteName(path)}: ${reason(error)}`);
      return 0;
    }
    // A file with several names counts once.
    if (stat.kind !== "directory" && stat.links > 1) {
      const key = `${stat.device} ${stat.inode}`;
      if (this.counted.has(key)) return 0;
      this.counted.add(key);
    }
    let total = this.size(stat);
    let below = 0;
    if (stat.kind === "directory") {
      let names: readonly string[] = [];
      try {
        names = tool.sys.readdir(path);
      } catch (error) {
        yield* tool.warn(`cannot read directory ${quoteName(path)}: ${reason(error)}`);
      }
      for (const name of names) {
        const inner = yield* this.walk(joinPath(path, name), depth + 1);
        const isDirectory =
          args.has("S") &&
          tool.sys.stat(joinPath(path, name), { followLinks: false }).kind === "directory";
        if (isDirectory) below += inner;
        else total += inner;
      }
    }
    const shown =
      depth === 0 || ((stat.kind === "directory" || args.has("a")) && depth <= this.maxDepth);
    if (shown) yield* this.show(total, path);
    return total + below;
  }

  private size(stat: Stat): number {
    if (this.args.has("b", "apparent-size")) return stat.sizeBytes;
    if (stat.kind === "directory") return 4096;
    return stat.kind === "file" ? Math.ceil(stat.sizeBytes / 4096) * 4096 : 0;
  }

  show(bytes: number, name: string): Blocking<void> {
    const unit = this.args.lastOf("h", "b", "k", "m");
    const text =
      unit === "h"
        ? humanSize(bytes)
        : String(unit === "b" ? bytes : Math.ceil(bytes / (unit === "m" ? 1048576 : 1024)));
    return this.tool.print(`${text}\t${name}\n`);
  }
}
