import { formatIpv4, type Ipv4 } from "../../../net/address.ts";
import { KernelError, strerror } from "../../../kernel/errno.ts";
import type { Program, ProgramDocs } from "../../../kernel/process/program.ts";
import type { SocketAddress, Sys } from "../../../kernel/process/sys.ts";
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import type { SocketRecord, TcpState } from "../../../kernel/transport/diagnostics.ts";
import { getopt, type ParsedOption } from "../../support/getopt.ts";
import { resolveAddress, resolveHost } from "../../support/resolve.ts";
import { serviceByName, serviceNames } from "../../support/services.ts";
import { type ColumnName, renderTable, type Row } from "./columns.ts";
import {
  extendedText,
  memoryText,
  socketUsers,
  tcpInfoText,
  timerText,
  tosText,
} from "./details.ts";
import {
  CONNECTED_STATES,
  EVERY_STATE,
  type Filter,
  FilterError,
  filterTokens,
  hostNames,
  parseFilter,
  parseStates,
} from "./filter.ts";
import { USAGE } from "./usage.ts";

type Table = "packet_raw" | "packet_dgram" | "raw" | "udp" | "tcp";

/** The order in which they are listed. */
const TABLES: readonly Table[] = ["packet_raw", "packet_dgram", "raw", "udp", "tcp"];

/** Tables of the real ss that have nothing in them here. */
const EMPTY_TABLES: readonly string[] = [
  "unix",
  "u",
  "x",
  "unix_dgram",
  "unix_stream",
  "unix_seqpacket",
  "netlink",
  "mptcp",
  "sctp",
  "dccp",
  "vsock",
  "vsock_stream",
  "vsock_dgram",
  "tipc",
  "xdp",
];

const QUERIES: Readonly<Record<string, readonly Table[]>> = {
  all: TABLES,
  inet: ["raw", "udp", "tcp"],
  tcp: ["tcp"],
  udp: ["udp"],
  raw: ["raw"],
  packet: ["packet_raw", "packet_dgram"],
  packet_raw: ["packet_raw"],
  packet_dgram: ["packet_dgram"],
};

const NETIDS: Readonly<Record<Table, string>> = {
  packet_raw: "p_raw",
  packet_dgram: "p_dgr",
  raw: "raw",
  udp: "udp",
  tcp: "tcp",
};

const STATE_TEXTS: Readonly<Record<TcpState, string>> = {
  ESTABLISHED: "ESTAB",
  SYN_SENT: "SYN-SENT",
  SYN_RECV: "SYN-RECV",
  FIN_WAIT1: "FIN-WAIT-1",
  FIN_WAIT2: "FIN-WAIT-2",
  TIME_WAIT: "TIME-WAIT",
  CLOSE: "UNCONN",
  CLOSE_WAIT: "CLOSE-WAIT",
  LAST_ACK: "LAST-ACK",
  LISTEN: "LISTEN",
  CLOSING: "CLOSING",
};

/** Names of IP protocols as /etc/protocols has them, for raw sockets. */
const PROTOCOL_NAMES: Readonly<Record<number, string>> = {
  1: "icmp",
  2: "igmp",
  4: "ipencap",
  6: "tcp",
  17: "udp",
  47: "gre",
  50: "esp",
  51: "ah",
  89: "ospf",
  255: "ipproto-255",
};

const LONG_OPTIONS = {
  numeric: "n",
  resolve: "r",
  options: "o",
  extended: "e",
  memory: "m",
  info: "i",
  processes: "p",
  threads: "T",
  bpf: "b",
  events: "E",
  dccp: "d",
  tcp: "t",
  sctp: "S",
  udp: "u",
  raw: "w",
  unix: "x",
  tipc: "tipc",
  vsock: "vsock",
  all: "a",
  listening: "l",
  ipv4: "4",
  ipv6: "6",
  packet: "0",
  family: "f",
  socket: "A",
  query: "A",
  summary: "s",
  diag: "D",
  filter: "F",
  version: "V",
  help: "h",
  context: "Z",
  contexts: "z",
  net: "N",
  kill: "K",
  "no-header": "H",
  oneline: "O",
  xdp: "xdp",
  mptcp: "M",
  tos: "tos",
  cgroup: "cgroup",
  tipcinfo: "tipcinfo",
  "inet-sockopt": "inet-sockopt",
} as const;

