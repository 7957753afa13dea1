/** /proc/net/tcp, udp, raw, packet and sockstat. Linux tcp4_seq_show(), udp4_format_sock(). */
import { SECOND } from "../../sim/clock.ts";
import type { SocketAddress } from "../process/sys.ts";
import type { SocketRecord, SocketTimer, TcpState } from "./diagnostics.ts";
import type { SocketLayer } from "./layer.ts";

/** include/net/tcp_states.h */
const STATE_NUMBERS: Readonly<Record<TcpState, number>> = {
  ESTABLISHED: 1,
  SYN_SENT: 2,
  SYN_RECV: 3,
  FIN_WAIT1: 4,
  FIN_WAIT2: 5,
  TIME_WAIT: 6,
  CLOSE: 7,
  CLOSE_WAIT: 8,
  LAST_ACK: 9,
  LISTEN: 10,
  CLOSING: 11,
};

const TIMER_NUMBERS: Readonly<Record<SocketTimer["kind"], number>> = {
  on: 1,
  keepalive: 2,
  timewait: 3,
  persist: 4,
};

/** USER_HZ */
const CLOCK_TICKS = 100;
const TCP_LINE_WIDTH = 149;
const UDP_LINE_WIDTH = 127;

export function procNetSockets(layer: SocketLayer): [name: string, text: () => string][] {
  const ofKind = (protocol: SocketRecord["protocol"]) =>
    layer.list().filter((record) => record.protocol === protocol && record.family !== 6);
  const ipv6 = () => layer.list().filter((record) => record.family === 6);
  return [
    ["tcp", () => tcpTable(ofKind("tcp"), layer.context.sim.nowNs)],
    ["tcp6", () => tcp6Table(ipv6(), layer.context.sim.nowNs)],
    ["udp", () => datagramTable(ofKind("udp"), "   sl  ", 5)],
    ["raw", () => datagramTable(ofKind("raw"), "  sl  ", 4)],
    ["packet", () => packetTable(ofKind("packet"), (name) => layer.context.deviceIndex(name) ?? 0)],
    ["sockstat", () => sockstat(layer.list())],
  ];
}

function hex(value: number, width: number): string {
  return value.toString(16).toUpperCase().padStart(width, "0");
}

/** The address is printed as the little-endian machine has it in memory. */
function address({ ip, port }: SocketAddress): string {
  const swapped = (ip & 255) * 2 ** 24 + ((ip >>> 8) & 255) * 65536 + ((ip >>> 16) & 255) * 256;
  return `${hex(swapped + (ip >>> 24), 8)}:${hex(port, 4)}`;
}

/** A kernel address, as %pK shows it: the same for a socket as long as it lives. */
function pointer(inode: number): string {
  return (Math.imul(inode, 0x9e3779b1) >>> 0).toString(16).padStart(16, "0");
}

function tcpTable(records: readonly SocketRecord[], nowNs: number): string {
  const head =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
  const lines = records.map((record, index) => tcpLine(record, index, nowNs));
  return [head, ...lines].map((line) => `${line.padEnd(TCP_LINE_WIDTH)}\n`).join("");
}

/** Only sockets that listen on `::`. */
function tcp6Table(records: readonly SocketRecord[], nowNs: number): string {
  const any = "0".repeat(24);
  const head =
    "  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
  const lines = records.map((record, index) =>
    tcpLine(record, index, nowNs).replace(/: (0{8}:\S+) (0{8}:\S+)/, `: ${any}$1 ${any}$2`),
  );
  return [head, ...lines].map((line) => `${line}\n`).join("");
}

