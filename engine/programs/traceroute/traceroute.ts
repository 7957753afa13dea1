import { formatIpv4, parseIpv4, type Ipv4 } from "../../net/address.ts";
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { resolveHost } from "../support/resolve.ts";
import { icmpMethod } from "./methods/icmp.ts";
import { tcpMethod } from "./methods/tcp.ts";
import { udpMethod } from "./methods/udp.ts";
import { parseTraceroute, type TracerouteOptions } from "./options.ts";
import type { Method } from "./probe.ts";
import { Tracer } from "./tracer.ts";
import { USAGE } from "./usage.ts";

const VERSION = `Modern traceroute for Linux, version 2.1.2
Copyright (c) 2016  Dmitry Butskoy,   License: GPL v2 or any later
`;

const UDP_HEADERS = 28;
const TCP_HEADERS = 60;
/** First destination port of the default method; the IANA's "traceroute". */
const DEFAULT_UDP_PORT = 33434;

export const traceroute: Program = {
  name: "traceroute",
  package: "traceroute",
  docs: {
    summary: "print the route packets trace to network host",
    synopsis: "traceroute [options] host [packetlen]",
    options: [
      ["-n", "do not look up names"],
      ["-I, -T, -U", "ICMP echo, TCP SYN, or UDP to one port"],
      ["-q NQUERIES", "probes per hop (3)"],
      ["-m MAX_TTL, -f FIRST_TTL", "last and first hop (30, 1)"],
      ["-w MAX,HERE,NEAR", "how long to wait for an answer (5,3,10)"],
      ["-p PORT", "destination port, or first sequence number with -I"],
      ["-N SQUERIES", "probes under way at once (16)"],
      ["-z SENDWAIT", "pause between probes"],
      ["-i DEVICE, -s SRC_ADDR", "where to send from"],
      ["-t TOS, --fwmark=NUM", "type of service, firewall mark"],
      ["-F", "do not fragment"],
      ["-V, --help", "version, help"],
    ],
    examples: ["traceroute -n 10.0.2.10", "traceroute -n -T -p 80 10.0.2.10"],
    limitations: [
      "IPv6, source routes (-g), -r, -e, -A, -M, -O, -D, -P, -UL, --sport, --mtu and --back are refused.",
    ],
  },

  *main(sys, argv) {
    const parsed = parseTraceroute(argv);
    switch (parsed.kind) {
      case "help":
        yield* sys.printError(USAGE);
        return 0;
      case "version":
        yield* sys.printError(VERSION);
        return 0;
      case "error":
        yield* sys.printError(`${parsed.error}\n`);
        return 2;
      case "run":
        return yield* run(sys, parsed.options);
    }
  },
};

function* run(sys: Sys, options: TracerouteOptions): Blocking<number> {
  const found = yield* resolveHost(sys, options.host);
  if (!found.ok) {
    yield* sys.printError(
      `${options.host}: ${found.error}\n` +
        `Cannot handle "host" cmdline arg \`${options.host}' on position 1 (argc ${options.hostPosition})\n`,
    );
    return 2;
  }
  const destination = found.addresses[0];
  const headers = options.method === "tcp" ? TCP_HEADERS : UDP_HEADERS;
  const packetBytes = Math.max(options.packetBytes, headers);
  yield* sys.print(
    `traceroute to ${options.host} (${formatIpv4(destination)}), ` +
      `${options.maxHops} hops max, ${packetBytes} byte packets`,
  );
  let step = "";
  const prepare = (fd: number): void => {
    step = "setsockopt SO_BINDTODEVICE";
    if (options.device !== undefined) sys.setsockopt(fd, "bindToDevice", options.device);
    step = "bind";
    if (options.source !== undefined) sys.bind(fd, { ip: sourceOf(options.source), port: 0 });
    step = "connect";
    sys.setsockopt(fd, "tos", options.tos);
    if (options.mark !== 0) sys.setsockopt(fd, "mark", options.mark);
    sys.setsockopt(fd, "mtuDiscover", options.dontFragment ? "probe" : "dont");
  };
  try {
    const method = createMethod(sys, options, destination, packetBytes - headers, prepare);
    const finished = yield* new Tracer(sys, method, options).run();
    return finished ? 0 : 130;
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    yield* sys.printError(`\n${step}: ${strerror(error.errno)}\n`);
    return 1;
  }
}

function createMethod(
  sys: Sys,
  options: TracerouteOptions,
  destination: Ipv4,
  payloadBytes: number,
  prepare: (fd: number) => void,
): Method {
  const settings = { destination, payloadBytes, prepare };
  switch (options.method) {
    case "udp":
    case "udp-constant": {
      const constantPort = options.method === "udp-constant";
      const port = options.port ?? (constantPort ? 53 : DEFAULT_UDP_PORT);
      return udpMethod(sys, { ...settings, port, constantPort });
    }
    case "icmp":
      return icmpMethod(sys, settings, options.port ?? 1);
    case "tcp":
      return tcpMethod(sys, settings, options.port ?? 80);
  }
}

function sourceOf(text: string): Ipv4 {
  const address = parseIpv4(text);
  if (address === undefined) throw new KernelError("EADDRNOTAVAIL");
  return address;
}