const WITH_ARGUMENT: readonly string[] = ["family", "socket", "query", "diag", "filter", "net"];
const UNMODELLED: readonly string[] = ["E", "D", "z", "cgroup", "tipcinfo", "inet-sockopt"];

const docs: ProgramDocs = {
  summary: "another utility to investigate sockets",
  synopsis: "ss [options] [ FILTER ]",
  options: [
    ["-n, --numeric", "ports as numbers"],
    ["-r, --resolve", "addresses as names"],
    ["-a, --all", "listening sockets and others"],
    ["-l, --listening", "listening sockets only"],
    ["-o, --options", "timers"],
    ["-e, --extended", "owner, inode, cookie"],
    ["-m, --memory", "buffers"],
    ["-p, --processes", "who uses the socket"],
    ["-i, --info", "what TCP knows of the connection"],
    ["-s, --summary", "how many sockets there are"],
    ["-4, --ipv4", "IPv4 only"],
    ["-6, --ipv6", "IPv6 only: nothing here"],
    ["-0, --packet", "packet sockets"],
    ["-t, --tcp", "TCP"],
    ["-u, --udp", "UDP"],
    ["-w, --raw", "raw sockets"],
    ["-x, --unix", "Unix sockets: nothing here"],
    ["-f, --family=FAMILY", "sockets of a family"],
    ["-A, --query=QUERY", "sockets of these tables"],
    ["-H, --no-header", "no header"],
    ["-K, --kill", "close the sockets that are shown"],
    ["-T, --threads", "the threads too"],
    ["-N, --net=NAME", "those of a network namespace"],
    ["-F, --filter=FILE", "the filter from a file"],
    ["--tos", "the type of service"],
    ["-O, --oneline", "everything of a socket on one line"],
    ["-V, --version", "the version"],
  ],
  examples: ["ss -tan", "ss -ltnp", "ss -tn state established '( dport = :443 or sport = :22 )'"],
  limitations: [
    "There are no Unix or netlink sockets to list.",
    "-i does not show delivery rates; -m shows the queues as they are.",
  ],
};

interface Settings {
  readonly flags: ReadonlySet<string>;
  readonly tables: readonly Table[];
  /** More than one table was asked for, empty ones included. */
  readonly showsNetid: boolean;
  readonly states: ReadonlySet<TcpState>;
  readonly filter: Filter;
}

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  const parsed = getopt(["ss", ...argv.slice(1)], {
    short: "halBetuwxnro460spTbEf:mMiA:D:F:vVzZN:KHSOd",
    long: Object.fromEntries(
      Object.keys(LONG_OPTIONS).map((name) => [
        name,
        WITH_ARGUMENT.includes(name) ? "required" : "none",
      ]),
    ),
  });
  if (!parsed.ok) {
    yield* sys.printError(`${parsed.error}\n${USAGE}`);
    return 255;
  }
  const flags = new Set<string>();
  const tables = new Set<string>();
  let states: readonly TcpState[] | undefined;
  for (const { name, value } of parsed.options) {
    const flag = LONG_OPTIONS[name as keyof typeof LONG_OPTIONS] ?? name;
    flags.add(flag);
    if (flag === "h") {
      yield* sys.print(USAGE);
      return 0;
    }
    if (flag === "V" || name === "v") {
      yield* sys.print("ss utility, iproute2-6.1.0\n");
      return 0;
    }
    if (flag === "Z") {
      yield* sys.printError("ss: SELinux is not enabled.\n");
      return 1;
    }
    if (UNMODELLED.includes(flag)) {
      yield* sys.printError(`ss: Podwire does not model the option '${optionText(name)}'\n`);
      return 1;
    }
    if (flag === "a") states = EVERY_STATE;
    if (flag === "l") states = ["LISTEN", "CLOSE"];
    const problem = addTables(tables, flag, value ?? "");
    if (problem !== undefined) {
      yield* sys.printError(`${problem}${USAGE}`);
      return 255;
    }
  }
  try {
    if (flags.has("s")) {
      yield* sys.print(summary(sys));
      return 0;
    }
    const namespace = optionValue(parsed.options, "N", "net");
    if (namespace !== undefined) enterNamespace(sys, namespace);
    const file = optionValue(parsed.options, "F", "filter");
    const words = [...parsed.operands, ...(file === undefined ? [] : [readFilter(sys, file)])];
    const settings = yield* settle(sys, flags, tables, states, words);
    yield* sys.print(yield* table(sys, settings));
    return 0;
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    yield* sys.printError(error.message + (error.usage ? USAGE : ""));
    return error.status;
  }
}

