import { formatIpv4, IPV4_ANY, isMulticast, parseIpv4, type Ipv4 } from "../../net/address.ts";
import { IPPROTO_ICMP } from "../../net/packet.ts";
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Program, ProgramDocs } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { baseName } from "../support/paths.ts";
import { resolveHost, type Resolved } from "../support/resolve.ts";
import { recordRouteOptions, stampOptions } from "./ip-options.ts";
import { parsePing, type PingOptions } from "./options.ts";
import { Pinger } from "./pinger.ts";

/** Where ping points a UDP socket to learn which source address the kernel would choose. */
const PROBE_PORT = 1025;
const IP_AND_ICMP_HEADERS = 28;
const IP_OPTIONS_ROOM = 40;
/** What can only be an address of IPv6, with or without a scope. */
const IPV6_TEXT = /^[0-9a-f]*:[0-9a-f:.]*(%\S+)?$/i;

const USAGE = `
Usage
  ping [options] <destination>

Options:
  <destination>      dns name or ip address
  -a                 use audible ping
  -A                 use adaptive ping
  -B                 sticky source address
  -c <count>         stop after <count> replies
  -C                 call connect() syscall on socket creation
  -D                 print timestamps
  -d                 use SO_DEBUG socket option
  -e <identifier>    define identifier for ping session, default is random for
                     SOCK_RAW and kernel defined for SOCK_DGRAM
                     Imply using SOCK_RAW (for IPv4 only for identifier 0)
  -f                 flood ping
  -h                 print help and exit
  -I <interface>     either interface name or address
  -i <interval>      seconds between sending each packet
  -L                 suppress loopback of multicast packets
  -l <preload>       send <preload> number of packages while waiting replies
  -m <mark>          tag the packets going out
  -M <pmtud opt>     define mtu discovery, can be one of <do|dont|want>
  -n                 no dns name resolution
  -O                 report outstanding replies
  -p <pattern>       contents of padding byte
  -q                 quiet output
  -Q <tclass>        use quality of service <tclass> bits
  -s <size>          use <size> as number of data bytes to be sent
  -S <size>          use <size> as SO_SNDBUF socket option value
  -t <ttl>           define time to live
  -U                 print user-to-user latency
  -v                 verbose output
  -V                 print version and exit
  -w <deadline>      reply wait <deadline> in seconds
  -W <timeout>       time to wait for response

IPv4 options:
  -4                 use IPv4
  -b                 allow pinging broadcast
  -R                 record route
  -T <timestamp>     define timestamp, can be one of <tsonly|tsandaddr|tsprespec>

IPv6 options:
  -6                 use IPv6
  -F <flowlabel>     define flow label, default is random
  -N <nodeinfo opt>  use icmp6 node info query, try <help> as argument

For more details see ping(8).
`;

const VERSION = `ping from iputils 20221126
libcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): yes, __fpending(): yes
`;

/** Ends ping with its own message and status. */
class PingError extends Error {
  constructor(
    text: string,
    readonly status = 2,
  ) {
    super(text);
  }
}

const DOCS: ProgramDocs = {
  summary: "send ICMP ECHO_REQUEST to network hosts",
  synopsis: "ping [options] <destination>",
  options: [
    ["-c COUNT", "stop after COUNT replies"],
    ["-i INTERVAL", "seconds between two probes (0 with -f)"],
    ["-s SIZE", "data bytes of a probe (56)"],
    ["-t TTL", "time to live"],
    ["-W TIMEOUT", "seconds to wait for an answer"],
    ["-w DEADLINE", "seconds after which ping ends"],
    ["-I INTERFACE", "device or source address to send from"],
    ["-M do|dont|want", "path MTU discovery"],
    ["-p PATTERN", "bytes to fill the probe with, in hexadecimal"],
    ["-Q TOS", "type of service"],
    ["-m MARK", "firewall mark of the probes"],
    ["-l PRELOAD", "probes sent without waiting"],
    ["-e IDENTIFIER", "the echo identifier"],
    ["-f", "flood"],
    ["-A", "adapt the interval to the round-trip time"],
    ["-b", "allow a broadcast address"],
    ["-D", "print time stamps"],
    ["-n", "do not look up names"],
    ["-O", "report probes that were not answered"],
    ["-R", "record and show the route"],
    ["-T tsonly|tsandaddr|tsprespec", "ask the routers for their time"],
    ["-r", "only what is on a link"],
    ["-B", "keep the first source address"],
    ["-U", "the user's latency: the same here"],
    ["-4", "IPv4 only"],
    ["-q", "only the statistics"],
    ["-a", "ring the bell"],
    ["-v", "say more"],
    ["-V", "print the version"],
  ],
  examples: ["ping -c 3 10.0.0.2", "ping -c 1 -s 1472 -M do 10.0.0.2"],
  limitations: [
    "Over IPv6 only the errors of addresses without a route are modelled.",
    "-C, -d, -L and -S are accepted; they change nothing that can be seen.",
  ],
};

