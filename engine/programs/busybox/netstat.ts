/** netstat: sockets and routes in the old layout. */
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { SocketRecord } from "../../kernel/transport/diagnostics.ts";
import { formatIpv4 } from "../../net/address.ts";
import { LAYOUT_1_60 } from "../net-tools/ifconfig/layout-1.60.ts";
import { makeNetstat } from "../net-tools/netstat/index.ts";
import { hostName } from "../net-tools/support/hosts.ts";
import { getopt } from "../support/getopt.ts";
import { serviceByPort } from "../support/services.ts";
import type { Applet } from "./applet.ts";

const routes = makeNetstat(LAYOUT_1_60);

const PROTOCOLS = [
  ["t", "tcp"],
  ["u", "udp"],
  ["w", "raw"],
] as const;

interface Choice {
  readonly numeric: boolean;
  readonly programs: boolean;
  readonly extended: boolean;
}

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  const parsed = getopt(argv, { short: "laentuwxrWp", long: {} });
  if (!parsed.ok) {
    yield* sys.printError(`${parsed.error}\n`);
    return 1;
  }
  const has = (name: string): boolean => parsed.options.some((option) => option.name === name);
  if (has("r")) {
    return yield* routes.main(sys, ["netstat", has("n") ? "-rn" : "-r"]);
  }
  const chosen = PROTOCOLS.filter(([letter]) => has(letter));
  const showsUnix = has("x") || chosen.length === 0;
  const protocols = chosen.length === 0 && !has("x") ? PROTOCOLS : chosen;
  const which = has("a")
    ? "(servers and established)"
    : has("l")
      ? "(only servers)"
      : "(w/o servers)";
  const choice: Choice = { numeric: has("n"), programs: has("p"), extended: has("e") };
  if (protocols.length > 0) {
    const extra = (choice.extended ? "User       Inode       " : "") + programHeading(choice);
    yield* sys.print(
      `Active Internet connections ${which}\n` +
        `Proto Recv-Q Send-Q Local Address           Foreign Address         State       ${extra}\n`,
    );
  }
  const owners = choice.programs ? ownersOf(sys) : new Map<number, string>();
  for (const [, protocol] of protocols) {
    for (const record of sys.sockets.list()) {
      if (record.protocol !== protocol) continue;
      if (!has("a") && isServer(record) !== has("l")) continue;
      yield* sys.print(describe(sys, record, choice, owners));
    }
  }
  if (showsUnix) {
    yield* sys.print(
      `Active UNIX domain sockets ${which}\n` +
        `Proto RefCnt Flags       Type       State         I-Node ${programHeading(choice)}Path\n`,
    );
  }
  return 0;
}

function programHeading(choice: Choice): string {
  return choice.programs ? "PID/Program name    " : "";
}

function isServer({ protocol, state, remote }: SocketRecord): boolean {
  return protocol === "tcp" ? state === "LISTEN" : remote.port === 0;
}

function describe(
  sys: Sys,
  record: SocketRecord,
  choice: Choice,
  owners: ReadonlyMap<number, string>,
): string {
  const sendQueue = record.state === "LISTEN" ? 0 : record.sendQueue;
  const receiveQueue = record.state === "LISTEN" ? 0 : record.receiveQueue;
  const queues = `${String(receiveQueue).padStart(6)} ${String(sendQueue).padStart(6)}`;
  const local = endText(sys, record, record.local, choice.numeric);
  const remote = endText(sys, record, record.remote, choice.numeric);
  const state = record.protocol === "udp" && record.remote.port === 0 ? "" : record.state;
  const owner = choice.extended
    ? `${String(record.uid).padEnd(10)} ${String(record.inode).padEnd(11)} `
    : "";
  const program = choice.programs ? (owners.get(record.inode) ?? "-") : "";
  return `${record.protocol}   ${queues} ${local.padEnd(23)} ${remote.padEnd(23)} ${state.padEnd(11)} ${owner}${program}\n`;
}

function endText(
  sys: Sys,
  record: SocketRecord,
  { ip, port }: SocketRecord["local"],
  numeric: boolean,
): string {
  const host =
    record.family === 6
      ? "::"
      : ((numeric || ip === 0 ? undefined : hostName(sys, ip)) ?? formatIpv4(ip));
  if (port === 0) return `${host}:*`;
  const { protocol } = record;
  const isKnown = !numeric && (protocol === "tcp" || protocol === "udp");
  return `${host}:${(isKnown ? serviceByPort(sys, port, protocol) : undefined) ?? port}`;
}

/** inode → `PID/name`, of the processes that can be looked into. */
function ownersOf(sys: Sys): ReadonlyMap<number, string> {
  const owners = new Map<number, string>();
  for (const pid of sys.readdir("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const [command = ""] = sys.readTextFile(`/proc/${pid}/cmdline`).split("\0");
      for (const fd of sys.readdir(`/proc/${pid}/fd`)) {
        const inode = /^socket:\[(\d+)\]$/.exec(sys.readlink(`/proc/${pid}/fd/${fd}`))?.[1];
        if (inode !== undefined) {
          owners.set(Number(inode), `${pid}/${command.replace(/^\/(?:.*\/)?/, "")}`);
        }
      }
    } catch {
      continue;
    }
  }
  return owners;
}

export const netstat: Applet = {
  name: "netstat",
  summary: "Display networking information",
  directory: "/bin",
  main,
};
