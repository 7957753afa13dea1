/** route(8) */
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { RouteMetrics, RouteRequest } from "../../kernel/rtnetlink/messages.ts";
import { formatIpv4, type Ipv4, netmask, netmaskLength } from "../../net/address.ts";
import { getopt } from "../support/getopt.ts";
import { Failure, guarded, notModelled, perror, VERSION_2_10 } from "./support/fail.ts";
import { parseInetAton, resolveHost } from "./support/hosts.ts";
import { routeTable } from "./support/route-table.ts";
import { route6Table } from "./support/route-table-6.ts";
import { INET_ROUTE_USAGE, ROUTE_FAMILIES, ROUTE_USAGE } from "./support/usage.ts";

const E_USAGE = 3;
const E_LOOKUP = 6;
const E_SOCK = 7;

const BUILD =
  "+NEW_ADDRT +RTF_IRTT +RTF_REJECT +I18N +SELINUX\n" +
  "AF: (inet) +UNIX +INET +INET6 +IPX +AX25 +NETROM +X25 +ATALK +ECONET +ROSE -BLUETOOTH\n" +
  "HW:  +ETHER +ARC +SLIP +PPP +TUNNEL -TR +AX25 +NETROM +X25 +FR +ROSE +ASH +SIT +FDDI +HIPPI +HDLC/LAPB +EUI64 \n";

const usage = (text = ""): Failure => new Failure(E_USAGE, text + INET_ROUTE_USAGE);

interface Entry {
  readonly destination: Ipv4;
  readonly prefixLength: number;
  readonly metric: number;
  readonly gateway: Ipv4 | undefined;
  readonly device: string | undefined;
  readonly reject: boolean;
  readonly metrics: RouteMetrics;
}

/** `default`, a network, or a host: its address and whether it is a network by itself. */
function resolveTarget(sys: Sys, name: string): { readonly address: Ipv4; readonly net: boolean } {
  if (name === "default") return { address: 0 as Ipv4, net: true };
  const address = resolveHost(sys, name);
  if (address === undefined) throw new Failure(E_LOOKUP, `${name}: Unknown host\n`);
  return { address, net: false };
}

function parseLength(text: string): Ipv4 {
  if (!/^\d+$/.test(text) || Number(text) > 32) throw usage();
  return netmask(Number(text));
}

function parseEntry(sys: Sys, words: readonly string[]): Entry {
  const rest = [...words];
  const value = (): string => {
    const word = rest.shift();
    if (word === undefined) throw usage();
    return word;
  };
  const positive = (what: string): number => {
    const text = value();
    if (!/^\d+$/.test(text)) throw usage(`route: Invalid ${what}.\n`);
    return Number(text);
  };
  let kind: "net" | "host" | undefined;
  if (rest[0] === "-net" || rest[0] === "-host") kind = rest.shift() === "-net" ? "net" : "host";
  const target = value();
  const slash = target.indexOf("/");
  let mask = slash < 0 ? undefined : parseLength(target.slice(slash + 1));
  const { address, net } = resolveTarget(sys, slash < 0 ? target : target.slice(0, slash));
  const isNet = kind === undefined ? net : kind === "net";
  let gateway: Ipv4 | undefined;
  let device: string | undefined;
  let metric = 0;
  let reject = false;
  let metrics: RouteMetrics = {};
  while (rest.length > 0) {
    const word = value();
    if (word === "metric") {
      const text = value();
      if (!/^\d/.test(text)) throw usage();
      metric = Number.parseInt(text, 10);
    } else if (word === "netmask") {
      if (mask !== undefined) throw usage();
      const text = value();
      mask = parseInetAton(text);
      if (mask === undefined) throw usage();
    } else if (word === "gw" || word === "gateway") {
      if (gateway !== undefined) throw usage();
      const name = value();
      const resolved = resolveTarget(sys, name);
      if (resolved.net) {
        throw new Failure(E_USAGE, `route: ${name}: cannot use a NETWORK as gateway!\n`);
      }
      gateway = resolved.address;
    } else if (word === "mss") metrics = { ...metrics, advertisedMss: positive("MSS/MTU") - 40 };
    else if (word === "window") metrics = { ...metrics, window: positive("window") };
    else if (word === "irtt") metrics = { ...metrics, rttMs: positive("initial rtt") };
    else if (word === "reject") reject = true;
    else if (["mod", "dyn", "reinstate"].includes(word)) continue;
    else {
      if (device !== undefined) throw usage();
      device = word === "device" || word === "dev" ? value() : word;
      if (rest.length > 0) throw usage();
    }
  }
  const prefixLength = checkMask(address, isNet, mask);
  return { destination: address, prefixLength, metric, gateway, device, reject, metrics };
}

/** The prefix length of the netmask, which has to fit the target. */
function checkMask(address: Ipv4, isNet: boolean, mask: Ipv4 | undefined): number {
  if (!isNet) {
    if (mask === undefined || mask === 0 || mask === 0xffffffff) return 32;
    // The real one names the host bits.
    const hex = (~mask >>> 0).toString(16).padStart(8, "0");
    throw usage(`route: netmask ${hex} doesn't make sense with host route\n`);
  }
  const length = netmaskLength(mask ?? (0 as Ipv4));
  if (length === undefined) {
    throw usage(`route: bogus netmask ${formatIpv4(mask ?? (0 as Ipv4))}\n`);
  }
  if (mask !== undefined && (address & ~mask) >>> 0 !== 0) {
    throw usage("route: netmask doesn't match route address\n");
  }
  return length;
}