/** ping, and the names under which it speaks one family only. */
export const PINGS: readonly Program[] = [
  { name: "ping", package: "iputils-ping", docs: DOCS, main },
  { name: "ping4", package: "iputils-ping", docs: DOCS, main },
  { name: "ping6", package: "iputils-ping", docs: DOCS, main },
];

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  const name = baseName(argv[0] ?? "ping");
  const parsed = parsePing([name, ...familyFlag(name), ...argv.slice(1)]);
  switch (parsed.kind) {
    case "usage":
      yield* sys.printError(`${parsed.error ? `${parsed.error}\n` : ""}${USAGE}`);
      return 2;
    case "version":
      yield* sys.print(VERSION);
      return 0;
    case "error":
      yield* sys.printError(`${name}: ${parsed.error}\n`);
      return parsed.status;
    case "run":
      for (const warning of parsed.warnings) yield* sys.printError(`${name}: ${warning}\n`);
      break;
  }
  try {
    return yield* run(sys, parsed.options);
  } catch (error) {
    if (!(error instanceof PingError)) throw error;
    yield* sys.printError(`${name}: ${error.message}\n`);
    return error.status;
  }
}

function familyFlag(name: string): readonly string[] {
  const family = /^ping([46])$/.exec(name)?.[1];
  return family === undefined ? [] : [`-${family}`];
}

function* run(sys: Sys, options: PingOptions): Blocking<number> {
  yield* tellSockets(sys, options);
  const found = yield* resolve(sys, options);
  if (options.verbose) {
    yield* sys.print(`ai->ai_family: AF_INET, ai->ai_canonname: '${options.destination}'\n`);
  }
  if (options.family === "inet6") {
    throw new PingError(`${options.destination}: Address family for hostname not supported`);
  }
  const address = found.addresses[0];
  const { pattern } = options;
  if (pattern) {
    const digits = pattern.map((byte) => byte.toString(16).padStart(2, "0")).join("");
    yield* sys.print(`PATTERN: 0x${digits}\n`);
  }

  const from = sourceOf(sys, options);
  const named: Ipv4[] = [];
  for (const name of options.through)
    named.push((yield* resolve(sys, { ...options, destination: name })).addresses[0]);
  // A source route, which the kernel does not let it ask for.
  if (named.length > 0 && options.stamps !== "tsprespec") {
    throw new PingError(`record route: ${strerror("EPERM")}`);
  }
  // With a source address given, ping does not ask the kernel for one, nor for a route.
  const source = from.address ?? (yield* chosenSource(sys, address, from, options));
  if (from.address === undefined && from.device !== undefined) {
    yield* warnOfOtherDevice(sys, from.device, source);
  }
  const target = address === IPV4_ANY ? source : address;

  const fd = sys.socket("inet", "raw", IPPROTO_ICMP);
  if (from.device) sys.setsockopt(fd, "bindToDevice", from.device);
  if (from.address !== undefined) bindSource(sys, fd, from.address);
  if (options.ttl === 0)
    throw new PingError(`cannot set unicast time-to-live: ${strerror("EINVAL")}`);
  if (options.ttl !== undefined) sys.setsockopt(fd, "ttl", options.ttl);
  if (options.mark !== 0) sys.setsockopt(fd, "mark", options.mark);
  if (options.broadcast) sys.setsockopt(fd, "broadcast", true);
  sys.setsockopt(fd, "tos", options.tos);
  if (options.mtuDiscover || isMulticast(target)) {
    sys.setsockopt(fd, "mtuDiscover", options.mtuDiscover ?? "do");
  }
  if (options.onLink) sys.setsockopt(fd, "dontRoute", true);
  if (options.recordRoute) sys.setsockopt(fd, "ipOptions", recordRouteOptions());
  if (options.stamps) sys.setsockopt(fd, "ipOptions", stampOptions(options.stamps, named));

  const header = [`PING ${options.destination} (${formatIpv4(target)})`];
  if (options.from.length > 0 || options.stickySource)
    header.push(`from ${formatIpv4(source)} ${from.device ?? ""}:`);
  const headers =
    IP_AND_ICMP_HEADERS + (options.recordRoute || options.stamps ? IP_OPTIONS_ROOM : 0);
  header.push(`${options.size}(${options.size + headers}) bytes of data.`);
  yield* sys.print(`${header.join(" ")}\n`);

  const identifier = options.identifier ?? sys.pid & 0xffff;
  const pinger = new Pinger(
    sys,
    fd,
    identifier,
    {
      address: target,
      numeric: options.numeric || found.numeric,
    },
    options,
  );
  yield* pinger.run();
  const { statistics } = pinger;
  yield* sys.print(
    statistics.summary(options.destination, {
      elapsedNs: pinger.elapsedNs,
      timed: pinger.timed,
      showPace: options.showPace,
    }),
  );
  const enough =
    options.deadlineNs === undefined ||
    options.count === undefined ||
    statistics.received >= options.count;
  return statistics.received > 0 && enough ? 0 : 1;
}

