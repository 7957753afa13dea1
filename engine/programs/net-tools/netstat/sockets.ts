/** `netstat -tuw`: sockets, from the same data as /proc/net/tcp, udp and raw. */
import type { Sys } from "../../../kernel/process/sys.ts";
import type { SocketRecord } from "../../../kernel/transport/diagnostics.ts";
import { formatIpv4 } from "../../../net/address.ts";
import { hostName } from "../support/hosts.ts";

export interface SocketChoice {
  readonly protocols: readonly ("tcp" | "udp" | "raw")[];
  readonly all: boolean;
  readonly listening: boolean;
  readonly numericHosts: boolean;
  readonly numericPorts: boolean;
  readonly extended: boolean;
  readonly programs: boolean;
  readonly timers: boolean;
  readonly wide: boolean;
}

const NS_PER_SECOND = 1e9;

export function socketHeading(choice: SocketChoice): string {
  const which = choice.listening
    ? "(only servers)"
    : choice.all
      ? "(servers and established)"
      : "(w/o servers)";
  return (
    `Active Internet connections ${which}\n` +
    "Proto Recv-Q Send-Q Local Address           Foreign Address         State      " +
    (choice.extended ? " User       Inode     " : "") +
    (choice.programs ? " PID/Program name    " : "") +
    (choice.timers ? " Timer" : "") +
    "\n"
  );
}

function isListening(record: SocketRecord): boolean {
  if (record.protocol === "tcp") return record.state === "LISTEN";
  return record.remote.ip === 0 && record.remote.port === 0;
}

function isShown(record: SocketRecord, choice: SocketChoice): boolean {
  if (choice.all) return true;
  return isListening(record) === choice.listening;
}

/** Names of services in /etc/services, such as `80/tcp` → `http`. */
function readServices(sys: Sys): ReadonlyMap<string, string> {
  const services = new Map<string, string>();
  if (!sys.access("/etc/services", { read: true })) return services;
  for (const line of sys.readTextFile("/etc/services").split("\n")) {
    const [name, port] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (name && port && !services.has(port)) services.set(port, name);
  }
  return services;
}

/** inode → `PID/name`, of every process whose descriptors can be read. */
function readOwners(sys: Sys): ReadonlyMap<number, string> {
  const owners = new Map<number, string>();
  for (const pid of sys.readdir("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const words = sys.readTextFile(`/proc/${pid}/cmdline`).split("\0");
      const name = (words[0] ?? "").split("/").at(-1)?.split(" ")[0] ?? "";
      for (const fd of sys.readdir(`/proc/${pid}/fd`)) {
        const match = /^socket:\[(\d+)\]$/.exec(sys.readlink(`/proc/${pid}/fd/${fd}`));
        if (match && !owners.has(Number(match[1]))) {
          owners.set(Number(match[1]), `${pid}/${name}`.slice(0, 19));
        }
      }
    } catch {
      continue;
    }
  }
  return owners;
}

const USER_NAMES_FROM = "/etc/passwd";

function readUsers(sys: Sys): ReadonlyMap<string, string> {
  if (!sys.access(USER_NAMES_FROM, { read: true })) return new Map();
  const lines = sys.readTextFile(USER_NAMES_FROM).split("\n");
  return new Map(
    lines.map((line) => line.split(":")).map(([name = "", , uid = ""]) => [uid, name]),
  );
}

export function socketTable(sys: Sys, choice: SocketChoice): string {
  const services = choice.numericPorts ? new Map<string, string>() : readServices(sys);
  const owners = choice.programs ? readOwners(sys) : new Map<number, string>();
  const users = choice.numericHosts ? new Map<string, string>() : readUsers(sys);
  const records = sys.sockets.list();
  let text = "";
  for (const protocol of choice.protocols) {
    const own = records.filter((record) => record.protocol === protocol && isShown(record, choice));
    // The kernel lists the listening hash before the connections.
    const ordered = [
      ...own.filter(isListening),
      ...own.filter((record) => !isListening(record)),
    ].sort((a, b) => (a.family ?? 4) - (b.family ?? 4));
    for (const record of ordered)
      text += describe(sys, record, choice, { services, owners, users });
  }
  return text;
}

interface Names {
  readonly services: ReadonlyMap<string, string>;
  readonly owners: ReadonlyMap<number, string>;
  readonly users: ReadonlyMap<string, string>;
}

function endText(
  sys: Sys,
  record: SocketRecord,
  end: SocketRecord["local"],
  choice: SocketChoice,
  names: Names,
): string {
  const host =
    record.family === 6
      ? "::"
      : ((choice.numericHosts || end.ip === 0 ? undefined : hostName(sys, end.ip)) ??
        formatIpv4(end.ip));
  const number = record.protocol === "raw" && end === record.local ? record.rawProtocol : end.port;
  const port = !number
    ? "*"
    : (names.services.get(`${number}/${record.protocol}`) ?? String(number));
  if (choice.wide) return `${host}:${port}`.padEnd(23);
  return `${host.slice(0, Math.max(0, 22 - port.length))}:${port}`.padEnd(23);
}

function stateText(record: SocketRecord): string {
  if (record.protocol === "raw") return "7";
  if (record.protocol === "udp") return record.remote.port === 0 ? "" : "ESTABLISHED";
  return record.state;
}

function timerText(sys: Sys, record: SocketRecord): string {
  const { timer } = record;
  if (!timer) return "off (0.00/0/0)";
  const kind = timer.kind === "persist" ? "probe" : timer.kind;
  const left = Math.max(0, timer.expiresNs - sys.monotonicNs()) / NS_PER_SECOND;
  return `${kind} (${left.toFixed(2)}/${timer.retransmissions}/0)`;
}

function describe(sys: Sys, record: SocketRecord, choice: SocketChoice, names: Names): string {
  const right = (value: number, width: number): string => String(value).padStart(width);
  const sendQueue = record.state === "LISTEN" ? 0 : record.sendQueue;
  let text =
    `${`${record.protocol}${record.family ?? ""}`.padEnd(4)} ${right(record.receiveQueue, 7)} ${right(sendQueue, 6)} ` +
    `${endText(sys, record, record.local, choice, names)} ` +
    `${endText(sys, record, record.remote, choice, names)} ${stateText(record).padEnd(11)}`;
  if (choice.extended) {
    const user = names.users.get(String(record.uid)) ?? String(record.uid);
    text += ` ${user.padEnd(10)} ${String(record.inode).padEnd(10)}`;
  }
  if (choice.programs) text += ` ${(names.owners.get(record.inode) ?? "-").padEnd(20)}`;
  if (choice.timers) text += ` ${timerText(sys, record)}`;
  return `${text}\n`;
}
