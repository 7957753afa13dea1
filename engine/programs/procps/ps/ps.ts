import type { Program } from "../../../kernel/process/program.ts";
import type { Sys } from "../../../kernel/process/sys.ts";
import { runTool, Tool, ToolExit } from "../../support/tool.ts";
import { findProcess, listProcesses, type ProcessInfo } from "../../support/process-list.ts";
import type { ColumnContext } from "./columns.ts";
import { PsError, PsRefusal, readOptions, type PsOptions } from "./options.ts";
import { growTree } from "./tree.ts";

const USAGE = `
Usage:
 ps [options]

 Try 'ps --help <simple|list|output|threads|misc|all>'
  or 'ps --help <s|l|o|t|m|a>'
 for additional help text.

For more details see ps(1).
`;

export const ps: Program = {
  name: "ps",
  package: "procps",
  docs: {
    summary: "report a snapshot of the current processes",
    synopsis: "ps [options]",
    options: [
      ["-e, -A, -a, -d, a, x", "which processes"],
      ["-p, -C, -u, -U, -G, -s, -t, --ppid LIST, p, U, t, T, r", "only these"],
      ["-N, --deselect", "all but the ones chosen"],
      ["-f, -j, -l, u, j, l", "more columns"],
      ["-o, o, --format FORMAT", "these columns; NAME= without a title"],
      ["--sort, k [+|-]COLUMN", "the order"],
      ["f, --forest, -H", "as a tree"],
      ["h, --no-headers", "no line of titles"],
      ["c, e, w, -w", "the file's name; the environment; wide output"],
    ],
    examples: ["ps aux", "ps -ef", "ps -o pid,comm -C sleep", "ps axjf"],
    limitations: [
      "Memory is not emulated: VSZ and RSS are the same for all.",
      "Threads are not modelled.",
    ],
  },
  *main(sys, argv) {
    return yield* runTool(new Tool(sys, "ps"), function* (tool) {
      const own = findProcess(sys, sys.pid);
      let options: PsOptions;
      try {
        options = readOptions(argv.slice(1), sys, own);
      } catch (error) {
        if (error instanceof PsError) throw new ToolExit(1, `error: ${error.message}\n${USAGE}`);
        if (error instanceof PsRefusal) throw tool.refuse(error.message);
        throw error;
      }
      if (options.help !== undefined) {
        yield* tool.print(options.help === "version" ? "ps from procps-ng 4.0.2\n" : USAGE);
        return 0;
      }
      const lines = render(sys, options);
      for (const line of lines) yield* tool.out.write(`${line}\n`);
      const found = lines.length - (options.headers ? 1 : 0);
      return found === 0 ? 1 : 0;
    });
  },
};

function render(sys: Sys, options: PsOptions): readonly string[] {
  let processes: readonly ProcessInfo[] = listProcesses(sys).filter(options.selects);
  let branch: ReadonlyMap<number, string> = new Map();
  const context: ColumnContext = {
    sys,
    nowSeconds: sys.realtimeSeconds(),
    totalKb: Number(/^MemTotal:\s+(\d+)/m.exec(sys.readTextFile("/proc/meminfo"))?.[1] ?? 1),
    branch: (process) => branch.get(process.pid) ?? "",
    trueCommand: options.trueCommand,
    environment: options.environment,
  };
  processes = sorted(processes, options, context);
  if (options.tree !== "none") {
    const tree = growTree(processes, options.tree);
    processes = tree.order;
    branch = tree.branch;
  }
  const { columns } = options;
  const rows = processes.map((process) => columns.map((column) => column.value(process, context)));
  const line = (cells: readonly string[], isTitle: boolean) =>
    cells
      .map((cell, index) => {
        const { width, right } = columns[index] as (typeof columns)[number];
        const last = index === columns.length - 1;
        if (right) return cell.padStart(width);
        // Only the last column may be as long as it likes.
        if (last) return cell;
        return (isTitle ? cell : cell.slice(0, width)).padEnd(width);
      })
      .join(" ");
  const lines = rows.map((row) => line(row, false));
  if (options.headers)
    lines.unshift(
      line(
        columns.map(({ title }) => title),
        true,
      ),
    );
  const width = screenWidth(sys, options);
  return lines.map((text) => text.slice(0, width));
}

function sorted(
  processes: readonly ProcessInfo[],
  options: PsOptions,
  context: ColumnContext,
): readonly ProcessInfo[] {
  return [...processes].sort((a, b) => {
    for (const { column, descending } of options.sort) {
      const [x, y] = column.key
        ? [column.key(a, context), column.key(b, context)]
        : [column.value(a, context), column.value(b, context)];
      if (x !== y) return x < y === descending ? 1 : -1;
    }
    return a.pid - b.pid;
  });
}

/** A terminal's lines are cut at its edge; other output is as long as it comes. */
function screenWidth(sys: Sys, options: PsOptions): number {
  const columns = Number(sys.env.get("COLUMNS"));
  if (options.wide) return Infinity;
  if (columns > 0) return columns;
  return sys.isatty(1) ? sys.windowSize(1).columns : Infinity;
}
