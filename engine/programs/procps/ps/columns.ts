/** What ps can show of a process, ps(1) STANDARD FORMAT SPECIFIERS. */
import { groupName } from "../../support/accounts.ts";
import { byteString } from "../../support/bytes.ts";
import { strftime, toCalendar } from "../../support/calendar.ts";
import { isErrno } from "../../support/command.ts";
import { TICKS_PER_SECOND, type ProcessInfo } from "../../support/process-list.ts";
import type { Sys } from "../../../kernel/process/sys.ts";

export interface ColumnContext {
  readonly sys: Sys;
  readonly nowSeconds: number;
  readonly totalKb: number;
  /** The lines of a tree before a command; empty without one. */
  readonly branch: (process: ProcessInfo) => string;
  /** BSD `c`: the file's name instead of the command line. */
  readonly trueCommand: boolean;
  /** BSD `e`: the environment after the command line. */
  readonly environment: boolean;
}

export interface Column {
  readonly title: string;
  readonly width: number;
  readonly right: boolean;
  readonly value: (process: ProcessInfo, context: ColumnContext) => string;
  /** Order for --sort; by the value's text if there is none. */
  readonly key?: (process: ProcessInfo, context: ColumnContext) => number;
}

type Value = Column["value"];
type Key = NonNullable<Column["key"]>;

const PAGE_KB = 4;

function number(title: string, width: number, key: Key): Column {
  return {
    title,
    width,
    right: true,
    key,
    value: (process, context) => String(key(process, context)),
  };
}

function text(title: string, width: number, value: Value): Column {
  return { title, width, right: false, value };
}

function elapsed(process: ProcessInfo, { nowSeconds }: ColumnContext): number {
  return Math.max(0, Math.floor(nowSeconds - process.startedSeconds));
}

function cpuSeconds(process: ProcessInfo): number {
  return Math.floor(process.cpuTicks / TICKS_PER_SECOND);
}

const two = (value: number) => String(value).padStart(2, "0");

