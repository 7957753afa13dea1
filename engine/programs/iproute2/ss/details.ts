/** What -o, -p, -e, -m and -i add to a socket's line. */
import { MILLISECOND, type Ns, SECOND } from "../../../sim/clock.ts";
import { KernelError } from "../../../kernel/errno.ts";
import type { Sys } from "../../../kernel/process/sys.ts";
import type { SocketRecord, TcpInfo } from "../../../kernel/transport/diagnostics.ts";

/** Which processes hold which sockets: inode → `("nc",pid=24,fd=3)`, the latest process first. */
export function socketUsers(sys: Sys, threads: boolean): ReadonlyMap<number, readonly string[]> {
  const users = new Map<number, string[]>();
  for (const entry of readDirectory(sys, "/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    for (const fd of readDirectory(sys, `/proc/${entry}/fd`)) {
      const inode = socketInode(sys, `/proc/${entry}/fd/${fd}`);
      if (inode === undefined) continue;
      const name = commandName(sys, entry);
      const list = users.get(inode) ?? [];
      const thread = threads ? `,tid=${entry}` : "";
      list.unshift(`("${name}",pid=${entry}${thread},fd=${fd})`);
      users.set(inode, list);
    }
  }
  return users;
}

function readDirectory(sys: Sys, path: string): readonly string[] {
  try {
    return sys.readdir(path);
  } catch (error) {
    // The process has ended meanwhile, or belongs to somebody else.
    if (error instanceof KernelError) return [];
    throw error;
  }
}

function socketInode(sys: Sys, path: string): number | undefined {
  try {
    const match = /^socket:\[(\d+)\]$/.exec(sys.readlink(path));
    return match ? Number(match[1]) : undefined;
  } catch (error) {
    if (error instanceof KernelError) return undefined;
    throw error;
  }
}

function commandName(sys: Sys, pid: string): string {
  try {
    return sys.readTextFile(`/proc/${pid}/comm`).trimEnd();
  } catch (error) {
    if (error instanceof KernelError) return "";
    throw error;
  }
}

/** ` timer:(keepalive,119min,0)` */
export function timerText(record: SocketRecord, nowNs: Ns): string {
  const { timer } = record;
  if (!timer) return "";
  const left = Math.max(0, Math.round((timer.expiresNs - nowNs) / MILLISECOND));
  return ` timer:(${timer.kind},${durationText(left)},${timer.retransmissions})`;
}

/** print_ms_timer() */
function durationText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  let secondsLeft = Math.floor(ms / 1000) % 60;
  let msLeft = ms % 1000;
  let text = "";
  if (minutes > 0) {
    msLeft = 0;
    text = `${minutes}min`;
    if (minutes > 9) secondsLeft = 0;
  }
  if (secondsLeft > 0) {
    if (secondsLeft > 9) msLeft = 0;
    text += `${secondsLeft}${msLeft > 0 ? "." : "sec"}`;
  }
  if (msLeft > 0) text += `${String(msLeft).padStart(3, "0")}ms`;
  return text;
}

/** ` uid:1000 ino:12 sk:1 <->` */
export function extendedText(record: SocketRecord): string {
  const owner = record.uid === 0 ? "" : ` uid:${record.uid}`;
  const inode = record.inode === 0 ? "" : ` ino:${record.inode}`;
  const cookie = (record.inode || record.local.port).toString(16);
  return `${owner}${inode} sk:${cookie} cgroup:/ <->`;
}

/** Priorities by bits 1 to 4 of the type of service, ip_tos2prio[] of net/ipv4/route.c. */
const PRIORITIES = [0, 1, 0, 0, 2, 2, 2, 2, 6, 6, 6, 6, 4, 4, 4, 4];

/** ` tos:0x10 class_id:0x6` */
export function tosText({ tos = 0 }: SocketRecord): string {
  const hex = (value: number): string => (value === 0 ? "0" : `0x${value.toString(16)}`);
  return ` tos:${hex(tos)} class_id:${hex(PRIORITIES[(tos & 0x1e) >> 1] ?? 0)}`;
}

export function memoryText(record: SocketRecord): string {
  const received = record.state === "LISTEN" ? 0 : record.receiveQueue;
  const sent = record.state === "LISTEN" ? 0 : record.sendQueue;
  return (
    ` skmem:(r${received},rb${record.receiveBuffer},t0,tb${record.sendBuffer},f0,w${sent},` +
    `o0,bl0,d0)`
  );
}

