/** Published ports: who has which, the rules for them, and a docker-proxy process for each. */
import { formatIpv4, IPV4_ANY, parseIpv4, type Ipv4 } from "../../net/address.ts";
import { KernelError, strerror } from "../../kernel/errno.ts";
import { ApiError } from "../api/errors.ts";
import type { PortBinding, PortMap } from "../api/container.ts";
import type { DaemonContext } from "../daemon/context.ts";
import { filtered } from "./bridge.ts";
import type { Endpoint } from "./network.ts";

/** net.ipv4.ip_local_port_range */
const DYNAMIC_FIRST = 32_768;
const DYNAMIC_LAST = 60_999;

const LISTEN_BACKLOG = 4096;
const PROXY = "/usr/sbin/docker-proxy";

/** One port of one address of the machine. */
export interface Publication {
  readonly endpoint: Endpoint;
  readonly protocol: string;
  /** `0.0.0.0`, `::` … */
  readonly hostIp: string;
  readonly hostPort: number;
  readonly containerPort: number;
  /** Of docker-proxy; 0: there is none. */
  readonly proxyPid: number;
}

interface Wish {
  readonly protocol: string;
  readonly containerPort: number;
  readonly hostIp: string;
  readonly first: number;
  readonly last: number;
}

export class Publisher {
  /** `protocol/ip/port` */
  private readonly taken = new Set<string>();
  private nextDynamic = DYNAMIC_FIRST;

  constructor(private readonly context: DaemonContext) {}

  /** All of the bindings or none. ApiError 500. */
  publish(endpoint: Endpoint, bindings: PortMap): Publication[] {
    const made: Publication[] = [];
    try {
      const { publishAddress } = endpoint.network.bridgeOptions;
      for (const wishes of wishesOf(bindings, publishAddress)) {
        made.push(...this.publishTogether(endpoint, wishes));
      }
    } catch (error) {
      this.unpublish(made);
      throw error instanceof PublishError
        ? new ApiError(
            500,
            `driver failed programming external connectivity on endpoint ${endpoint.containerName()} (${endpoint.id}): ${error.message}`,
          )
        : error;
    }
    return made;
  }

  unpublish(publications: readonly Publication[]): void {
    const { firewall, sys } = this.context;
    for (const publication of publications) {
      this.taken.delete(keyOf(publication, publication.hostPort));
      const port = translated(publication);
      if (port) firewall.unpublish(filtered(publication.endpoint.network), port);
      if (publication.proxyPid > 0) kill(() => sys.kill(publication.proxyPid, "SIGINT"));
    }
  }

  /** The same port on every address that was asked for. */
  private publishTogether(endpoint: Endpoint, wishes: readonly Wish[]): Publication[] {
    const [first] = wishes;
    if (!first) return [];
    const candidates = this.candidates(first);
    for (const [index, port] of candidates.entries()) {
      const isLast = index === candidates.length - 1;
      const conflict = wishes.find((wish) => this.isTaken(wish, port));
      if (conflict) {
        if (!isLast) continue;
        throw new PublishError(
          `Bind for ${conflict.hostIp}:${port} failed: port is already allocated`,
        );
      }
      const made: Publication[] = [];
      try {
        for (const wish of wishes) made.push(this.bind(endpoint, wish, port));
        return made;
      } catch (error) {
        this.unpublish(made);
        if (!isLast && error instanceof PublishError) continue;
        throw error;
      }
    }
    throw new PublishError("all ports are allocated");
  }

  private candidates({ first, last }: Wish): number[] {
    if (first > 0) return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    const count = DYNAMIC_LAST - DYNAMIC_FIRST + 1;
    const start = this.nextDynamic;
    this.nextDynamic = start >= DYNAMIC_LAST ? DYNAMIC_FIRST : start + 1;
    return Array.from({ length: 100 }, (_, index) => {
      return DYNAMIC_FIRST + ((start - DYNAMIC_FIRST + index) % count);
    });
  }

  private isTaken(wish: Wish, port: number): boolean {
    const any = wish.hostIp.includes(":") ? "::" : "0.0.0.0";
    if (this.taken.has(keyOf({ ...wish, hostIp: any }, port))) return true;
    if (wish.hostIp !== any) return this.taken.has(keyOf(wish, port));
    const end = `/${port}`;
    for (const key of this.taken) {
      const isSameFamily = key.includes(":") === wish.hostIp.includes(":");
      if (key.startsWith(`${wish.protocol}/`) && key.endsWith(end) && isSameFamily) return true;
    }
    return false;
  }

  private bind(endpoint: Endpoint, wish: Wish, hostPort: number): Publication {
    const { firewall, config } = this.context;
    const { protocol, containerPort, hostIp } = wish;
    if (isRouted(endpoint, hostIp)) return this.open(endpoint, wish);
    const listener = this.listen(wish, hostPort, endpoint);
    const bare = { endpoint, protocol, hostIp, hostPort, containerPort };
    const proxyPid = config.userlandProxy ? this.startProxy(bare, listener) : 0;
    if (listener !== undefined) this.context.sys.close(listener);
    const publication = { ...bare, proxyPid };
    this.taken.add(keyOf(wish, hostPort));
    const port = translated(publication);
    if (port) firewall.publish(filtered(endpoint.network), port);
    return publication;
  }

