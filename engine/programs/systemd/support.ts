/** What systemctl and journalctl share: the manager, unit names, times. */
import { decodeUtf8 } from "../../sim/utf8.ts";
import { KernelError } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import { strftime } from "../support/calendar.ts";
import { SERVICE_MANAGER_SOCKET, type ServiceManager } from "../../machine/service-manager.ts";
import type { LogLine } from "../../machine/service.ts";

export function managerOf(sys: Sys): ServiceManager | undefined {
  return sys.endpoint(SERVICE_MANAGER_SOCKET) as ServiceManager | undefined;
}

/** `nginx` for `nginx` and `nginx.service`. */
export function serviceName(word: string): string {
  return word.endsWith(".service") ? word.slice(0, -".service".length) : word;
}

const DAY_SECONDS = 86_400;

/** `Tue 2024-11-12 10:00:00 UTC` */
export function longTime(unixSeconds: number): string {
  return strftime("%a %Y-%m-%d %H:%M:%S UTC", unixSeconds);
}

/** A line as `journalctl -o short` has it. */
export function journalLine(sys: Sys, line: LogLine): string {
  const stamp = strftime("%b %d %H:%M:%S", line.atSeconds);
  const source = line.source === "kernel" ? "kernel" : `${line.source}[${line.pid}]`;
  return `${stamp} ${sys.hostname()} ${source}: ${line.text}\n`;
}

/** `5s`, `1min 20s`, `2h 3min`: the two largest units, as systemd prints spans. */
export function timeSpan(seconds: number): string {
  if (seconds < 1) return `${Math.max(1, Math.floor(seconds * 1000))}ms`;
  const units: readonly (readonly [number, string])[] = [
    [DAY_SECONDS, "day"],
    [3600, "h"],
    [60, "min"],
    [1, "s"],
  ];
  const parts: string[] = [];
  let left = Math.floor(seconds);
  for (const [size, name] of units) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0)
      parts.push(
        `${count}${name === "day" && count > 1 ? " days" : name === "day" ? " day" : name}`,
      );
  }
  return parts.slice(0, 2).join(" ");
}

/** `5s ago`, `just now` */
export function ago(sys: Sys, unixSeconds: number): string {
  const passed = sys.realtimeSeconds() - unixSeconds;
  return passed < 0.001 ? "just now" : `${timeSpan(passed)} ago`;
}

/** Command line of a process, its words quoted where needed; empty: it is gone. */
export function commandLineOf(sys: Sys, pid: number): string {
  try {
    const words = decodeUtf8(sys.readFile(`/proc/${pid}/cmdline`))
      .replace(/\0+$/, "")
      .split("\0");
    return words.map((word) => (/[\s"'`$\\;&|<>()*?]/.test(word) ? `"${word}"` : word)).join(" ");
  } catch (error) {
    if (error instanceof KernelError) return "";
    throw error;
  }
}

/** A process and its descendants, ascending: what the control group of its unit holds. */
export function processTree(sys: Sys, root: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of sys.readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const parent = /\nPPid:\s+(\d+)/.exec(sys.readTextFile(`/proc/${name}/status`))?.[1];
      if (parent !== undefined) parents.set(Number(name), Number(parent));
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
    }
  }
  const inside = new Set([root]);
  for (let grew = true; grew;) {
    const before = inside.size;
    for (const [pid, parent] of parents) if (inside.has(parent)) inside.add(pid);
    grew = inside.size > before;
  }
  return [...inside].filter((pid) => parents.has(pid)).sort((a, b) => a - b);
}
