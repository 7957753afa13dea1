/** The columns of ps(1), each under the name that -o takes. */
import type { ProcessInfo } from "../support/process-list.ts";
import { TICKS_PER_SECOND } from "../support/process-list.ts";
import { strftime } from "../support/calendar.ts";

export interface Snapshot {
  readonly nowSeconds: number;
  readonly totalMemoryKib: number;
  /** What is drawn before the command: the branches of --forest, the indent of -H. */
  readonly branch: (pid: number) => string;
  readonly groupName: (gid: number) => string;
  /** `c`: the name in place of the command line. */
  readonly nameOnly: boolean;
}

export interface Column {
  readonly header: string;
  readonly width: number;
  readonly align: "left" | "right";
  /** Longer values are cut, unless this is the last column. */
  readonly cut?: boolean;
  value(process: ProcessInfo, snapshot: Snapshot): string;
  /** The value where -o gives a width of its own. */
  readonly wideValue?: (process: ProcessInfo) => string;
  /** What --sort compares, where that is not the text. */
  readonly sortKey?: (process: ProcessInfo) => number | string;
}

const PAGE_KIB = 4;

function numeric(header: string, width: number, get: (process: ProcessInfo) => number): Column {
  return { header, width, align: "right", value: (p) => String(get(p)), sortKey: get };
}

function words(
  header: string,
  width: number,
  value: (process: ProcessInfo, snapshot: Snapshot) => string,
  align: "left" | "right" = "left",
): Column {
  return { header, width, align, value };
}

/** A long name is cut and marked: `systemd+`. */
function userColumn(header: string): Column {
  const name = ({ user }: ProcessInfo) => user;
  const value = (p: ProcessInfo) => (p.user.length > 8 ? `${p.user.slice(0, 7)}+` : p.user);
  return { header, width: 8, align: "left", value, sortKey: name, wideValue: name };
}

function groupColumn(header: string): Column {
  return words(header, 8, (p, { groupName }) => groupName(p.gid));
}

function commandLine(process: ProcessInfo, snapshot: Snapshot): string {
  const name = `${process.comm}${process.state === "Z" ? " <defunct>" : ""}`;
  if (snapshot.nameOnly) return snapshot.branch(process.pid) + name;
  const line =
    process.state === "Z"
      ? `[${process.comm}] <defunct>`
      : process.argv.length === 0
        ? `[${process.comm}]`
        : process.argv.join(" ");
  return snapshot.branch(process.pid) + line;
}

function commandColumn(header: string): Column {
  return { header, width: 27, align: "left", cut: true, value: commandLine };
}

function nameColumn(header: string): Column {
  return {
    header,
    width: 15,
    align: "left",
    cut: true,
    value: (p, { branch }) => `${branch(p.pid)}${p.comm}${p.state === "Z" ? " <defunct>" : ""}`,
    sortKey: ({ comm }) => comm,
  };
}

const two = (value: number) => String(value).padStart(2, "0");

function cpuSeconds(process: ProcessInfo): number {
  return Math.floor(process.cpuTicks / TICKS_PER_SECOND);
}

function elapsedSeconds(process: ProcessInfo, { nowSeconds }: Snapshot): number {
  return Math.max(0, Math.floor(nowSeconds - process.startedSeconds));
}

/** `[[DD-]hh:]mm:ss` */
function span(seconds: number, alwaysHours: boolean): string {
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor(seconds / 3600) % 24;
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const withHours = alwaysHours || days > 0 || hours > 0 ? `${two(hours)}:${rest}` : rest;
  return days > 0 ? `${two(days).replace(/^0(?=\d)/, "")}-${withHours}` : withHours;
}

/** Tenths of a percent of one processor, over the process's life. */
function cpuTenths(process: ProcessInfo, snapshot: Snapshot): number {
  const lifeTicks = (snapshot.nowSeconds - process.startedSeconds) * TICKS_PER_SECOND;
  return lifeTicks < TICKS_PER_SECOND ? 0 : Math.floor((process.cpuTicks * 1000) / lifeTicks);
}

function memoryTenths(process: ProcessInfo, { totalMemoryKib }: Snapshot): number {
  return Math.min(999, Math.floor((process.residentPages * PAGE_KIB * 1000) / totalMemoryKib));
}

const tenths = (value: number) => `${Math.floor(value / 10)}.${value % 10}`;

/** The hour today, the day this year, or the year. */
function startTime(process: ProcessInfo, { nowSeconds }: Snapshot): string {
  const started = process.startedSeconds;
  const sameYear = strftime("%Y", started) === strftime("%Y", nowSeconds);
  if (!sameYear) return strftime("%Y", started);
  const sameDay = strftime("%j", started) === strftime("%j", nowSeconds);
  return strftime(sameDay ? "%H:%M" : "%b%d", started);
}

