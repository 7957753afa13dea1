/** The line that uptime, w and top begin with. */
import type { Sys } from "../../kernel/process/sys.ts";
import { strftime } from "./calendar.ts";
import { listLogins } from "./logins.ts";
import { uptimeSeconds } from "./process-list.ts";

/** ` 14:54:41 up  1:45,  0 users,  load average: 0.00, 0.00, 0.00` */
export function uptimeLine(sys: Sys): string {
  const users = listLogins(sys).length;
  const load = sys.readTextFile("/proc/loadavg").split(" ").slice(0, 3).join(", ");
  return (
    ` ${strftime("%H:%M:%S", sys.realtimeSeconds())} up ${upText(uptimeSeconds(sys))}, ` +
    ` ${users} ${users > 1 ? "users" : "user"},  load average: ${load}`
  );
}

function upText(seconds: number): string {
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor(seconds / 3600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  const clock =
    hours > 0
      ? `${String(hours).padStart(2)}:${String(minutes).padStart(2, "0")}`
      : `${minutes} min`;
  return days > 0 ? `${days} ${days === 1 ? "day" : "days"}, ${clock}` : clock;
}

/** `up 1 hour, 45 minutes` */
export function prettyUptime(seconds: number): string {
  const units: readonly (readonly [string, number])[] = [
    ["year", 31536000],
    ["week", 604800],
    ["day", 86400],
    ["hour", 3600],
    ["minute", 60],
  ];
  const parts: string[] = [];
  let rest = Math.floor(seconds);
  for (const [name, length] of units) {
    const count = Math.floor(rest / length);
    rest %= length;
    if (count > 0) parts.push(`${count} ${name}${count === 1 ? "" : "s"}`);
  }
  return `up ${parts.join(", ") || "0 minutes"}`;
}
