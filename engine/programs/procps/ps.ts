import { findGroup, findUser, groupName } from "../support/accounts.ts";
import { findProcess, listProcesses, type ProcessInfo } from "../support/process-list.ts";
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { layOut, type Snapshot } from "./ps-columns.ts";
import { arrange } from "./ps-forest.ts";
import { PsError, PsOptions } from "./ps-options.ts";

const USAGE = `
Usage:
 ps [options]

 Try 'ps --help <simple|list|output|threads|misc|all>'
  or 'ps --help <s|l|o|t|m|a>'
 for additional help text.

For more details see ps(1).
`;

const WIDE_COLUMNS = 132;

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  const own = findProcess(sys, sys.pid) as ProcessInfo;
  let options: PsOptions;
  try {
    options = new PsOptions(argv.slice(1), {
      own,
      findUser: (text) => findUser(sys, text),
      findGroup: (text) => findGroup(sys, text),
    });
  } catch (error) {
    if (!(error instanceof PsError)) throw error;
    yield* sys.printError(
      error.message.startsWith("Podwire")
        ? `ps: ${error.message}\n`
        : `error: ${error.message}\n${USAGE}`,
    );
    return 1;
  }
  if (options.showsHelp || options.showsVersion) {
    yield* sys.print(options.showsHelp ? USAGE : "ps from procps-ng 4.0.2\n");
    return 0;
  }
  const chosen = sorted(
    listProcesses(sys).filter((process) => options.selects(process)),
    options,
  );
  const { processes, branches } = arrange(chosen, options);
  const snapshot: Snapshot = {
    nowSeconds: sys.realtimeSeconds(),
    totalMemoryKib: Number(/MemTotal:\s*(\d+)/.exec(sys.readTextFile("/proc/meminfo"))?.[1] ?? 1),
    branch: (pid) => branches.get(pid) ?? "",
    groupName: (gid) => groupName(sys, gid),
    nameOnly: options.nameOnly,
  };
  const { columns } = options;
  const limit = lineLimit(sys, options);
  const lines = processes.map((process) =>
    layOut(columns, (column) => column.value(process, snapshot), limit),
  );
  if (options.headers && columns.some(({ header }) => header !== "")) {
    lines.unshift(layOut(columns, ({ header }) => header, limit));
  }
  yield* sys.print(lines.map((line) => `${line}\n`).join(""));
  return processes.length > 0 ? 0 : 1;
}

function sorted(processes: readonly ProcessInfo[], { sort }: PsOptions): readonly ProcessInfo[] {
  return [...processes].sort((a, b) => {
    for (const { column, descending } of sort) {
      const [left, right] = [column.sortKey?.(a) ?? "", column.sortKey?.(b) ?? ""];
      if (left !== right) return left < right !== descending ? -1 : 1;
    }
    return 0;
  });
}

/** A terminal's width; elsewhere lines are as long as they are. */
function lineLimit(sys: Sys, { wide }: PsOptions): number {
  if (wide > 1) return Infinity;
  const set = Number(sys.env.get("COLUMNS") ?? "");
  if (!sys.isatty(1) && !(set > 0)) return Infinity;
  const width = sys.isatty(1) ? sys.windowSize(1).columns : set;
  return wide === 1 ? Math.max(width, WIDE_COLUMNS) : width;
}

export const ps: Program = {
  name: "ps",
  package: "procps",
  docs: {
    summary: "report a snapshot of the current processes",
    synopsis: "ps [options]",
    options: [
      ["-A, -e", "all processes"],
      ["-a", "all with a terminal, except session leaders"],
      ["-d", "all except session leaders"],
      ["-N, --deselect", "negate the selection"],
      ["a", "all with a terminal"],
      ["x", "processes without a terminal, too"],
      ["r", "only running processes"],
      ["T", "all processes on this terminal"],
      ["-p, -q, --pid PIDS", "by process number"],
      ["--ppid PIDS", "by the parent's number"],
      ["-C NAMES", "by command name"],
      ["-u, -U, U, --user USERS", "by user"],
      ["-G, --group GROUPS", "by group"],
      ["-s, -g, --sid SESSIONS", "by session"],
      ["-t, t, --tty TERMINALS", "by terminal"],
      ["-f, -F, -l, -j", "full, extra full, long, jobs format"],
      ["u, j, l", "BSD's user, jobs, long format"],
      ["-o, o, --format FORMAT", "columns, such as pid,user:20,comm=NAME"],
      ["f, --forest; -H", "show the hierarchy"],
      ["k, --sort [+-]COLUMN,…", "order"],
      ["h, --no-headers", "no heading line"],
      ["-w, w", "wide; twice: unlimited width"],
      ["c", "the command's name in place of its line"],
    ],
    examples: ["ps aux", "ps -ef --forest", "ps -eo pid,ppid,stat,args --sort=-pid"],
    limitations: [
      "No threads, no security labels, no kernel threads.",
      "WCHAN is always -, since nothing says where a process sleeps.",
    ],
  },
  main,
};