function optionValue(
  options: readonly ParsedOption[],
  ...names: readonly string[]
): string | undefined {
  return options.findLast(({ name }) => names.includes(name))?.value;
}

function enterNamespace(sys: Sys, name: string): void {
  try {
    sys.setns(`/run/netns/${name}`, "net");
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    const reason = strerror(error.errno);
    throw new FilterError(`Cannot open network namespace "${name}": ${reason}\n`, 255);
  }
}

function readFilter(sys: Sys, path: string): string {
  try {
    return sys.readTextFile(path);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    throw new FilterError(`fopen filter file: ${strerror(error.errno)}\n`, 255);
  }
}

function optionText(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}

/** Notes which tables an option asks for; returns what is wrong with it. */
function addTables(tables: Set<string>, flag: string, value: string): string | undefined {
  const add = (names: readonly string[]) => {
    for (const name of names) tables.add(name);
  };
  switch (flag) {
    case "t":
      add(["tcp"]);
      break;
    case "u":
      add(["udp"]);
      break;
    case "w":
      add(["raw"]);
      break;
    case "0":
      add(["packet_raw", "packet_dgram"]);
      break;
    case "x":
      add(["unix_dgram", "unix_stream", "unix_seqpacket"]);
      break;
    case "M":
    case "S":
    case "d":
      add(["sctp"]);
      break;
    case "A":
      for (const query of value.split(",")) {
        const found = QUERIES[query];
        if (!found && !EMPTY_TABLES.includes(query)) {
          return `ss: "${query}" is illegal socket table id\n`;
        }
        add(found ?? [query]);
      }
      break;
    case "f":
      if (value === "inet" || value === "inet6") break;
      if (value === "link") add(["packet_raw", "packet_dgram"]);
      else if (value === "unix") add(["unix_dgram", "unix_stream", "unix_seqpacket"]);
      else if (["netlink", "vsock", "tipc", "xdp"].includes(value)) add([value]);
      else return `ss: "${value}" is invalid family\n`;
      if (value === "inet6") tables.add("none");
      break;
    default:
      break;
  }
  return undefined;
}

function* settle(
  sys: Sys,
  flags: ReadonlySet<string>,
  asked: ReadonlySet<string>,
  optionStates: readonly TcpState[] | undefined,
  operands: readonly string[],
): Blocking<Settings> {
  const isInet = flags.has("4") || flags.has("6") || flags.has("f");
  const names = asked.size > 0 ? [...asked] : isInet ? ["raw", "udp", "tcp"] : [...TABLES, "unix"];
  const tables =
    flags.has("6") && !flags.has("4") ? [] : TABLES.filter((one) => names.includes(one));
  const selection = parseStates(operands);
  const states = selection.states ?? new Set(optionStates ?? defaultStates(names));
  const tokens = filterTokens(selection.rest);
  const addresses = new Map<string, Ipv4>();
  for (const name of hostNames(tokens)) {
    const found = yield* resolveHost(sys, name);
    if (found.ok) addresses.set(name, found.addresses[0]);
  }
  const filter = parseFilter(tokens, {
    addressOf: (name) => addresses.get(name),
    portByName: (name) => serviceByName(sys, name, "tcp") ?? serviceByName(sys, name, "udp"),
    localPortRange: localPortRange(sys),
  });
  return { flags, tables, showsNetid: names.length > 1, states, filter };
}