function startedAt(process: ProcessInfo, { nowSeconds }: Snapshot): string {
  const recent = nowSeconds - process.startedSeconds <= 24 * 3600;
  return strftime(recent ? "%H:%M:%S" : "%b %d", process.startedSeconds);
}

/** The state with its BSD flags: priority, session leader, threads, foreground. */
function stat(process: ProcessInfo): string {
  return (
    process.state +
    (process.nice < 0 ? "<" : process.nice > 0 ? "N" : "") +
    (process.session === process.pid ? "s" : "") +
    (process.threads > 1 ? "l" : "") +
    (process.foregroundGroup === process.group ? "+" : "")
  );
}

const terminal = (p: ProcessInfo) => p.terminal ?? "?";
const virtualKib = (p: ProcessInfo) => Math.floor(p.virtualBytes / 1024);
const residentKib = (p: ProcessInfo) => p.residentPages * PAGE_KIB;
const virtualPages = (p: ProcessInfo) => Math.floor(virtualKib(p) / PAGE_KIB);
const blank = () => "-";

const cpuTime: Column = {
  ...words("TIME", 8, (p) => span(cpuSeconds(p), true), "right"),
  sortKey: (p) => p.cpuTicks,
};
const bsdTime: Column = {
  ...words(
    "TIME",
    6,
    (p) => `${Math.floor(cpuSeconds(p) / 60)}:${two(cpuSeconds(p) % 60)}`,
    "right",
  ),
  sortKey: (p) => p.cpuTicks,
};
const cpuShare: Column = {
  ...words("%CPU", 4, (p, s) => tenths(cpuTenths(p, s)), "right"),
  sortKey: (p) => p.cpuTicks,
};
const memoryShare: Column = {
  ...words("%MEM", 4, (p, s) => tenths(memoryTenths(p, s)), "right"),
  sortKey: residentKib,
};
const byStart = { sortKey: (p: ProcessInfo) => p.startTicks };

export const COLUMNS: Readonly<Record<string, Column>> = {
  "%cpu": cpuShare,
  "%mem": memoryShare,
  args: commandColumn("COMMAND"),
  bsdstart: { ...words("START", 6, startTime, "right"), ...byStart },
  bsdtime: bsdTime,
  c: words("C", 2, (p, s) => String(Math.floor(cpuTenths(p, s) / 10)), "right"),
  class: words("CLS", 3, () => "TS"),
  cls: words("CLS", 3, () => "TS", "right"),
  cmd: commandColumn("CMD"),
  comm: nameColumn("COMMAND"),
  command: commandColumn("COMMAND"),
  cputime: cpuTime,
  egid: numeric("EGID", 5, (p) => p.gid),
  egroup: groupColumn("EGROUP"),
  etime: words("ELAPSED", 11, (p, s) => span(elapsedSeconds(p, s), false), "right"),
  etimes: words("ELAPSED", 7, (p, s) => String(elapsedSeconds(p, s)), "right"),
  euid: numeric("EUID", 5, (p) => p.uid),
  euser: userColumn("EUSER"),
  f: words("F", 1, () => "4", "right"),
  fname: words("COMMAND", 8, (p) => p.comm.slice(0, 8)),
  gid: numeric("GID", 5, (p) => p.gid),
  group: groupColumn("GROUP"),
  lstart: {
    ...words("STARTED", 24, (p) => strftime("%a %b %e %H:%M:%S %Y", p.startedSeconds), "right"),
    ...byStart,
  },
  ni: numeric("NI", 3, (p) => p.nice),
  nice: numeric("NI", 3, (p) => p.nice),
  nlwp: numeric("NLWP", 4, (p) => p.threads),
  opri: numeric("PRI", 3, (p) => 80 + p.nice),
  pcpu: cpuShare,
  pgid: numeric("PGID", 7, (p) => p.group),
  pgrp: numeric("PGRP", 7, (p) => p.group),
  pid: numeric("PID", 7, (p) => p.pid),
  pmem: memoryShare,
  ppid: numeric("PPID", 7, (p) => p.ppid),
  pri: numeric("PRI", 3, (p) => 19 - p.nice),
  priority: numeric("PRI", 3, (p) => 20 + p.nice),
  psr: words("PSR", 3, () => "0", "right"),
  rgid: numeric("RGID", 5, (p) => p.gid),
  rgroup: groupColumn("RGROUP"),
  rss: numeric("RSS", 5, residentKib),
  rssize: numeric("RSS", 5, residentKib),
  ruid: numeric("RUID", 5, (p) => p.uid),
  ruser: userColumn("RUSER"),
  s: words("S", 1, (p) => p.state),
  sess: numeric("SESS", 7, (p) => p.session),
  sid: numeric("SID", 7, (p) => p.session),
  start: { ...words("STARTED", 8, startedAt, "right"), ...byStart },
  start_time: { ...words("START", 5, startTime), ...byStart },
  stat: words("STAT", 4, stat),
  state: words("S", 1, (p) => p.state),
  stime: { ...words("STIME", 5, startTime), ...byStart },
  sz: numeric("SZ", 5, virtualPages),
  thcount: numeric("THCNT", 5, (p) => p.threads),
  time: cpuTime,
  tname: words("TTY", 8, terminal),
  tpgid: numeric("TPGID", 7, (p) => p.foregroundGroup),
  tt: words("TT", 8, terminal),
  tty: words("TT", 8, terminal),
  ucmd: nameColumn("CMD"),
  ucomm: nameColumn("COMMAND"),
  uid: numeric("UID", 5, (p) => p.uid),
  user: userColumn("USER"),
  vsize: numeric("VSZ", 6, virtualKib),
  vsz: numeric("VSZ", 6, virtualKib),
  wchan: words("WCHAN", 6, blank),
};

