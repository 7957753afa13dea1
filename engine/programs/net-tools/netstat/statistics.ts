/** `netstat -s`: the counters of /proc/net/snmp and /proc/net/netstat in words. */
import type { Sys } from "../../../kernel/process/sys.ts";

/** `always`: shown when it is 0 too; `counter`: only when it is not. */
type When = "always" | "counter" | "never";
type Row = readonly [counter: string, text: string, when: When];

const IP: readonly Row[] = [
  ["Forwarding", "Forwarding: %u", "always"],
  ["DefaultTTL", "", "never"],
  ["InReceives", "%u total packets received", "always"],
  ["InHdrErrors", "%u with invalid headers", "counter"],
  ["InAddrErrors", "%u with invalid addresses", "counter"],
  ["ForwDatagrams", "%u forwarded", "always"],
  ["InUnknownProtos", "%u with unknown protocol", "counter"],
  ["InDiscards", "%u incoming packets discarded", "always"],
  ["InDelivers", "%u incoming packets delivered", "always"],
  ["OutRequests", "%u requests sent out", "always"],
  ["OutDiscards", "%u outgoing packets dropped", "counter"],
  ["OutNoRoutes", "%u dropped because of missing route", "counter"],
  ["ReasmTimeout", "%u fragments dropped after timeout", "counter"],
  ["ReasmReqds", "%u reassemblies required", "counter"],
  ["ReasmOKs", "%u packets reassembled ok", "counter"],
  ["ReasmFails", "%u packet reassemblies failed", "counter"],
  ["FragOKs", "%u fragments received ok", "counter"],
  ["FragFails", "%u fragments failed", "counter"],
  ["FragCreates", "%u fragments created", "counter"],
];

const ICMP: readonly Row[] = [
  ["InMsgs", "%u ICMP messages received", "always"],
  ["InErrors", "%u input ICMP message failed", "always"],
  ["OutMsgs", "%u ICMP messages sent", "always"],
  ["OutErrors", "%u ICMP messages failed", "always"],
];

const HISTOGRAM: readonly (readonly [counter: string, text: string])[] = [
  ["DestUnreachs", "destination unreachable"],
  ["TimeExcds", "timeout in transit"],
  ["ParmProbs", "wrong parameters"],
  ["SrcQuenchs", "source quenches"],
  ["Redirects", "redirects"],
  ["Echos", "echo requests"],
  ["EchoReps", "echo replies"],
  ["Timestamps", "timestamp request"],
  ["TimestampReps", "timestamp reply"],
  ["AddrMasks", "address mask request"],
  ["AddrMaskReps", "address mask replies"],
];

const TCP: readonly Row[] = [
  ["ActiveOpens", "%u active connection openings", "always"],
  ["PassiveOpens", "%u passive connection openings", "always"],
  ["AttemptFails", "%u failed connection attempts", "always"],
  ["EstabResets", "%u connection resets received", "always"],
  ["CurrEstab", "%u connections established", "always"],
  ["InSegs", "%u segments received", "always"],
  ["OutSegs", "%u segments sent out", "always"],
  ["RetransSegs", "%u segments retransmitted", "always"],
  ["InErrs", "%u bad segments received", "always"],
  ["OutRsts", "%u resets sent", "always"],
];

const UDP: readonly Row[] = [
  ["InDatagrams", "%u packets received", "always"],
  ["NoPorts", "%u packets to unknown port received", "always"],
  ["InErrors", "%u packet receive errors", "always"],
  ["OutDatagrams", "%u packets sent", "always"],
  ["RcvbufErrors", "%u receive buffer errors", "always"],
  ["SndbufErrors", "%u send buffer errors", "always"],
];