/** SIOCADDRT and SIOCDELRT. Linux rtentry_to_fib_config, ip_rt_ioctl. */
function change(sys: Sys, entry: Entry, add: boolean): void {
  const call = add ? "SIOCADDRT" : "SIOCDELRT";
  const refuse = (reason: string): Failure => new Failure(E_SOCK, `${call}: ${reason}\n`);
  const { destination, prefixLength, gateway, device, metric } = entry;
  if (prefixLength === 0 && destination !== 0) throw refuse("Invalid argument");
  if (device !== undefined && !entry.reject && !sys.rtnetlink.link(device)) {
    throw refuse("No such device");
  }
  const hops =
    entry.reject || (gateway === undefined && device === undefined)
      ? {}
      : {
          nextHops: [
            { ...(gateway !== undefined && { gateway }), ...(device !== undefined && { device }) },
          ],
        };
  const wanted = {
    destination,
    prefixLength,
    ...(metric > 0 && { metric }),
    ...(entry.reject && { type: "unreachable" as const, scope: "host" as const }),
    ...hops,
  };
  try {
    if (!add) {
      sys.rtnetlink.delRoute(wanted);
      return;
    }
    const request: RouteRequest = {
      ...wanted,
      protocol: "boot",
      scope: entry.reject ? "host" : gateway === undefined ? "link" : "global",
      ...(Object.keys(entry.metrics).length > 0 && { metrics: entry.metrics }),
    };
    sys.rtnetlink.newRoute(request, "prepend");
  } catch (error) {
    throw new Failure(E_SOCK, perror(call, error));
  }
}

function* run(sys: Sys, argv: readonly string[]): Blocking<number> {
  // POSIX order: `route add … -net` must not be read as options.
  const parsed = getopt(argv, {
    short: "A:eCFhnN64Vv?",
    long: {
      extend: "none",
      verbose: "none",
      version: "none",
      numeric: "none",
      symbolic: "none",
      protocol: "required",
      cache: "none",
      fib: "none",
      help: "none",
      inet: "none",
      inet6: "none",
    },
    stopAtOperand: true,
  });
  if (!parsed.ok) {
    yield* sys.printError(`${parsed.error}\n`);
    yield* sys.print(ROUTE_USAGE);
    yield* sys.printError(ROUTE_FAMILIES);
    return 0;
  }
  let numeric = false;
  let extended = 0;
  let cache = false;
  let isIpv6 = false;
  for (const { name, value } of parsed.options) {
    if (name === "n" || name === "numeric") numeric = true;
    else if (name === "e" || name === "extend") extended += 1;
    else if (name === "C" || name === "cache") cache = true;
    else if (name === "6" || name === "inet6") isIpv6 = true;
    else if (name === "A" || name === "protocol") {
      isIpv6 = value === "inet6";
      if (!isIpv6 && value !== "inet")
        throw new Failure(1, `Unknown address family \`${value}'.\n`);
    } else if (name === "V" || name === "version") {
      yield* sys.print(VERSION_2_10 + BUILD);
      return 0;
    } else if (name === "h" || name === "help") {
      yield* sys.print(ROUTE_USAGE);
      yield* sys.printError(ROUTE_FAMILIES);
      return 0;
    }
  }
  const [command, ...words] = parsed.operands;
  if (isIpv6) {
    if (command !== undefined) throw notModelled("route", "changes of IPv6 routes");
    if (cache || extended > 0) throw notModelled("route", "other columns of IPv6 routes");
    yield* sys.print(route6Table(sys, numeric));
    return 0;
  }
  if (command === undefined) {
    if (cache) {
      yield* sys.print(
        "Kernel IP routing cache\n" +
          "Source          Destination     Gateway         Flags Metric Ref    Use Iface\n",
      );
      return 0;
    }
    const columns = extended === 0 ? "metric" : extended === 1 ? "window" : "both";
    yield* sys.print(routeTable(sys, numeric, columns));
    return 0;
  }
  if (command === "flush") {
    throw usage("Flushing `inet' routing table not supported\n");
  }
  if (command !== "add" && command !== "del" && command !== "delete") {
    throw new Failure(E_USAGE, ROUTE_USAGE + ROUTE_FAMILIES);
  }
  // `route add -n`: an option that is none ends the parsing, and nothing is left.
  if (words.length === 0 || words[0] === "-n") {
    yield* sys.print(INET_ROUTE_USAGE);
    return 0;
  }
  change(sys, parseEntry(sys, words), command === "add");
  return 0;
}

export const route: Program = {
  name: "route",
  package: "net-tools",
  directory: "/usr/sbin",
  docs: {
    summary: "show / manipulate the IP routing table",
    synopsis:
      "route [-CFvnNee] [-4]\nroute [-v] add [-net|-host] target [netmask Nm] [gw Gw] [metric N] [mss M] [window W] [irtt m] [reject] [[dev] If]\nroute [-v] del [-net|-host] target [gw Gw] [netmask Nm] [metric M] [[dev] If]",
    options: [
      ["-n, --numeric", "numbers instead of names"],
      ["-e, --extend; -ee", "the columns of netstat; all columns"],
      ["-F, -v, -N, -4", "accepted"],
      ["-C, --cache", "the routing cache, which Linux no longer has"],
      ["add, del", "change the main table"],
    ],
    examples: [
      "route -n",
      "route add default gw 10.0.0.254",
      "route add -net 10.5.0.0/16 dev eth0",
    ],
    limitations: ["IPv4 only.", "Names are looked up in /etc/hosts and /etc/networks only."],
  },
  main: (sys, argv) => guarded(sys, () => run(sys, argv)),
  complete(sys, { words }) {
    if (words.length === 2) return { candidates: ["add", "del", "-n", "-e"] };
    const devices = sys.rtnetlink.links().map((link) => link.name);
    const keywords = ["-net", "-host", "default", "gw", "netmask", "metric", "dev", "reject"];
    return { candidates: words.at(-2) === "dev" ? devices : [...keywords, ...devices] };
  },
};
