/** What servers written in Go print in the same way. */
import { formatIpv4 } from "../../../net/address.ts";
import type { SocketAddress, Sys } from "../../../kernel/process/sys.ts";
import { strftime } from "../../../programs/support/calendar.ts";

/** `2026/11/24 01:41:24`, as package log begins its lines. */
export function logTime(sys: Sys): string {
  return strftime("%Y/%m/%d %H:%M:%S", sys.realtimeSeconds());
}

export function endpoint({ ip, port }: SocketAddress): string {
  return `${formatIpv4(ip)}:${port}`;
}