  /** A container that is reached by its own address needs a hole in the filter and no port here. */
  private open(endpoint: Endpoint, { protocol, containerPort, hostIp }: Wish): Publication {
    const publication = { endpoint, protocol, hostIp, hostPort: 0, containerPort, proxyPid: 0 };
    const port = translated(publication);
    if (port) this.context.firewall.publish(filtered(endpoint.network), port);
    return publication;
  }

  /** Holds the port for docker-proxy. Undefined: UDP over IPv6, which has no sockets here. */
  private listen(wish: Wish, port: number, endpoint: Endpoint): number | undefined {
    const { sys } = this.context;
    const ipv4 = parseIpv4(wish.hostIp);
    if (ipv4 === undefined && wish.protocol !== "tcp") return undefined;
    const ip = ipv4 ?? IPV4_ANY;
    const family = ipv4 === undefined ? "inet6" : "inet";
    const fd = sys.socket(family, wish.protocol === "udp" ? "dgram" : "stream");
    try {
      if (wish.protocol === "tcp") sys.setsockopt(fd, "reuseAddress", true);
      sys.bind(fd, { ip, port });
      if (wish.protocol === "tcp") sys.listen(fd, LISTEN_BACKLOG);
    } catch (error) {
      sys.close(fd);
      if (!(error instanceof KernelError)) throw error;
      throw new PublishError(this.refusal(wish, port, endpoint, strerror(error.errno)));
    }
    return fd;
  }

  private refusal(wish: Wish, port: number, endpoint: Endpoint, why: string): string {
    const text = why.charAt(0).toLowerCase() + why.slice(1);
    const { hostIp, protocol, containerPort } = wish;
    if (this.context.release === "28") {
      const inside = endpoint.address === undefined ? "" : formatIpv4(endpoint.address);
      return `failed to bind host port for ${hostIp}:${port}:${inside}:${containerPort}/${protocol}: ${text}`;
    }
    return `Error starting userland proxy: listen ${protocol}4 ${hostIp}:${port}: bind: ${text}`;
  }

  private startProxy(
    publication: Omit<Publication, "proxyPid">,
    listener: number | undefined,
  ): number {
    const { sys, release } = this.context;
    const { endpoint, protocol, hostIp, hostPort, containerPort } = publication;
    const argv = [
      PROXY,
      ...["-proto", protocol],
      ...["-host-ip", hostIp],
      ...["-host-port", String(hostPort)],
      ...["-container-ip", formatIpv4(endpoint.address ?? IPV4_ANY)],
      ...["-container-port", String(containerPort)],
      ...(release === "28" ? ["-use-listen-fd"] : []),
    ];
    const held = listenerDescriptor(release);
    const descriptors = new Map([0, 1, 2].map((fd) => [fd, fd]));
    if (listener !== undefined) descriptors.set(held, listener);
    return sys.spawn({ run: { path: PROXY, argv }, descriptors, newSession: false });
  }
}

/** Where docker-proxy finds the socket that the daemon bound for it. */
export function listenerDescriptor(release: string): number {
  return release === "28" ? 7 : 4;
}

/** A port could not be had; the message says why. */
class PublishError extends Error {}

function isRouted({ network }: Endpoint, hostIp: string): boolean {
  return network.bridgeOptions.gatewayMode === "routed" && !hostIp.includes(":");
}

function kill(send: () => void): void {
  try {
    send();
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
  }
}

function keyOf(port: Pick<Wish, "protocol" | "hostIp">, hostPort: number): string {
  return `${port.protocol}/${port.hostIp}/${hostPort}`;
}

/** What the packet filter translates: IPv4 only. */
function translated({ endpoint, protocol, hostIp, hostPort, containerPort }: Publication) {
  const address: Ipv4 | undefined = parseIpv4(hostIp);
  if (address === undefined || endpoint.address === undefined) return undefined;
  return { protocol, hostIp: address, hostPort, containerIp: endpoint.address, containerPort };
}

/** Each binding as the ports of each address that it means. */
function wishesOf(bindings: PortMap, publishAddress: string): Wish[][] {
  const groups: Wish[][] = [];
  for (const [port, list] of Object.entries(bindings)) {
    const [containerPort = "", protocol = "tcp"] = port.split("/");
    for (const binding of list ?? [])
      groups.push(wishes(binding, protocol, Number(containerPort), publishAddress));
  }
  return groups;
}

function wishes(
  binding: PortBinding,
  protocol: string,
  containerPort: number,
  publishAddress: string,
): Wish[] {
  const [from = "", to = from] = binding.HostPort.split("-");
  const first = Number(from) || 0;
  const last = Number(to) || first;
  const written = binding.HostIp === "" ? publishAddress : binding.HostIp;
  const isEverywhere = written === "" || (binding.HostIp === "" && written === "0.0.0.0");
  const addresses = isEverywhere ? ["0.0.0.0", "::"] : [written];
  return addresses.map((hostIp) => ({ protocol, containerPort, hostIp, first, last }));
}
