/** netstat(8) */
import type { Program } from "../../../kernel/process/program.ts";
import type { Sys } from "../../../kernel/process/sys.ts";
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import { formatIpv4, type Ipv4 } from "../../../net/address.ts";
import { formatIpv6, type Ipv6 } from "../../../net/ipv6.ts";
import { getopt } from "../../support/getopt.ts";
import type { IfconfigLayout } from "../ifconfig/layout.ts";
import { Failure, guarded, notModelled } from "../support/fail.ts";
import { listInterfaces } from "../support/interfaces.ts";
import { routeTable } from "../support/route-table.ts";
import { route6Table } from "../support/route-table-6.ts";
import { NETSTAT_USAGE, ROUTE_FAMILIES } from "../support/usage.ts";
import { socketHeading, socketTable, type SocketChoice } from "./sockets.ts";
import { statistics } from "./statistics.ts";

const E_USAGE = 3;
const NS_PER_SECOND = 1e9;

const VERSION =
  "Fred Baumgarten, Alan Cox, Bernd Eckenfels, Phil Blundell, Tuan Hoang, Brian Micek and others\n" +
  "+NEW_ADDRT +RTF_IRTT +RTF_REJECT +FW_MASQUERADE +I18N +SELINUX\n" +
  "AF: (inet) +UNIX +INET +INET6 +IPX +AX25 +NETROM +X25 +ATALK +ECONET +ROSE -BLUETOOTH\n" +
  "HW:  +ETHER +ARC +SLIP +PPP +TUNNEL -TR +AX25 +NETROM +X25 +FR +ROSE +ASH +SIT +FDDI +HIPPI +HDLC/LAPB +EUI64 \n";

const LONG = {
  version: "V",
  interfaces: "i",
  help: "h",
  route: "r",
  statistics: "s",
  groups: "g",
  masquerade: "M",
  verbose: "v",
  wide: "W",
  numeric: "n",
  symbolic: "N",
  extend: "e",
  programs: "p",
  timers: "o",
  continuous: "c",
  listening: "l",
  all: "a",
  fib: "F",
  cache: "C",
  tcp: "t",
  udp: "u",
  udplite: "U",
  sctp: "S",
  raw: "w",
  unix: "x",
  context: "Z",
  inet: "4",
  inet6: "6",
} as const;

/** What has been asked for: letters, and how often `-e` was given. */
class Choice {
  private readonly letters = new Set<string>();
  extended = 0;
  numericHosts = false;
  numericPorts = false;

  add(letter: string): void {
    if (letter === "e") this.extended += 1;
    if (letter === "n") {
      this.numericHosts = true;
      this.numericPorts = true;
    }
    this.letters.add(letter);
  }

  has(...letters: readonly string[]): boolean {
    return letters.some((letter) => this.letters.has(letter));
  }
}

function parse(argv: readonly string[]): Choice {
  const long: Record<string, "none" | "required"> = { protocol: "required" };
  for (const name of Object.keys(LONG)) long[name] = "none";
  for (const name of ["numeric-hosts", "numeric-ports", "numeric-users"]) long[name] = "none";
  for (const name of ["ax25", "ipx", "netrom"]) long[name] = "none";
  const parsed = getopt(argv, { short: "A:CFMacdeghilnNoprsStuUvVWw64x?Z", long });
  if (!parsed.ok) throw new Failure(E_USAGE, `${parsed.error}\n${NETSTAT_USAGE}${ROUTE_FAMILIES}`);
  const choice = new Choice();
  for (const { name, value } of parsed.options) {
    if (name === "numeric-hosts") choice.numericHosts = true;
    else if (name === "numeric-ports") choice.numericPorts = true;
    else if (name === "numeric-users") continue;
    else if (name === "A" || name === "protocol") {
      if (value !== "inet") throw notModelled("netstat", `the address family '${value}'`);
      choice.add("4");
    } else if (["ax25", "ipx", "netrom"].includes(name)) {
      throw notModelled("netstat", `--${name}`);
    } else choice.add(Object.hasOwn(LONG, name) ? LONG[name as keyof typeof LONG] : name);
  }
  return choice;
}

/** /proc/net/igmp: a device's line, then one line a group, least significant byte first. IPv6: a line each. */
function groups(sys: Sys): string {
  let text =
    "IPv6/IPv4 Group Memberships\n" +
    "Interface       RefCnt Group\n" +
    "--------------- ------ ---------------------\n";
  if (!sys.access("/proc/net/igmp", { read: true })) return text;
  const row = (device: string, users: string, group: string): string =>
    `${device.padEnd(15)} ${users.padEnd(6)} ${group}\n`;
  let device = "";
  for (const line of sys.readTextFile("/proc/net/igmp").split("\n").slice(1)) {
    const heading = /^\d+\t(\S+)\s*:/.exec(line);
    if (heading) device = heading[1] ?? "";
    const group = /^\t+([0-9A-F]{8})\s+(\d+)/.exec(line);
    if (!group) continue;
    const bytes = (group[1] ?? "").match(/../g) ?? [];
    const address = Number.parseInt(bytes.reverse().join(""), 16) as Ipv4;
    text += row(device, group[2] ?? "", formatIpv4(address));
  }
  for (const line of sys.readTextFile("/proc/net/igmp6").split("\n")) {
    const [, device = "", hex = "", users = ""] = line.split(/\s+/);
    const bytes = hex.match(/../g)?.map((byte) => Number.parseInt(byte, 16));
    if (bytes) text += row(device, users, formatIpv6(Uint8Array.from(bytes) as Ipv6));
  }
  return text;
}