/** tcp_stats_print() of misc/ss.c, for what the emulated kernel keeps. */
export function tcpInfoText(
  record: SocketRecord,
  nowNs: Ns,
  shows: { readonly options: boolean; readonly plainRates: boolean },
): string {
  const { tcp } = record;
  if (!tcp) return record.state === "LISTEN" ? " cubic cwnd:10" : "";
  const parts: string[] = [];
  if (shows.options && tcp.timestamps) parts.push("ts");
  if (shows.options && tcp.sack) parts.push("sack");
  parts.push("cubic");
  if (tcp.windowScale) parts.push(`wscale:${tcp.windowScale.send},${tcp.windowScale.receive}`);
  parts.push(`rto:${number(tcp.rtoNs / MILLISECOND)}`);
  if (record.timer?.kind === "on" && record.timer.retransmissions > 0) {
    parts.push(`backoff:${record.timer.retransmissions}`);
  }
  if (tcp.rttNs > 0) {
    parts.push(`rtt:${number(tcp.rttNs / MILLISECOND)}/${number(tcp.rttVarNs / MILLISECOND)}`);
  }
  if (tcp.ackDelayNs > 0) parts.push(`ato:${number(tcp.ackDelayNs / MILLISECOND)}`);
  parts.push(`mss:${tcp.mss}`, `pmtu:${tcp.pathMtu}`, `rcvmss:${tcp.peerMss}`);
  parts.push(`advmss:${tcp.advertisedMss}`, `cwnd:${tcp.congestionWindow}`);
  if (tcp.slowStartThreshold !== undefined) parts.push(`ssthresh:${tcp.slowStartThreshold}`);
  pushCount(parts, "bytes_sent", tcp.bytesSent);
  pushCount(parts, "bytes_retrans", tcp.bytesRetransmitted);
  pushCount(parts, "bytes_acked", tcp.bytesAcked);
  pushCount(parts, "bytes_received", tcp.bytesReceived);
  pushCount(parts, "segs_out", tcp.segmentsOut);
  pushCount(parts, "segs_in", tcp.segmentsIn);
  pushCount(parts, "data_segs_out", tcp.dataSegmentsOut);
  pushCount(parts, "data_segs_in", tcp.dataSegmentsIn);
  const rate = sendRate(tcp);
  if (rate > 0) parts.push(`send ${rateText(rate, shows.plainRates)}bps`);
  pushAge(parts, "lastsnd", nowNs - tcp.lastSentNs);
  pushAge(parts, "lastrcv", nowNs - tcp.lastReceivedNs);
  pushAge(parts, "lastack", nowNs - tcp.lastAckNs);
  if (rate > 0) parts.push(`pacing_rate ${rateText(rate * pacingRatio(tcp), shows.plainRates)}bps`);
  if (tcp.delivered > 0) parts.push(`delivered:${tcp.delivered}`);
  if (tcp.isAppLimited) parts.push("app_limited");
  pushCount(parts, "unacked", tcp.unacked);
  if (tcp.retransmitted > 0) parts.push(`retrans:${tcp.repaired}/${tcp.retransmitted}`);
  pushCount(parts, "lost", tcp.lost);
  parts.push(`rcv_space:${tcp.receiveSpace}`, `rcv_ssthresh:${tcp.receiveThreshold}`);
  if (tcp.minRttNs > 0) parts.push(`minrtt:${number(tcp.minRttNs / MILLISECOND)}`);
  if (tcp.sendWindow > 0) parts.push(`snd_wnd:${tcp.sendWindow}`);
  return ` ${parts.join(" ")}`;
}

function pushCount(parts: string[], name: string, count: number): void {
  if (count > 0) parts.push(`${name}:${count}`);
}

function pushAge(parts: string[], name: string, ageNs: Ns): void {
  const ms = Math.floor(ageNs / MILLISECOND);
  if (ms > 0) parts.push(`${name}:${ms}`);
}

/** Bits a second that one window in each round trip makes. */
function sendRate(tcp: TcpInfo): number {
  return tcp.rttNs > 0 ? (tcp.congestionWindow * tcp.mss * 8 * SECOND) / tcp.rttNs : 0;
}

/** Twice the rate while the window may still double in a round trip; tcp_update_pacing_rate(). */
function pacingRatio(tcp: TcpInfo): number {
  const threshold = tcp.slowStartThreshold ?? Number.POSITIVE_INFINITY;
  return tcp.congestionWindow < threshold / 2 ? 2 : 1.2;
}

/** sprint_bw() */
function rateText(bps: number, plain: boolean): string {
  if (plain) return String(Math.round(bps));
  for (const [unit, letter] of [
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const) {
    if (bps > unit) return `${Number((bps / unit).toPrecision(3))}${letter}`;
  }
  return String(Number(bps.toPrecision(3)));
}

/** As C's %g prints it: up to six digits, no trailing zeros. */
function number(value: number): string {
  return String(Number(value.toPrecision(6)));
}
