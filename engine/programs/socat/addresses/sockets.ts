/** Names, ports and options of sockets. */
import { formatIpv4, IPV4_ANY, type Ipv4 } from "../../../net/address.ts";
import type { SocketAddress, Sys } from "../../../kernel/process/sys.ts";
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import { resolveHost } from "../../support/resolve.ts";
import { serviceByName, type ServiceProtocol } from "../../support/services.ts";
import { SocatError } from "../log.ts";
import { isSet, numberOption, type AddressSpec } from "../spec.ts";
import { failure } from "./descriptors.ts";

export const SOCKET_OPTIONS = [
  "bind",
  "bindtodevice",
  "broadcast",
  "crnl",
  "keepalive",
  "nodelay",
  "pf",
  "rcvbuf",
  "reuseaddr",
  "reuseport",
  "sndbuf",
  "sourceport",
  "tos",
  "ttl",
] as const;
export const LISTEN_OPTIONS = [...SOCKET_OPTIONS, "fork", "backlog", "max-children"] as const;

/** `AF=2 10.0.0.1:80` */
export function addressText({ ip, port }: SocketAddress): string {
  return `AF=2 ${formatIpv4(ip)}:${port}`;
}

/** SOCK_STREAM or SOCK_DGRAM, and the protocol's number, as getaddrinfo(3) is asked. */
const HINTS: Readonly<Record<ServiceProtocol, string>> = { tcp: "1,6", udp: "2,17" };

export function* hostAddress(sys: Sys, host: string, protocol: ServiceProtocol): Blocking<Ipv4> {
  const found = yield* resolveHost(sys, host);
  if (!found.ok) {
    throw new SocatError(
      `getaddrinfo("${host}", "NULL", {1,0,${HINTS[protocol]}}, {}): ${found.error}`,
    );
  }
  return found.addresses[0];
}

export function portNumber(sys: Sys, text: string, protocol: ServiceProtocol): number {
  if (/^\d+$/.test(text)) return Number(text) & 0xffff;
  const port = serviceByName(sys, text, protocol);
  if (port === undefined) {
    throw new SocatError(
      `getaddrinfo"NULL", "${text}", {1,2,${HINTS[protocol].split(",")[0]},0}, {}): Servname not supported for ai_socktype`,
    );
  }
  return port;
}

export function makeSocket(sys: Sys, spec: AddressSpec, protocol: ServiceProtocol): number {
  const fd = sys.socket("inet", protocol === "tcp" ? "stream" : "dgram");
  if (isSet(spec, "reuseaddr")) sys.setsockopt(fd, "reuseAddress", true);
  if (isSet(spec, "reuseport")) sys.setsockopt(fd, "reusePort", true);
  if (isSet(spec, "broadcast")) sys.setsockopt(fd, "broadcast", true);
  if (isSet(spec, "keepalive")) sys.setsockopt(fd, "keepAlive", true);
  if (isSet(spec, "nodelay")) sys.setsockopt(fd, "noDelay", true);
  const ttl = numberOption(spec, "ttl");
  if (ttl !== undefined) sys.setsockopt(fd, "ttl", ttl);
  const tos = numberOption(spec, "tos");
  if (tos !== undefined) sys.setsockopt(fd, "tos", tos);
  const receive = numberOption(spec, "rcvbuf");
  if (receive !== undefined) sys.setsockopt(fd, "receiveBuffer", receive);
  const send = numberOption(spec, "sndbuf");
  if (send !== undefined) sys.setsockopt(fd, "sendBuffer", send);
  const device = spec.options.get("bindtodevice");
  if (device !== undefined) {
    try {
      sys.setsockopt(fd, "bindToDevice", device);
    } catch (error) {
      throw failure(error, `setsockopt(${fd}, 1, 25, "${device}", ${device.length + 1})`);
    }
  }
  return fd;
}

/** Where a socket is bound to before it connects: the options bind and sourceport. */
export function* bindLocally(
  sys: Sys,
  fd: number,
  spec: AddressSpec,
  protocol: ServiceProtocol,
): Blocking<void> {
  const [host = "", port = ""] = (spec.options.get("bind") ?? "").split(":");
  const source = port || (spec.options.get("sourceport") ?? "");
  if (host === "" && source === "") return;
  bindTo(sys, fd, {
    ip: host === "" ? IPV4_ANY : yield* hostAddress(sys, host, protocol),
    port: source === "" ? 0 : portNumber(sys, source, protocol),
  });
}

/** Where a listening socket is bound to: its port, and the host of the option bind. */
export function* bindForListening(
  sys: Sys,
  fd: number,
  spec: AddressSpec,
  protocol: ServiceProtocol,
): Blocking<void> {
  const host = spec.options.get("bind") ?? "";
  if (host.includes(":")) {
    throw new SocatError("port specification not allowed in this bind option");
  }
  bindTo(sys, fd, {
    ip: host === "" ? IPV4_ANY : yield* hostAddress(sys, host, protocol),
    port: portNumber(sys, spec.parameters[0] as string, protocol),
  });
}

function bindTo(sys: Sys, fd: number, address: SocketAddress): void {
  try {
    sys.bind(fd, address);
  } catch (error) {
    throw failure(error, `bind(${fd}, {${addressText(address)}}, 16)`);
  }
}

/** SOCAT_PEERADDR and its like, for the programs that are run. */
export function tellEnvironment(sys: Sys, local: SocketAddress, peer: SocketAddress): void {
  sys.env.set("SOCAT_SOCKADDR", formatIpv4(local.ip));
  sys.env.set("SOCAT_SOCKPORT", String(local.port));
  sys.env.set("SOCAT_PEERADDR", formatIpv4(peer.ip));
  sys.env.set("SOCAT_PEERPORT", String(peer.port));
}
