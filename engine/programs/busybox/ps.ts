/** ps, which shows all processes in four columns. */
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { byteString } from "../support/bytes.ts";
import { groupName } from "../support/accounts.ts";
import { getopt } from "../support/getopt.ts";
import { listProcesses, TICKS_PER_SECOND, type ProcessInfo } from "../support/process-list.ts";
import type { Applet } from "./applet.ts";

interface Column {
  readonly heading: string;
  readonly width: number;
  text(process: ProcessInfo, sys: Sys): string;
}

const right = (text: string | number, width: number): string => String(text).padStart(width);

/** By the names that -o takes. */
const COLUMNS: Readonly<Record<string, Column>> = {
  user: { heading: "USER", width: 8, text: ({ user }) => user },
  group: { heading: "GROUP", width: 8, text: ({ gid }, sys) => groupName(sys, gid) },
  comm: { heading: "COMMAND", width: 16, text: ({ comm }) => comm },
  args: { heading: "COMMAND", width: 256, text: commandOf },
  pid: { heading: "PID", width: 5, text: ({ pid }) => right(pid, 5) },
  ppid: { heading: "PPID", width: 5, text: ({ ppid }) => right(ppid, 5) },
  pgid: { heading: "PGID", width: 5, text: ({ group }) => right(group, 5) },
  sid: { heading: "SID", width: 5, text: ({ session }) => right(session, 5) },
  nice: { heading: "NI", width: 5, text: ({ nice }) => right(nice, 5) },
  tty: { heading: "TT", width: 6, text: ({ terminal }) => terminal ?? "?" },
  time: { heading: "TIME", width: 5, text: ({ cpuTicks }) => timeText(cpuTicks) },
  stat: { heading: "STAT", width: 4, text: ({ state }) => state },
  vsz: { heading: "VSZ", width: 4, text: ({ virtualBytes }) => sizeText(virtualBytes) },
  rss: { heading: "RSS", width: 4, text: ({ residentPages }) => sizeText(residentPages * 4096) },
};

const STANDARD = ["pid", "user", "time", "args"];

/** `[name]` for a process without a command line. */
function commandOf({ argv, comm }: ProcessInfo): string {
  return argv.length > 0 ? byteString(argv.join(" ")) : `[${comm}]`;
}

function timeText(ticks: number): string {
  const seconds = Math.floor(ticks / TICKS_PER_SECOND);
  return right(`${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`, 5);
}

/** In kibibytes, four characters wide at most. */
function sizeText(bytes: number): string {
  const kib = Math.floor(bytes / 1024);
  return right(kib < 10_000 ? kib : `${Math.floor(kib / 1024)}m`, 4);
}

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  const parsed = getopt(argv, { short: "o:aAdeflT", long: {} });
  if (!parsed.ok) {
    yield* sys.printError(`${parsed.error}\n`);
    return 1;
  }
  if (parsed.options.some(({ name }) => name === "T")) {
    yield* sys.printError("ps: Podwire does not model the option '-T' of BusyBox\n");
    return 1;
  }
  const asked = parsed.options.filter(({ name }) => name === "o").map(({ value = "" }) => value);
  const names = asked.length > 0 ? asked.flatMap((list) => list.split(/[ ,]/)) : STANDARD;
  const columns: Column[] = [];
  for (const word of names.filter(Boolean)) {
    const [name = "", heading] = word.split("=");
    const column = COLUMNS[name];
    if (!column) {
      const known = Object.keys(COLUMNS).join(",");
      yield* sys.printError(`ps: bad -o argument '${name}', supported arguments: ${known}\n`);
      return 1;
    }
    columns.push(heading === undefined ? column : { ...column, heading });
  }
  yield* sys.print(
    line(
      columns.map(({ heading }) => heading),
      columns,
    ),
  );
  for (const process of listProcesses(sys)) {
    yield* sys.print(
      line(
        columns.map((column) => column.text(process, sys)),
        columns,
      ),
    );
  }
  return 0;
}

function line(cells: readonly string[], columns: readonly Column[]): string {
  const text = cells.map((cell, index) => {
    const width = columns[index]?.width ?? 0;
    return index === cells.length - 1 ? cell : cell.slice(0, width).padEnd(width);
  });
  return `${text.join(" ")}\n`;
}

export const ps: Applet = {
  name: "ps",
  summary: "Show list of processes",
  directory: "/bin",
  main,
};