/** `[DD-]HH:MM:SS` */
function longTime(seconds: number): string {
  const days = Math.floor(seconds / 86400);
  const clock = `${two(Math.floor((seconds % 86400) / 3600))}:${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
  return days > 0 ? `${two(days)}-${clock}` : clock;
}

/** `[[DD-]HH:]MM:SS` */
function elapsedTime(seconds: number): string {
  return longTime(seconds).replace(/^00:/, "");
}

/** Per cent of the processor over the process's life. */
function cpuShare(process: ProcessInfo, context: ColumnContext): number {
  const life = Math.max(context.nowSeconds - process.startedSeconds, 1 / TICKS_PER_SECOND);
  return Math.min(999, (process.cpuTicks / TICKS_PER_SECOND / life) * 100);
}

function memoryShare(process: ProcessInfo, { totalKb }: ColumnContext): number {
  return (100 * process.residentPages * PAGE_KB) / totalKb;
}

/** HH:MM today, MmmDD this year, else the year. */
function startShort(process: ProcessInfo, { nowSeconds }: ColumnContext): string {
  const then = toCalendar(process.startedSeconds);
  const now = toCalendar(nowSeconds);
  if (then.year !== now.year) return String(then.year);
  return strftime(then.yearDay === now.yearDay ? "%H:%M" : "%b%d", process.startedSeconds);
}

function started(process: ProcessInfo, { nowSeconds }: ColumnContext): string {
  const recent = nowSeconds - process.startedSeconds < 86400;
  return strftime(recent ? "%H:%M:%S" : "%b %d", process.startedSeconds);
}

/** The state and what is special about the process. */
function stat(process: ProcessInfo): string {
  const nice = process.nice < 0 ? "<" : process.nice > 0 ? "N" : "";
  const leader = process.session === process.pid ? "s" : "";
  const threads = process.threads > 1 ? "l" : "";
  const foreground = process.foregroundGroup === process.group ? "+" : "";
  return process.state + nice + leader + threads + foreground;
}

function commandLine(process: ProcessInfo): string {
  if (process.state === "Z") return `[${process.comm}] <defunct>`;
  return process.argv.length === 0 ? `[${process.comm}]` : byteString(process.argv.join(" "));
}

function environmentOf(sys: Sys, pid: number): string {
  try {
    const words = sys.readTextFile(`/proc/${pid}/environ`).split("\0").filter(Boolean);
    return words.map((word) => ` ${byteString(word)}`).join("");
  } catch (error) {
    if (isErrno(error)) return "";
    throw error;
  }
}

const args: Value = (process, context) => {
  const line = context.trueCommand ? comm(process, context) : commandLine(process);
  const environment = context.environment ? environmentOf(context.sys, process.pid) : "";
  return context.branch(process) + line + environment;
};
const comm: Value = (process) =>
  process.state === "Z" ? `${process.comm} <defunct>` : byteString(process.comm);
const branchedComm: Value = (process, context) => context.branch(process) + comm(process, context);
const user: Value = (process) =>
  process.user.length > 8 ? `${process.user.slice(0, 7)}+` : process.user;
const terminal: Value = (process) => process.terminal ?? "?";
const group: Value = (process, { sys }) => groupName(sys, process.gid);

const COLUMNS: Readonly<Record<string, Column>> = {
  pid: number("PID", 7, (process) => process.pid),
  ppid: number("PPID", 7, (process) => process.ppid),
  pgid: number("PGID", 7, (process) => process.group),
  sid: number("SID", 7, (process) => process.session),
  tpgid: number("TPGID", 7, (process) => process.foregroundGroup),
  uid: number("UID", 5, (process) => process.uid),
  gid: number("GID", 5, (process) => process.gid),
  ni: number("NI", 3, (process) => process.nice),
  pri: number("PRI", 3, (process) => 19 - process.nice),
  priority: number("PRI", 3, (process) => 20 + process.nice),
  opri: number("PRI", 3, (process) => 80 + process.nice),
  nlwp: number("NLWP", 4, (process) => process.threads),
  vsz: number("VSZ", 6, (process) => process.virtualBytes / 1024),
  rss: number("RSS", 5, (process) => process.residentPages * PAGE_KB),
  sz: number("SZ", 5, (process) => process.virtualBytes / 1024 / PAGE_KB),
  etimes: number("ELAPSED", 7, elapsed),
  times: number("TIME", 8, (process) => cpuSeconds(process)),
  f: number("F", 1, () => 0),
  psr: number("PSR", 3, () => 0),
  c: number("C", 2, (process, context) => Math.min(99, Math.floor(cpuShare(process, context)))),
  pcpu: {
    title: "%CPU",
    width: 4,
    right: true,
    key: cpuShare,
    value: (process, context) => cpuShare(process, context).toFixed(1),
  },
  pmem: {
    title: "%MEM",
    width: 4,
    right: true,
    key: memoryShare,
    value: (process, context) => memoryShare(process, context).toFixed(1),
  },
  etime: {
    title: "ELAPSED",
    width: 11,
    right: true,
    key: elapsed,
    value: (process, context) => elapsedTime(elapsed(process, context)),
  },
  time: {
    title: "TIME",
    width: 8,
    right: true,
    key: (process) => process.cpuTicks,
    value: (process) => longTime(cpuSeconds(process)),
  },
  bsdtime: {
    title: "TIME",
    width: 6,
    right: true,
    key: (process) => process.cpuTicks,
    value: (process) => `${Math.floor(cpuSeconds(process) / 60)}:${two(cpuSeconds(process) % 60)}`,
  },
  start: {
    title: "STARTED",
    width: 8,
    right: true,
    key: (process) => process.startTicks,
    value: started,
  },
  lstart: {
    title: "STARTED",
    width: 24,
    right: true,
    key: (process) => process.startTicks,
    value: (process) => strftime("%a %b %e %H:%M:%S %Y", process.startedSeconds),
  },
  stime: {
    title: "STIME",
    width: 5,
    right: false,
    key: (process) => process.startTicks,
    value: startShort,
  },
  bsdstart: {
    title: "START",
    width: 5,
    right: false,
    key: (process) => process.startTicks,
    value: startShort,
  },
  user: text("USER", 8, user),
  uname: text("UID", 8, user),
  group: text("GROUP", 8, group),
  tty: text("TT", 8, terminal),
  tname: text("TTY", 8, terminal),
  stat: text("STAT", 4, stat),
  s: text("S", 1, (process) => process.state),
  wchan: text("WCHAN", 6, () => "-"),
  cls: text("CLS", 3, () => "TS"),
  addrsz: text(
    "ADDR SZ",
    7,
    (process) => `- ${String(process.virtualBytes / 1024 / PAGE_KB).padStart(5)}`,
  ),
  comm: text("COMMAND", 15, branchedComm),
  ucmd: text("CMD", 15, branchedComm),
  args: text("COMMAND", 27, args),
  cmd: text("CMD", 27, args),
};

const ALIASES: Readonly<Record<string, string>> = {
  "%cpu": "pcpu",
  "%mem": "pmem",
  pgrp: "pgid",
  sess: "sid",
  session: "sid",
  euid: "uid",
  egid: "gid",
  ruid: "uid",
  rgid: "gid",
  euser: "user",
  ruser: "user",
  egroup: "group",
  rgroup: "group",
  nice: "ni",
  thcount: "nlwp",
  vsize: "vsz",
  rssize: "rss",
  rsz: "rss",
  tt: "tty",
  state: "s",
  cputime: "time",
  start_time: "stime",
  ucomm: "comm",
  command: "args",
  fname: "comm",
  class: "cls",
  policy: "cls",
  size: "sz",
  flags: "f",
  flag: "f",
  cputimes: "times",
  wname: "wchan",
};

export function findColumn(name: string): Column | undefined {
  const lower = name.toLowerCase();
  return COLUMNS[ALIASES[lower] ?? lower];
}

/** The formats of -f, u, j and the like. */
export const FORMATS = {
  default: "pid tname time ucmd",
  bsd: "pid tname stat bsdtime args",
  "-f": "uname pid ppid c stime tname time cmd",
  "-j": "pid pgid sid tname time ucmd",
  "-jf": "uname pid ppid pgid sid c stime tname time cmd",
  "-l": "f s uid pid ppid c opri ni addrsz wchan tname time ucmd",
  "-lf": "f s uname pid ppid c opri ni addrsz wchan stime tname time cmd",
  u: "user pid pcpu pmem vsz rss tname stat bsdstart bsdtime args",
  j: "ppid pid pgid sid tname tpgid stat uid bsdtime args",
  l: "f uid pid ppid priority ni vsz rss wchan stat tname bsdtime args",
} as const;