/** The columns that only the ready-made formats have. */
const USER_AS_UID = userColumn("UID");
/** `-l` shows an address, which nobody may see, and the size under one heading. */
const ADDRESS_AND_SIZE = words(
  "ADDR SZ",
  7,
  (p) => `- ${String(virtualPages(p)).padStart(5)}`,
  "right",
);

function named(names: string): readonly Column[] {
  return names.split(" ").map((name) => {
    if (name === "UID") return USER_AS_UID;
    if (name === "ADDRSZ") return ADDRESS_AND_SIZE;
    return COLUMNS[name] as Column;
  });
}

/** What -f, u, j … print. */
export const FORMATS = {
  plain: named("pid tname time ucmd"),
  bsd: named("pid tname stat bsdtime args"),
  full: named("UID pid ppid c stime tname time cmd"),
  extraFull: named("UID pid ppid c sz rss psr stime tname time cmd"),
  long: named("f s uid pid ppid c opri ni ADDRSZ wchan tname time ucmd"),
  longFull: named("f s UID pid ppid c opri ni ADDRSZ wchan stime tname time cmd"),
  jobs: named("pid pgid sid tname time ucmd"),
  fullJobs: named("UID pid ppid pgid sid c stime tname time cmd"),
  bsdUser: named("user pid %cpu %mem vsz rss tname stat start_time bsdtime args"),
  bsdJobs: named("ppid pid pgid sid tname tpgid stat uid bsdtime args"),
  bsdLong: named("f uid pid ppid priority ni vsz rss wchan stat tname bsdtime args"),
} as const;

/** `pid,user:20,comm=NAME` → columns; the first unknown name instead. */
export function parseFormat(text: string): readonly Column[] | { readonly unknown: string } {
  const columns: Column[] = [];
  for (const item of text.split(/[,\s]+/).filter((each) => each !== "")) {
    const equals = item.indexOf("=");
    const spec = equals < 0 ? item : item.slice(0, equals);
    const [name = "", width] = spec.split(":");
    const column = COLUMNS[name];
    if (!column || (width !== undefined && !/^[1-9]\d{0,3}$/.test(width))) return { unknown: name };
    const header = equals < 0 ? column.header : item.slice(equals + 1);
    columns.push({
      ...column,
      header,
      width: width === undefined ? Math.max(column.width, header.length) : Number(width),
      ...(width === undefined ? {} : { cut: true, value: column.wideValue ?? column.value }),
    });
  }
  return columns;
}

/** One line, cut at `limit` characters. */
export function layOut(
  columns: readonly Column[],
  cell: (column: Column) => string,
  limit: number,
): string {
  let line = "";
  let target = 0;
  columns.forEach((column, index) => {
    const isLast = index === columns.length - 1;
    const raw = cell(column);
    const text = !isLast && column.cut === true ? raw.slice(0, column.width) : raw;
    if (column.align === "right") {
      const end = target + column.width;
      const pad = Math.max(index === 0 ? 0 : 1, end - text.length - line.length);
      line += " ".repeat(pad) + text;
    } else {
      if (text !== "") {
        line = line.padEnd(target);
        if (index > 0 && !line.endsWith(" ")) line += " ";
      }
      line += text;
    }
    target += column.width + 1;
  });
  return line.slice(0, limit);
}