function tcpLine(record: SocketRecord, index: number, nowNs: number): string {
  const { timer } = record;
  const isListening = record.state === "LISTEN";
  const left = timer
    ? Math.max(0, Math.round(((timer.expiresNs - nowNs) * CLOCK_TICKS) / SECOND))
    : 0;
  const queues = `${hex(isListening ? 0 : record.sendQueue, 8)}:${hex(record.receiveQueue, 8)}`;
  const timers = `${hex(timer ? TIMER_NUMBERS[timer.kind] : 0, 2)}:${hex(left, 8)}`;
  const start =
    `${String(index).padStart(4)}: ${address(record.local)} ${address(record.remote)}` +
    ` ${hex(STATE_NUMBERS[record.state], 2)} ${queues} ${timers}`;
  const retransmissions = hex(timer && timer.kind !== "timewait" ? timer.retransmissions : 0, 8);
  const owner = `${retransmissions} ${String(record.uid).padStart(5)}`;
  if (record.state === "TIME_WAIT") {
    return `${start} 00000000     0        0 0 3 ${pointer(record.local.port)}`;
  }
  const references = timer?.kind === "on" ? 2 : 1;
  const end = `${owner} ${"0".padStart(8)} ${record.inode} ${references} ${pointer(record.inode)}`;
  if (isListening) return `${start} ${end} 100 0 0 10 0`;
  const rtoTicks = Math.round(((record.tcp?.rtoNs ?? SECOND) * CLOCK_TICKS) / SECOND);
  const window = record.tcp?.congestionWindow ?? 10;
  const threshold = record.tcp?.slowStartThreshold ?? -1;
  const delayTicks = Math.round(((record.tcp?.ackDelayNs ?? 0) * CLOCK_TICKS) / SECOND);
  const quick = (record.tcp?.quickAcks ?? 0) * 2 + (record.tcp?.interactive ? 1 : 0);
  return `${start} ${end} ${rtoTicks} ${delayTicks} ${quick} ${window} ${threshold}`;
}

function datagramTable(records: readonly SocketRecord[], head: string, indent: number): string {
  const title = `${head}local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops`;
  const lines = records.map((record) => {
    const state = hex(STATE_NUMBERS[record.state], 2);
    const queues = `${hex(record.sendQueue, 8)}:${hex(record.receiveQueue, 8)}`;
    return (
      `${String(record.local.port).padStart(indent)}: ${address(record.local)}` +
      ` ${address(record.remote)} ${state} ${queues} 00:00000000 00000000` +
      ` ${String(record.uid).padStart(5)} ${"0".padStart(8)} ${record.inode} 2` +
      ` ${pointer(record.inode)} 0`
    );
  });
  return [title, ...lines].map((line) => `${line.padEnd(UDP_LINE_WIDTH)}\n`).join("");
}

function packetTable(
  records: readonly SocketRecord[],
  indexOf: (device: string) => number,
): string {
  const lines = records.map(
    (record) =>
      `${pointer(record.inode)} 3      3    ${hex(record.local.port, 4).toLowerCase()}` +
      `   ${String(indexOf(record.boundDevice)).padEnd(5)} 1 ${String(record.receiveQueue).padEnd(6)}` +
      ` ${String(record.uid).padEnd(6)} ${record.inode}\n`,
  );
  return `sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n${lines.join("")}`;
}

function sockstat(records: readonly SocketRecord[]): string {
  const count = (keep: (record: SocketRecord) => boolean) => records.filter(keep).length;
  const tcp = count(
    (r) => r.protocol === "tcp" && r.state !== "TIME_WAIT" && r.state !== "SYN_RECV",
  );
  const waiting = count((r) => r.protocol === "tcp" && r.state === "TIME_WAIT");
  const orphans = count((r) => r.protocol === "tcp" && isOrphan(r));
  const udp = count((r) => r.protocol === "udp");
  const raw = count((r) => r.protocol === "raw");
  const used = count((r) => r.inode !== 0);
  return (
    `sockets: used ${used}\n` +
    `TCP: inuse ${tcp} orphan ${orphans} tw ${waiting} alloc ${tcp} mem 0\n` +
    `UDP: inuse ${udp} mem 0\n` +
    `UDPLITE: inuse 0\n` +
    `RAW: inuse ${raw}\n` +
    `FRAG: inuse 0 memory 0\n`
  );
}

/** Closed by its program and still ending. */
function isOrphan(record: SocketRecord): boolean {
  const { state, inode } = record;
  return inode === 0 && !["TIME_WAIT", "SYN_RECV", "ESTABLISHED", "CLOSE_WAIT"].includes(state);
}
