/** What -o, -p, -e, -m and -i add to a socket's line. */
import { MILLISECOND, type Ns, SECOND } from "../../../sim/clock.ts";
import { KernelError } from "../../../kernel/errno.ts";
import type { Sys } from "../../../kernel/process/sys.ts";
import type { SocketRecord, TcpInfo } from "../../../kernel/transport/diagnostics.ts";

/** Which processes hold which sockets: inode → `("nc",pid=24,fd=3)`, the latest process first. */
export function socketUsers(sys: Sys): ReadonlyMap<number, readonly string[]> {
  const users = new Map<number, string[]>();
  for (const entry of readDirectory(sys, "/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    for (const fd of readDirectory(sys, `/proc/${entry}/fd`)) {
      const inode = socketInode(sys, `/proc/${entry}/fd/${fd}`);
      if (inode === undefined) continue;
      const name = commandName(sys, entry);
      const list = users.get(inode) ?? [];
      list.unshift(`("${name}",pid=${entry},fd=${fd})`);
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

export function memoryText(record: SocketRecord): string {
  const received = record.state === "LISTEN" ? 0 : record.receiveQueue;
  const sent = record.state === "LISTEN" ? 0 : record.sendQueue;
  return (
    ` skmem:(r${received},rb${record.receiveBuffer},t0,tb${record.sendBuffer},f0,w${sent},` +
    `o0,bl0,d0)`
  );
}

/** tcp_stats_print() of misc/ss.c, for what the emulated kernel keeps. */
export function tcpInfoText(record: SocketRecord, nowNs: Ns): string {
  const { tcp } = record;
  if (!tcp) return record.state === "LISTEN" ? " cubic cwnd:10" : "";
  const parts: string[] = [];
  if (tcp.timestamps) parts.push("ts");
  if (tcp.sack) parts.push("sack");
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
  if (rate > 0) parts.push(`send ${rateText(rate)}bps`);
  pushAge(parts, "lastsnd", nowNs - tcp.lastSentNs);
  pushAge(parts, "lastrcv", nowNs - tcp.lastReceivedNs);
  pushAge(parts, "lastack", nowNs - tcp.lastAckNs);
  if (tcp.retransmitted > 0) parts.push(`retrans:0/${tcp.retransmitted}`);
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

/** sprint_bw() */
function rateText(bps: number): string {
  return String(Math.round(bps));
}

/** As C's %g prints it: up to six digits, no trailing zeros. */
function number(value: number): string {
  return String(Number(value.toPrecision(6)));
}