/** What a table shows when nothing is said of states; default_dbs[] of misc/ss.c. */
function defaultStates(tables: readonly string[]): readonly TcpState[] {
  if (tables.includes("tcp")) return CONNECTED_STATES;
  return tables.some((name) => name.startsWith("packet")) ? ["CLOSE"] : ["ESTABLISHED"];
}

function localPortRange(sys: Sys): readonly [number, number] {
  try {
    const [low, high] = sys
      .readTextFile("/proc/sys/net/ipv4/ip_local_port_range")
      .trim()
      .split(/\s+/)
      .map(Number);
    return [low ?? 32768, high ?? 60999];
  } catch (error) {
    if (error instanceof KernelError) return [32768, 60999];
    throw error;
  }
}

function tableOf(record: SocketRecord): Table {
  return record.protocol === "packet" ? "packet_raw" : record.protocol;
}

function* table(sys: Sys, settings: Settings): Blocking<string> {
  const { flags, states } = settings;
  const users = flags.has("p") || flags.has("T") ? socketUsers(sys, flags.has("T")) : undefined;
  const nowNs = sys.monotonicNs();
  const byTable = new Map<Table, SocketRecord[]>();
  for (const record of sys.sockets.list()) {
    const name = tableOf(record);
    if (!states.has(record.state) || !settings.filter(record)) continue;
    const list = byTable.get(name);
    if (list) list.push(record);
    else byTable.set(name, [record]);
  }
  const ports = new PortNames(sys, flags.has("n"), localPortRange(sys));
  const rows: Row[] = [];
  for (const name of settings.tables) {
    for (const record of byTable.get(name) ?? []) {
      if (flags.has("K") && !(yield* kill(sys, record))) continue;
      const local = yield* addressTexts(sys, settings, record, record.local, ports);
      const peer = yield* addressTexts(sys, settings, record, record.remote, ports);
      rows.push({
        netid: NETIDS[name],
        state: STATE_TEXTS[record.state],
        receive: String(record.receiveQueue).padEnd(6),
        send: String(record.sendQueue).padEnd(6),
        localAddress: local.address,
        localPort: local.port,
        peerAddress: peer.address,
        peerPort: peer.port,
        process: details(flags, record, users, nowNs),
      });
    }
  }
  const hidden = new Set<ColumnName>();
  if (!settings.showsNetid) hidden.add("netid");
  if (states.size === 1) hidden.add("state");
  return renderTable(rows, {
    hidden,
    header: !flags.has("H"),
    terminalColumns: sys.isatty(1) ? sys.windowSize(1).columns : undefined,
  });
}

/** False: it is not to be shown, because it is gone or cannot be closed so. */
function* kill(sys: Sys, record: SocketRecord): Blocking<boolean> {
  try {
    sys.sockets.destroy(record);
    return true;
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    if (error.errno !== "ENOENT" && error.errno !== "EOPNOTSUPP") {
      yield* sys.printError(`RTNETLINK answers: ${strerror(error.errno)}\n`);
    }
    return false;
  }
}

/** An address column ends with the colon that stands before the port. */
function* addressTexts(
  sys: Sys,
  settings: Settings,
  record: SocketRecord,
  address: SocketAddress,
  ports: PortNames,
): Blocking<{ readonly address: string; readonly port: string }> {
  const { flags } = settings;
  if (record.protocol === "packet") return packetTexts(record, address);
  if (record.family === 6) return { address: "[::]:", port: ports.text(record, address.port) };
  const name =
    flags.has("r") && address.ip !== 0 ? yield* resolveAddress(sys, address.ip) : undefined;
  const device = address === record.local && record.boundDevice ? `%${record.boundDevice}` : "";
  return {
    address: `${name ?? formatIpv4(address.ip)}${device}:`,
    port: ports.text(record, address.port),
  };
}