/** TcpExt counters whose words are known; the others are printed as `Name: N`. */
const TCP_EXT: readonly Row[] = [
  ["SyncookiesSent", "%u SYN cookies sent", "counter"],
  ["SyncookiesRecv", "%u SYN cookies received", "counter"],
  ["SyncookiesFailed", "%u invalid SYN cookies received", "counter"],
  ["EmbryonicRsts", "%u resets received for embryonic SYN_RECV sockets", "counter"],
  ["TW", "%u TCP sockets finished time wait in fast timer", "counter"],
  ["TWRecycled", "%u time wait sockets recycled by time stamp", "counter"],
  ["TWKilled", "%u TCP sockets finished time wait in slow timer", "counter"],
  ["DelayedACKs", "%u delayed acks sent", "counter"],
  ["DelayedACKLocked", "%u delayed acks further delayed because of locked socket", "counter"],
  ["DelayedACKLost", "Quick ack mode was activated %u times", "counter"],
  ["ListenOverflows", "%u times the listen queue of a socket overflowed", "counter"],
  ["ListenDrops", "%u SYNs to LISTEN sockets dropped", "counter"],
  ["TCPHPHits", "%u packet headers predicted", "always"],
  ["TCPPureAcks", "%u acknowledgments not containing data payload received", "counter"],
  ["TCPHPAcks", "%u predicted acknowledgments", "counter"],
  ["TCPTimeouts", "%u other TCP timeouts", "counter"],
  ["TCPAbortOnData", "%u connections reset due to unexpected data", "counter"],
  ["TCPAbortOnClose", "%u connections reset due to early user close", "counter"],
  ["TCPAbortOnTimeout", "%u connections aborted due to timeout", "counter"],
];

type Table = ReadonlyMap<string, readonly (readonly [name: string, value: string])[]>;

/** Pairs of lines: `Ip: Name Name …` and `Ip: 1 2 …`. */
function readCounters(sys: Sys, path: string): Table {
  const table = new Map<string, readonly (readonly [string, string])[]>();
  if (!sys.access(path, { read: true })) return table;
  const lines = sys.readTextFile(path).split("\n");
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const [title = "", ...names] = (lines[at] ?? "").split(" ");
    const values = (lines[at + 1] ?? "").split(" ").slice(1);
    table.set(
      title,
      names.map((name, index) => [name, values[index] ?? "0"] as const),
    );
  }
  return table;
}

function describe(
  counters: readonly (readonly [string, string])[],
  rows: readonly Row[],
  unknown: boolean,
): string {
  let text = "";
  for (const [name, value] of counters) {
    const row = rows.find(([counter]) => counter === name);
    if (!row) {
      if (unknown && value !== "0") text += `    ${name}: ${value}\n`;
    } else if (row[2] === "always" || (row[2] === "counter" && value !== "0")) {
      text += `    ${row[1].replace("%u", value)}\n`;
    }
  }
  return text;
}

function describeIcmp(counters: readonly (readonly [string, string])[]): string {
  const value = (name: string): string =>
    counters.find(([counter]) => counter === name)?.[1] ?? "0";
  const side = (prefix: "In" | "Out"): string => {
    const titles = ICMP.filter(([counter]) => counter.startsWith(prefix));
    const lines = titles.map(([counter, text]) => `    ${text.replace("%u", value(counter))}\n`);
    const direction = prefix === "In" ? "input" : "output";
    const rows = HISTOGRAM.map(([name, text]) => {
      // Only what is received is "in transit".
      const shown = prefix === "Out" && name === "TimeExcds" ? "time exceeded" : text;
      return [shown, value(prefix + name)] as const;
    });
    const shown = rows.filter(([, count]) => count !== "0");
    return (
      `${lines.join("")}    ICMP ${direction} histogram:\n` +
      shown.map(([text, count]) => `        ${text}: ${count}\n`).join("")
    );
  };
  return side("In") + side("Out");
}

export function statistics(sys: Sys, only: ReadonlySet<string>): string {
  const snmp = readCounters(sys, "/proc/net/snmp");
  const extended = readCounters(sys, "/proc/net/netstat");
  let text = "";
  for (const [title, counters] of [...snmp, ...extended]) {
    if (only.size > 0 && !only.has(title)) continue;
    text += `${title}\n`;
    if (title === "Icmp:") text += describeIcmp(counters);
    else if (title === "IcmpMsg:") {
      text += counters.map(([name, value]) => `        ${name}: ${value}\n`).join("");
    } else if (title === "Ip:") text += describe(counters, IP, true);
    else if (title === "Tcp:") text += describe(counters, TCP, false);
    else if (title === "Udp:") text += describe(counters, UDP, true);
    else if (title === "UdpLite:") text += describe(counters, [], true);
    else text += describe(counters, TCP_EXT, true);
  }
  return text;
}