function interfaces(sys: Sys, choice: Choice, layout: IfconfigLayout): string {
  const shown = listInterfaces(sys).filter((item) => choice.has("a") || item.link.flags.up);
  if (choice.extended > 0) {
    return `Kernel Interface table\n${shown.map((item) => layout.describe(item)).join("")}`;
  }
  const lines = shown.map((item) => layout.describeShort(item)).join("");
  return `Kernel Interface table\n${layout.netstatHeading}\n${lines}`;
}

function sockets(sys: Sys, choice: Choice): string {
  const chosen = choice.has("t", "u", "w", "x", "U", "S");
  const protocols: SocketChoice["protocols"] = (["tcp", "udp", "raw"] as const).filter(
    (_name, index) => !chosen || choice.has("tuw"[index] ?? ""),
  );
  const wanted: SocketChoice = {
    protocols,
    all: choice.has("a"),
    listening: choice.has("l") && !choice.has("a"),
    numericHosts: choice.numericHosts,
    numericPorts: choice.numericPorts,
    extended: choice.extended > 0,
    programs: choice.has("p"),
    timers: choice.has("o"),
    wide: choice.has("W"),
  };
  // The kernel model has no IPv6 sockets, so that -6 alone leaves the heading.
  const inet = choice.has("6") && !choice.has("4") ? "" : socketTable(sys, wanted);
  let text = protocols.length > 0 ? socketHeading(wanted) + inet : "";
  if (!chosen || choice.has("x")) {
    const which = wanted.listening
      ? "(only servers)"
      : wanted.all
        ? "(servers and established)"
        : "(w/o servers)";
    const program = wanted.programs ? "PID/Program name     " : "";
    text +=
      `Active UNIX domain sockets ${which}\n` +
      `Proto RefCnt Flags       Type       State         I-Node   ${program}Path\n`;
  }
  return text;
}

function describe(sys: Sys, choice: Choice, layout: IfconfigLayout): string {
  if (choice.has("r")) {
    if (choice.has("6")) return route6Table(sys, choice.numericHosts);
    const columns = choice.extended === 0 ? "window" : choice.extended === 1 ? "metric" : "both";
    return routeTable(sys, choice.numericHosts, columns);
  }
  if (choice.has("i")) return interfaces(sys, choice, layout);
  if (choice.has("g")) return groups(sys);
  if (choice.has("s")) {
    const only = new Set<string>();
    if (choice.has("t")) for (const title of ["Tcp:", "TcpExt:"]) only.add(title);
    if (choice.has("u")) for (const title of ["Udp:", "UdpLite:"]) only.add(title);
    if (choice.has("w")) for (const title of ["Icmp:", "IcmpMsg:"]) only.add(title);
    if (only.size > 0) only.add("IpExt:");
    return statistics(sys, only);
  }
  return sockets(sys, choice);
}

function* run(sys: Sys, argv: readonly string[], layout: IfconfigLayout): Blocking<number> {
  const choice = parse(argv);
  if (choice.has("V")) {
    yield* sys.print(`${layout.version.split("\n")[0]}\n${VERSION}`);
    return 0;
  }
  if (choice.has("h", "?")) {
    yield* sys.print(NETSTAT_USAGE);
    yield* sys.printError(ROUTE_FAMILIES);
    return 0;
  }
  if (choice.has("M")) {
    throw new Failure(1, "netstat: no support for `ip_masquerade' on this system.\n");
  }
  if (choice.has("Z")) throw new Failure(1, "SELinux is not enabled on this machine.\n");
  if (choice.has("C")) throw notModelled("netstat", "the routing cache");
  for (;;) {
    yield* sys.print(describe(sys, choice, layout));
    if (!choice.has("c")) return 0;
    yield* sys.sleep(NS_PER_SECOND);
  }
}

export function makeNetstat(layout: IfconfigLayout): Program {
  return {
    name: "netstat",
    package: "net-tools",
    docs: {
      summary:
        "Print network connections, routing tables, interface statistics, and multicast memberships",
      synopsis:
        "netstat [-vWeenNcCF] [-4] -r\nnetstat [-vWnNcaeol] [-tuwx]\nnetstat { [-vWeenNac] -i | -g | -s [-tuw] }",
      options: [
        ["-r, --route", "the routing table"],
        ["-i, --interfaces", "the interface table; -e: like ifconfig"],
        ["-g, --groups", "multicast groups"],
        ["-s, --statistics", "counters of each protocol"],
        ["-t, -u, -w, -x", "TCP, UDP, raw, UNIX sockets"],
        ["-a, --all; -l, --listening", "which sockets"],
        ["-n, --numeric; --numeric-hosts, --numeric-ports", "numbers instead of names"],
        ["-e, --extend", "more columns"],
        ["-p, --programs", "who has the socket open"],
        ["-o, --timers", "timers"],
        ["-c, --continuous", "again every second"],
        ["-W, --wide", "do not cut addresses"],
      ],
      examples: ["netstat -tulpn", "netstat -rn", "netstat -s"],
      limitations: [
        "UNIX and IPv6 sockets are not modelled: their lists are empty.",
        "Names are looked up in /etc/hosts, /etc/networks and /etc/services only.",
      ],
    },
    main: (sys, argv) => guarded(sys, () => run(sys, argv, layout)),
  };
}