function packetTexts(
  record: SocketRecord,
  address: SocketAddress,
): { readonly address: string; readonly port: string } {
  if (address !== record.local) return { address: "*", port: "" };
  const ethPAll = 3;
  const type = address.port === ethPAll ? "*" : etherTypeText(address.port);
  return { address: `${type}:`, port: record.boundDevice || "*" };
}

function etherTypeText(type: number): string {
  if (type === 0x0800) return "ip";
  return type === 0x0806 ? "arp" : `[${type}]`;
}

/** Ports as numbers or as the services' names. */
class PortNames {
  private readonly names: ReadonlyMap<string, string>;

  constructor(
    sys: Sys,
    private readonly isNumeric: boolean,
    /** Ports of clients have no names. */
    private readonly range: readonly [low: number, high: number],
  ) {
    this.names = isNumeric ? new Map() : serviceNames(sys);
  }

  text({ protocol }: SocketRecord, port: number): string {
    if (port === 0) return "*";
    if (this.isNumeric) return String(port);
    if (protocol === "raw") return PROTOCOL_NAMES[port] ?? String(port);
    if (port >= this.range[0] && port <= this.range[1]) return String(port);
    return this.names.get(`${port}/${protocol}`) ?? String(port);
  }
}

function details(
  flags: ReadonlySet<string>,
  record: SocketRecord,
  users: ReadonlyMap<number, readonly string[]> | undefined,
  nowNs: number,
): string {
  let text = "";
  if (flags.has("o") || flags.has("e")) text += timerText(record, nowNs);
  const holders = record.inode === 0 ? undefined : users?.get(record.inode);
  if (holders) text += ` users:(${holders.join(",")})`;
  if (flags.has("e")) text += extendedText(record);
  if (flags.has("tos")) text += tosText(record);
  const showsInfo = flags.has("i") && record.protocol === "tcp";
  if (!flags.has("m") && !showsInfo) return text;
  if (!flags.has("O")) text += "\n\t";
  if (flags.has("m")) text += memoryText(record);
  if (showsInfo)
    text += tcpInfoText(record, nowNs, {
      options: flags.has("o"),
      plainRates: flags.has("n"),
    });
  return text;
}

/** print_summary() of misc/ss.c */
function summary(sys: Sys): string {
  const text = sys.readTextFile("/proc/net/sockstat");
  const value = (line: string, field: string): number => {
    const match = new RegExp(`^${line}:.*\\b${field} (\\d+)`, "m").exec(text);
    return match ? Number(match[1]) : 0;
  };
  const established = sys.sockets
    .list()
    .filter(({ protocol, state }) => protocol === "tcp" && isCounted(state)).length;
  const inuse = value("TCP", "inuse");
  const waiting = value("TCP", "tw");
  const total = value("TCP", "alloc");
  const raw = value("RAW", "inuse");
  const udp = value("UDP", "inuse");
  const frag = value("FRAG", "inuse");
  const line = (name: string, count: number): string =>
    `${name}\t  ${String(count).padEnd(9)} ${String(count).padEnd(9)} ${"0".padEnd(9)}\n`;
  return (
    `Total: ${value("sockets", "used")}\n` +
    `TCP:   ${total + waiting} (estab ${established}, closed ${total - inuse + waiting}, ` +
    `orphaned ${value("TCP", "orphan")}, timewait ${waiting})\n\n` +
    `Transport Total     IP        IPv6\n` +
    line("RAW", raw) +
    line("UDP", udp) +
    line("TCP", inuse) +
    line("INET", raw + udp + inuse) +
    line("FRAG", frag) +
    "\n"
  );
}

/** CurrEstab, RFC 4022. */
function isCounted(state: TcpState): boolean {
  return state === "ESTABLISHED" || state === "CLOSE_WAIT";
}

export const ss: Program = { name: "ss", package: "iproute2", directory: "/usr/bin", docs, main };
