/** What top shows at one moment. */
import type { Sys } from "../../../kernel/process/sys.ts";
import { byteString } from "../../support/bytes.ts";
import { listProcesses, TICKS_PER_SECOND, type ProcessInfo } from "../../support/process-list.ts";
import { uptimeLine } from "../../support/uptime-text.ts";

const PAGE_KB = 4;

export interface Snapshot {
  readonly atSeconds: number;
  /** Processor ticks by process. */
  readonly ticks: ReadonlyMap<number, number>;
  readonly busy: number;
  readonly idle: number;
}

export interface TopView {
  readonly order: "cpu" | "memory" | "pid" | "time";
  readonly fullCommand: boolean;
  readonly wanted: (process: ProcessInfo) => boolean;
  readonly hideIdle: boolean;
}

export function takeSnapshot(sys: Sys): Snapshot {
  const cpu =
    /^cpu\s+(.*)$/m.exec(sys.readTextFile("/proc/stat"))?.[1]?.split(" ").map(Number) ?? [];
  return {
    atSeconds: sys.monotonicNs() / 1e9,
    ticks: new Map(listProcesses(sys).map(({ pid, cpuTicks }) => [pid, cpuTicks])),
    busy: (cpu[0] ?? 0) + (cpu[1] ?? 0) + (cpu[2] ?? 0),
    idle: cpu[3] ?? 0,
  };
}

/** The summary, an empty line, the titles and one line a process. */
export function renderTop(
  sys: Sys,
  before: Snapshot | undefined,
  view: TopView,
): readonly string[] {
  const now = takeSnapshot(sys);
  const processes = listProcesses(sys);
  const elapsed = before
    ? now.atSeconds - before.atSeconds
    : Number(sys.readTextFile("/proc/uptime").split(" ")[0]);
  const share = ({ pid, cpuTicks }: ProcessInfo) =>
    elapsed <= 0
      ? 0
      : Math.min(
          999,
          ((cpuTicks - (before?.ticks.get(pid) ?? 0)) / TICKS_PER_SECOND / elapsed) * 100,
        );
  const totalKb = memory(sys, "MemTotal");
  const keys: Record<TopView["order"], (process: ProcessInfo) => number> = {
    cpu: share,
    memory: ({ residentPages }) => residentPages,
    pid: ({ pid }) => pid,
    time: ({ cpuTicks }) => cpuTicks,
  };
  const key = keys[view.order];
  const shown = processes
    .filter(view.wanted)
    .filter((process) => !view.hideIdle || share(process) > 0)
    .sort((a, b) => key(b) - key(a) || a.pid - b.pid);
  const rows = shown.map((process) => {
    const cells = [
      String(process.pid).padStart(7),
      (process.user.length > 8 ? `${process.user.slice(0, 7)}+` : process.user).padEnd(8),
      String(20 + process.nice).padStart(3),
      String(process.nice).padStart(3),
      String(process.virtualBytes / 1024).padStart(7),
      String(process.residentPages * PAGE_KB).padStart(6),
      String(process.residentPages * PAGE_KB).padStart(6),
      process.state,
      share(process).toFixed(1).padStart(5),
      ((100 * process.residentPages * PAGE_KB) / totalKb).toFixed(1).padStart(5),
      cpuTime(process.cpuTicks).padStart(9),
    ];
    const command =
      view.fullCommand && process.argv.length > 0
        ? byteString(process.argv.join(" "))
        : process.comm;
    return `${cells.join(" ")} ${command}`;
  });
  return [
    ...summary(sys, processes, before, now),
    "",
    "    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND",
    ...rows,
  ];
}

function memory(sys: Sys, name: string): number {
  return Number(
    new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(sys.readTextFile("/proc/meminfo"))?.[1] ?? 0,
  );
}

function summary(
  sys: Sys,
  processes: readonly ProcessInfo[],
  before: Snapshot | undefined,
  now: Snapshot,
): readonly string[] {
  const count = (states: string) => processes.filter(({ state }) => states.includes(state)).length;
  const tally = (value: number, width = 3) => String(value).padStart(width);
  const busy = now.busy - (before?.busy ?? 0);
  const idle = now.idle - (before?.idle ?? 0);
  const total = Math.max(1, busy + idle);
  const percent = (ticks: number) => ((100 * ticks) / total).toFixed(1).padStart(5);
  const mib = (kb: number) => (kb / 1024).toFixed(1).padStart(8);
  const cache = memory(sys, "Buffers") + memory(sys, "Cached") + memory(sys, "SReclaimable");
  const used = memory(sys, "MemTotal") - memory(sys, "MemAvailable");
  return [
    `top -${uptimeLine(sys)}`,
    `Tasks: ${tally(processes.length)} total, ${tally(count("R"))} running, ${tally(count("SDI"))} sleeping, ${tally(count("T"))} stopped, ${tally(count("Z"))} zombie`,
    `%Cpu(s):${percent(busy)} us,  0.0 sy,  0.0 ni,${percent(idle)} id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st `,
    `MiB Mem :${mib(memory(sys, "MemTotal"))} total,${mib(memory(sys, "MemFree"))} free,${mib(used)} used,${mib(cache)} buff/cache     `,
    `MiB Swap:${mib(0)} total,${mib(0)} free,${mib(0)} used.${mib(memory(sys, "MemAvailable"))} avail Mem `,
  ];
}

/** `0:00.87`: minutes, seconds and hundredths. */
function cpuTime(ticks: number): string {
  const minutes = Math.floor(ticks / TICKS_PER_SECOND / 60);
  const seconds = Math.floor(ticks / TICKS_PER_SECOND) % 60;
  return `${minutes}:${String(seconds).padStart(2, "0")}.${String(ticks % TICKS_PER_SECOND).padStart(2, "0")}`;
}
