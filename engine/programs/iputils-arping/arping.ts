import { formatIpv4, IPV4_ANY, parseIpv4, type Ipv4 } from "../../net/address.ts";
import { ETHERTYPE_ARP } from "../../net/packet.ts";
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { LinkMessage } from "../../kernel/rtnetlink/messages.ts";
import { resolveHost } from "../support/resolve.ts";
import { parseArping, USAGE, type ArpingOptions } from "./options.ts";
import { Prober } from "./prober.ts";

const VERSION = `arping from iputils 20221126
libcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): yes, __fpending(): yes
`;

/** Where arping points a UDP socket to see whether it may send from an address. */
const PROBE_PORT = 1025;

/** Ends arping with a line on standard error and status 2. */
class ArpingError extends Error {}

export const arping: Program = {
  name: "arping",
  package: "iputils-arping",
  docs: {
    summary: "send ARP REQUEST to a neighbour host",
    synopsis: "arping [options] <destination>",
    options: [
      ["-c COUNT", "stop after COUNT probes"],
      ["-w TIMEOUT", "seconds after which arping ends"],
      ["-i INTERVAL", "whole seconds between two probes (1)"],
      ["-I DEVICE", "the device to send from"],
      ["-s SOURCE", "the sender's IP address"],
      ["-f", "quit on the first reply"],
      ["-b", "keep on broadcasting"],
      ["-D", "duplicate address detection: status 1 if the address is taken"],
      ["-U, -A", "announce the own address, by requests or by replies"],
      ["-q", "print nothing"],
      ["-V, -h", "version, help"],
    ],
    examples: ["arping -c 2 -I eth0 10.0.0.2", "arping -D -c 1 -I eth0 10.0.0.9"],
  },

  *main(sys, argv) {
    const parsed = parseArping(argv);
    switch (parsed.kind) {
      case "usage":
        yield* sys.printError(`${parsed.error === undefined ? "" : `${parsed.error}\n`}${USAGE}`);
        return 2;
      case "version":
        yield* sys.print(VERSION);
        return 0;
      case "error":
        yield* sys.printError(`arping: ${parsed.error}\n`);
        return 1;
      case "run":
        break;
    }
    try {
      return yield* run(sys, parsed.options);
    } catch (error) {
      if (!(error instanceof ArpingError)) throw error;
      yield* sys.printError(`${error.message}\n`);
      return 2;
    }
  },
};

function* run(sys: Sys, options: ArpingOptions): Blocking<number> {
  const found = parseIpv4(options.destination);
  const target = found ?? (yield* lookUp(sys, options.destination));
  const device = deviceOf(sys, options, target);
  if (device === "no route") {
    yield* sys.printError("arping: NETLINK_ROUTE unexpected iov element\n");
    return 1;
  }
  if (!device.flags.up) return yield* refuse(sys, options, `Interface "${device.name}" is down`);
  if (device.flags.noArp || device.flags.loopback) {
    return yield* refuse(sys, options, `Interface "${device.name}" is not ARPable`);
  }
  const source = yield* sourceOf(sys, options, device, target);
  if (!options.quiet) {
    yield* sys.print(
      `ARPING ${formatIpv4(target)} from ${formatIpv4(source)} ${options.device ?? device.name}\n`,
    );
  }
  if (source === IPV4_ANY && options.mode !== "duplicate") {
    throw new ArpingError("arping: no source address in not-DAD mode");
  }
  const fd = sys.socket("packet", "dgram", ETHERTYPE_ARP);
  sys.bind(fd, { ifindex: device.ifindex });
  const prober = new Prober(sys, fd, device, { source, target }, options);
  yield* prober.run();
  if (!options.quiet) yield* sys.print(prober.summary());
  switch (options.mode) {
    case "duplicate":
      return prober.received > 0 ? 1 : 0;
    case "request":
      return prober.received > 0 ? 0 : 1;
    case "unsolicited":
    case "answer":
      return 0;
  }
}

function* lookUp(sys: Sys, name: string): Blocking<Ipv4> {
  const found = yield* resolveHost(sys, name);
  if (!found.ok) throw new ArpingError(`arping: ${name}: ${found.error}`);
  return found.addresses[0];
}

function* refuse(sys: Sys, options: ArpingOptions, text: string): Blocking<number> {
  if (!options.quiet) yield* sys.print(`${text}\n`);
  return 2;
}

/** -I, or else the device that the route to the target leaves by. */
function deviceOf(sys: Sys, options: ArpingOptions, target: Ipv4): LinkMessage | "no route" {
  if (options.device !== undefined) {
    const device = sys.rtnetlink.link(options.device);
    if (!device) throw new ArpingError(`arping: Device ${options.device} not available.`);
    return device;
  }
  try {
    const { ifindex } = sys.rtnetlink.getRoute({ destination: target });
    return sys.rtnetlink.link(ifindex) ?? "no route";
  } catch (error) {
    if (error instanceof KernelError) return "no route";
    throw error;
  }
}

function* sourceOf(
  sys: Sys,
  options: ArpingOptions,
  device: LinkMessage,
  target: Ipv4,
): Blocking<Ipv4> {
  const announces = options.mode === "unsolicited" || options.mode === "answer";
  const wanted = options.source === undefined ? undefined : (parseIpv4(options.source) ?? IPV4_ANY);
  const source = wanted ?? (announces ? target : undefined);
  if (source === undefined) {
    return options.mode === "duplicate" ? IPV4_ANY : chosenSource(sys, device, target);
  }
  const fd = sys.socket("inet", "dgram");
  try {
    sys.bind(fd, { ip: source, port: 0 });
    yield* sys.connect(fd, { ip: target, port: PROBE_PORT });
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    if (error.errno === "EADDRNOTAVAIL")
      throw new ArpingError(`arping: bind: ${strerror(error.errno)}`);
  } finally {
    sys.close(fd);
  }
  return source;
}

/**
 * The address that the kernel would send from to a host on the device's link (SO_DONTROUTE): the
 * route's, unless that goes through a gateway, then the device's first.
 */
function chosenSource(sys: Sys, device: LinkMessage, target: Ipv4): Ipv4 {
  try {
    const route = sys.rtnetlink.getRoute({ destination: target, outputDevice: device.name });
    if (route.gateway === undefined && route.source !== undefined) return route.source;
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
  }
  const addresses = sys.rtnetlink
    .addresses()
    .filter(({ scope, secondary }) => scope !== "host" && !secondary);
  const own = addresses.find(({ ifindex }) => ifindex === device.ifindex);
  return (own ?? addresses[0])?.address ?? IPV4_ANY;
}
