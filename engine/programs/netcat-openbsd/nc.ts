import { formatIpv4, IPV4_ANY, type Ipv4 } from "../../net/address.ts";
import { type Errno, KernelError, strerror } from "../../kernel/errno.ts";
import type { Program, ProgramDocs } from "../../kernel/process/program.ts";
import type { SocketAddress, Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { SECOND, seconds } from "../../sim/clock.ts";
import { nameInfo, resolveHost } from "../support/resolve.ts";
import { serviceByName, serviceByPort } from "../support/services.ts";
import { expandPorts, type NcOptions, parseNc } from "./options.ts";
import { relay } from "./relay.ts";

/** How long a UDP scan waits for a refusal, UDP_SCAN_TIMEOUT. */
const UDP_SCAN_SECONDS = 3;

const PROBE = Uint8Array.of(88);

const docs: ProgramDocs = {
  summary: "arbitrary TCP and UDP connections and listens",
  synopsis:
    "nc [-46bCdhklNnrtuvz] [-I length] [-i interval] [-M ttl] [-O length] [-p source_port] [-q seconds] [-s sourceaddr] [-T keyword] [-W recvlimit] [-w timeout] [destination] [port]",
  options: [
    ["-4", "use IPv4 only"],
    ["-b", "allow broadcast"],
    ["-C", "send CRLF as line ending"],
    ["-d", "do not read standard input"],
    ["-I length", "size of the receive buffer"],
    ["-i interval", "seconds between pieces sent or ports scanned"],
    ["-k", "after a connection listen for another one"],
    ["-l", "listen"],
    ["-M ttl", "time to live of outgoing packets"],
    ["-N", "shut the socket down after the end of standard input"],
    ["-n", "no names, for hosts or ports"],
    ["-O length", "size of the send buffer"],
    ["-p port", "local port"],
    ["-q seconds", "quit so long after the end of standard input"],
    ["-r", "ports of a range in random order"],
    ["-s address", "local address"],
    ["-T keyword", "type of service"],
    ["-t", "refuse telnet options"],
    ["-u", "UDP"],
    ["-v", "tell of connections"],
    ["-W limit", "end after so many packets received"],
    ["-w seconds", "give up connecting, and idle connections, after so long"],
    ["-z", "only see whether something listens"],
  ],
  examples: ["nc -l 5000", "echo hello | nc -N 10.0.0.2 5000", "nc -zv 10.0.0.2 20-25"],
  limitations: ["IPv6, Unix sockets, proxies, TCP MD5 and DCCP are refused by name."],
};

/** Ends the program: one line on standard error and the status. */
class Fatal extends Error {}

function* main(sys: Sys, argv: readonly string[]): Blocking<number> {
  const parsed = parseNc(argv);
  if (!parsed.ok) {
    yield* sys.printError(parsed.text);
    return parsed.status;
  }
  try {
    return yield* parsed.options.listen
      ? listen(sys, parsed.options)
      : connectToPorts(sys, parsed.options);
  } catch (error) {
    if (!(error instanceof Fatal)) throw error;
    yield* sys.printError(`nc: ${error.message}\n`);
    return 1;
  }
}

// ------------------------------------------------------------------ names

function* lookUp(sys: Sys, options: NcOptions, host: string, prefix: string): Blocking<Ipv4> {
  const found = yield* resolveHost(sys, host);
  if (!found.ok) throw new Fatal(`${prefix}: ${found.error}`);
  if (options.numeric && !found.numeric) throw new Fatal(`${prefix}: Name or service not known`);
  return found.addresses[0];
}

/** A local port, as a number or a service's name. */
function localPort(sys: Sys, options: NcOptions, text: string): number {
  if (/^\d+$/.test(text)) return Number(text) & 0xffff;
  const port = options.numeric ? undefined : serviceByName(sys, text, protocolOf(options));
  if (port === undefined) throw new Fatal("getaddrinfo: Servname not supported for ai_socktype");
  return port;
}

function protocolOf(options: NcOptions): "tcp" | "udp" {
  return options.udp ? "udp" : "tcp";
}

/** `Listening on 0.0.0.0 5000` */
function* reportSocket(
  sys: Sys,
  options: NcOptions,
  what: string,
  address: SocketAddress,
): Blocking<void> {
  const name = options.numeric ? formatIpv4(address.ip) : yield* nameInfo(sys, address.ip);
  const text =
    name === undefined
      ? `nc: getnameinfo: Temporary failure in name resolution`
      : `${what} ${name} ${address.port}`;
  yield* sys.printError(`${text}\n`);
}

// ------------------------------------------------------------------ sockets

/** The options that both sides take. */
function prepare(sys: Sys, options: NcOptions): number {
  const fd = sys.socket("inet", options.udp ? "dgram" : "stream");
  if (options.broadcast) sys.setsockopt(fd, "broadcast", true);
  if (options.receiveBuffer !== undefined) {
    sys.setsockopt(fd, "receiveBuffer", options.receiveBuffer);
  }
  if (options.sendBuffer !== undefined) sys.setsockopt(fd, "sendBuffer", options.sendBuffer);
  if (options.tos !== undefined) sys.setsockopt(fd, "tos", options.tos);
  if (options.ttl === 0) throw new Fatal("set IP TTL: Invalid argument");
  if (options.ttl !== undefined) sys.setsockopt(fd, "ttl", options.ttl);
  return fd;
}

function* listen(sys: Sys, options: NcOptions): Blocking<number> {
  const ip = options.host ? yield* lookUp(sys, options, options.host, "getaddrinfo") : IPV4_ANY;
  const port = localPort(sys, options, options.ports[0] as string);
  let fd = openListener(sys, options, { ip, port });
  if (options.verbose) {
    const what = options.udp ? "Bound on" : "Listening on";
    yield* reportSocket(sys, options, what, sys.getsockname(fd));
  }
  for (;;) {
    const outcome = options.udp
      ? yield* serveDatagrams(sys, options, fd)
      : yield* serveConnection(sys, options, fd);
    if (outcome === "quit" || !options.keepOpen) return 0;
    if (options.udp) {
      sys.close(fd);
      fd = openListener(sys, options, { ip, port });
    }
  }
}

function openListener(sys: Sys, options: NcOptions, address: SocketAddress): number {
  const socket = prepare(sys, options);
  sys.setsockopt(socket, "reuseAddress", true);
  sys.setsockopt(socket, "reusePort", true);
  try {
    sys.bind(socket, address);
    if (!options.udp) sys.listen(socket, 1);
  } catch (error) {
    throw new Fatal(errorText(error));
  }
  return socket;
}

function* serveConnection(sys: Sys, options: NcOptions, fd: number): Blocking<"done" | "quit"> {
  const { fd: connection, peer } = yield* sys.accept(fd);
  sys.setsockopt(connection, "nonBlocking", true);
  if (options.verbose) yield* reportSocket(sys, options, "Connection received on", peer);
  const outcome = yield* relay(sys, connection, options);
  sys.close(connection);
  return outcome;
}

/** Without -k the first datagram decides with whom to talk. */
function* serveDatagrams(sys: Sys, options: NcOptions, fd: number): Blocking<"done" | "quit"> {
  if (options.keepOpen) {
    for (;;) {
      const datagram = yield* sys.recvfrom(fd);
      if (datagram) yield* sys.write(1, datagram.data);
    }
  }
  const first = yield* sys.recvfrom(fd);
  if (!first) return "done";
  yield* sys.connect(fd, first.from);
  sys.setsockopt(fd, "nonBlocking", true);
  if (options.verbose) yield* reportSocket(sys, options, "Connection received on", first.from);
  yield* sys.write(1, first.data);
  return yield* relay(sys, fd, options);
}

// ------------------------------------------------------------------ connecting

function* connectToPorts(sys: Sys, options: NcOptions): Blocking<number> {
  const byName = (name: string) =>
    options.numeric ? undefined : serviceByName(sys, name, protocolOf(options));
  const expanded = expandPorts(options.ports, byName);
  if ("error" in expanded) {
    yield* sys.printError(expanded.error);
    return 1;
  }
  const ports = options.randomPorts ? shuffled(sys, expanded) : expanded;
  let status = 1;
  for (const [index, port] of ports.entries()) {
    if (index > 0 && options.intervalSeconds) yield* sys.sleep(seconds(options.intervalSeconds));
    const connection = yield* connectTo(sys, options, port);
    if (!connection) continue;
    status = 0;
    const { fd, ip } = connection;
    let announce = options.verbose;
    if ((options.verbose || options.scan) && options.udp) {
      if (!(yield* answersDatagrams(sys, options, fd))) {
        status = 1;
        announce = false;
        sys.close(fd);
        continue;
      }
    }
    if (announce) yield* announceConnection(sys, options, ip, port);
    if (!options.scan && (yield* relay(sys, fd, options)) === "quit") return 0;
    sys.close(fd);
  }
  return status;
}

function shuffled(sys: Sys, ports: readonly number[]): readonly number[] {
  const out = [...ports];
  for (let i = out.length - 1; i > 0; i--) {
    const k = sys.random.below(i + 1);
    [out[i], out[k]] = [out[k] as number, out[i] as number];
  }
  return out;
}

function* connectTo(
  sys: Sys,
  options: NcOptions,
  port: number,
): Blocking<{ readonly fd: number; readonly ip: Ipv4 } | undefined> {
  const host = options.host as string;
  const ip = yield* lookUp(sys, options, host, `getaddrinfo for host "${host}" port ${port}`);
  const fd = prepare(sys, options);
  if (options.sourceAddress !== undefined || options.sourcePort !== undefined) {
    const source = options.sourceAddress
      ? yield* lookUp(sys, options, options.sourceAddress, "getaddrinfo")
      : IPV4_ANY;
    const sourcePort = options.sourcePort ? localPort(sys, options, options.sourcePort) : 0;
    try {
      sys.bind(fd, { ip: source, port: sourcePort });
    } catch (error) {
      throw new Fatal(`bind failed: ${errorText(error)}`);
    }
  }
  sys.setsockopt(fd, "nonBlocking", true);
  const failed = yield* tryConnect(sys, options, fd, { ip, port });
  if (!failed) return { fd, ip };
  if (options.verbose) {
    const how = failed === "timeout" ? "timed out" : "failed";
    const errno = failed === "timeout" ? "EINPROGRESS" : failed;
    const name = nameAndAddress(host, ip, options);
    yield* sys.printError(
      `nc: connect to ${name} port ${port} (${protocolOf(options)}) ${how}: ${strerror(errno)}\n`,
    );
  }
  sys.close(fd);
  return undefined;
}

function* tryConnect(
  sys: Sys,
  options: NcOptions,
  fd: number,
  to: SocketAddress,
): Blocking<Errno | "timeout" | undefined> {
  try {
    yield* sys.connect(fd, to);
    return undefined;
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    if (error.errno !== "EINPROGRESS") return error.errno;
  }
  const { timeoutSeconds } = options;
  const timeoutNs = timeoutSeconds === undefined ? undefined : timeoutSeconds * SECOND;
  const [ready] = yield* sys.poll([{ fd, events: ["out"] }], timeoutNs);
  if (!ready || !(ready.out || ready.error || ready.hangup)) return "timeout";
  return sys.getsockopt(fd, "error");
}

/** A UDP port is taken for open unless an ICMP error comes back; udptest() */
function* answersDatagrams(sys: Sys, options: NcOptions, fd: number): Blocking<boolean> {
  if (!(yield* sendProbe(sys, fd)) || !(yield* sendProbe(sys, fd))) return false;
  const rounds = options.timeoutSeconds ?? UDP_SCAN_SECONDS;
  for (let round = 0; round < rounds; round++) {
    yield* sys.sleep(SECOND);
    if (!(yield* sendProbe(sys, fd))) return false;
  }
  return true;
}

function* sendProbe(sys: Sys, fd: number): Blocking<boolean> {
  try {
    yield* sys.send(fd, PROBE);
    return true;
  } catch (error) {
    if (error instanceof KernelError) return false;
    throw error;
  }
}

function nameAndAddress(host: string, ip: Ipv4, options: NcOptions): string {
  const address = formatIpv4(ip);
  return options.numeric || host === address ? host : `${host} (${address})`;
}

function* announceConnection(sys: Sys, options: NcOptions, ip: Ipv4, port: number): Blocking<void> {
  const protocol = protocolOf(options);
  const service = options.numeric ? undefined : serviceByPort(sys, port, protocol);
  const name = nameAndAddress(options.host as string, ip, options);
  yield* sys.printError(
    `Connection to ${name} ${port} port [${protocol}/${service ?? "*"}] succeeded!\n`,
  );
}

function errorText(error: unknown): string {
  if (error instanceof KernelError) return strerror(error.errno);
  throw error;
}

export const nc: Program = {
  name: "nc",
  package: "netcat-openbsd",
  directory: "/usr/bin",
  docs,
  main,
};

/** The other name of the same file, update-alternatives(1). */
export const netcat: Program = { ...nc, name: "netcat" };
