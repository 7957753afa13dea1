/** The processes, as programs of procps read them from /proc. */
import type { Sys } from "../../kernel/process/sys.ts";
import { decodeUtf8 } from "../../sim/utf8.ts";
import { userName } from "./accounts.ts";
import { isErrno } from "./command.ts";

/** USER_HZ */
export const TICKS_PER_SECOND = 100;
const UNIX98_PTY_MAJOR = 136;

export interface ProcessInfo {
  readonly pid: number;
  readonly ppid: number;
  /** The name of the file run, at most 15 characters. */
  readonly comm: string;
  /** Empty for a process that has no command line (a zombie). */
  readonly argv: readonly string[];
  /** R, S, D, T, Z */
  readonly state: string;
  readonly group: number;
  readonly session: number;
  /** `pts/0`; undefined: it has no terminal. */
  readonly terminal: string | undefined;
  /** Foreground group of its terminal; −1: none. */
  readonly foregroundGroup: number;
  readonly cpuTicks: number;
  readonly nice: number;
  readonly threads: number;
  readonly startTicks: number;
  /** Unix seconds. */
  readonly startedSeconds: number;
  readonly virtualBytes: number;
  readonly residentPages: number;
  readonly uid: number;
  readonly gid: number;
  readonly user: string;
}

/** In the order of their numbers. */
export function listProcesses(sys: Sys): readonly ProcessInfo[] {
  const bootSeconds = sys.realtimeSeconds() - uptimeSeconds(sys);
  return sys
    .readdir("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b)
    .map((pid) => readProcess(sys, pid, bootSeconds))
    .filter((process) => process !== undefined);
}

export function findProcess(sys: Sys, pid: number): ProcessInfo | undefined {
  return readProcess(sys, pid, sys.realtimeSeconds() - uptimeSeconds(sys));
}

export function uptimeSeconds(sys: Sys): number {
  return Number(sys.readTextFile("/proc/uptime").split(" ")[0]);
}

function readProcess(sys: Sys, pid: number, bootSeconds: number): ProcessInfo | undefined {
  let stat: string;
  let status: string;
  let cmdline: Uint8Array;
  try {
    stat = sys.readTextFile(`/proc/${pid}/stat`);
    status = sys.readTextFile(`/proc/${pid}/status`);
    cmdline = sys.readFile(`/proc/${pid}/cmdline`);
  } catch (error) {
    // It ended in between.
    if (isErrno(error, "ENOENT", "ESRCH")) return undefined;
    throw error;
  }
  const open = stat.indexOf("(");
  const close = stat.lastIndexOf(")");
  const fields = stat
    .slice(close + 2)
    .trim()
    .split(" ");
  const number = (index: number) => Number(fields[index]);
  const terminalNumber = number(4);
  const uid = Number(/^Uid:\t(\d+)/m.exec(status)?.[1] ?? 0);
  const words = decodeUtf8(cmdline).split("\0");
  words.pop();
  const startTicks = number(19);
  return {
    pid,
    ppid: number(1),
    comm: stat.slice(open + 1, close),
    argv: words,
    state: fields[0] ?? "?",
    group: number(2),
    session: number(3),
    terminal: terminalNumber >> 8 === UNIX98_PTY_MAJOR ? `pts/${terminalNumber & 255}` : undefined,
    foregroundGroup: number(5),
    cpuTicks: number(11) + number(12),
    nice: number(16),
    threads: number(17),
    startTicks,
    startedSeconds: bootSeconds + startTicks / TICKS_PER_SECOND,
    virtualBytes: number(20),
    residentPages: number(21),
    uid,
    gid: Number(/^Gid:\t(\d+)/m.exec(status)?.[1] ?? 0),
    user: userName(sys, uid),
  };
}