interface Source {
  readonly device?: string;
  readonly address?: Ipv4;
}

function sourceOf(sys: Sys, options: PingOptions): Source {
  let source: Source = {};
  for (const from of options.from) {
    const address = parseIpv4(from);
    if (address === undefined && from !== "" && !sys.rtnetlink.link(from)) {
      throw new PingError(`SO_BINDTODEVICE ${from}: ${strerror("ENODEV")}`);
    }
    source = { ...source, ...(address === undefined ? { device: from } : { address }) };
  }
  return source;
}

/** The kernel may have chosen an address of another device. */
function* warnOfOtherDevice(sys: Sys, device: string, source: Ipv4): Blocking<void> {
  const ifindex = sys.rtnetlink.link(device)?.ifindex;
  const owns = sys.rtnetlink
    .addresses()
    .some((item) => item.ifindex === ifindex && item.address === source);
  if (owns) return;
  yield* sys.printError(
    `ping: Warning: source address might be selected on device other than: ${device}\n`,
  );
}

/** -v: the sockets that ping has opened. */
function* tellSockets(sys: Sys, { family, verbose }: PingOptions): Blocking<void> {
  if (!verbose) return;
  const raw = (fd: number): string => `${fd} (socktype: SOCK_RAW)`;
  const none = "-1 (socktype: 0)";
  const [ipv4, ipv6, hint] =
    family === undefined
      ? [raw(3), raw(4), "AF_UNSPEC"]
      : family === "inet"
        ? [raw(3), none, "AF_INET"]
        : [none, raw(3), "AF_INET6"];
  yield* sys.printError(`ping: sock4.fd: ${ipv4}, sock6.fd: ${ipv6}, hints.ai_family: ${hint}\n\n`);
}

function* resolve(
  sys: Sys,
  { destination, family }: PingOptions,
): Blocking<Extract<Resolved, { ok: true }>> {
  if (IPV6_TEXT.test(destination)) {
    throw new PingError(
      family === "inet"
        ? `${destination}: Address family for hostname not supported`
        : ipv6Refusal(sys, destination),
    );
  }
  const found = yield* resolveHost(sys, destination);
  if (!found.ok) throw new PingError(`${destination}: ${found.error}`);
  if (family === "inet6" && !found.numeric) throw new PingError("Podwire does not model IPv6");
  return found;
}

/** Devices have link-local addresses only: there is no route to any other. */
function ipv6Refusal(sys: Sys, destination: string): string {
  if (/^(fe[89ab]|ff)/i.test(destination)) return "Podwire does not model IPv6";
  if (destination !== "::1") return `connect: ${strerror("ENETUNREACH")}`;
  const hasLoopback = sys.rtnetlink.addresses6().some(({ scope }) => scope === "host");
  return hasLoopback ? "Podwire does not model IPv6" : `connect: ${strerror("EADDRNOTAVAIL")}`;
}

/** Learns the source address, and whether there is a route at all. */
function* chosenSource(
  sys: Sys,
  address: Ipv4,
  from: Source,
  options: PingOptions,
): Blocking<Ipv4> {
  const fd = sys.socket("inet", "dgram");
  if (from.device) sys.setsockopt(fd, "bindToDevice", from.device);
  if (options.mark !== 0) sys.setsockopt(fd, "mark", options.mark);
  sys.setsockopt(fd, "tos", options.tos);
  try {
    yield* sys.connect(fd, { ip: address, port: PROBE_PORT });
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    if (error.errno !== "EACCES") throw new PingError(`connect: ${strerror(error.errno)}`);
    if (!options.broadcast) {
      throw new PingError(
        "Do you want to ping broadcast? Then -b. If not, check your local firewall rules",
      );
    }
    yield* sys.printError("WARNING: pinging broadcast address\n");
    sys.setsockopt(fd, "broadcast", true);
    yield* sys.connect(fd, { ip: address, port: PROBE_PORT });
  }
  const source = sys.getsockname(fd).ip;
  sys.close(fd);
  return source;
}

function bindSource(sys: Sys, fd: number, address: Ipv4): void {
  try {
    sys.bind(fd, { ip: address, port: 0 });
  } catch (error) {
    if (error instanceof KernelError) throw new PingError(`bind: ${strerror(error.errno)}`);
    throw error;
  }
}
