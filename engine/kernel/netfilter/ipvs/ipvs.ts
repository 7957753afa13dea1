/** Virtual services of a namespace: their configuration. Linux net/netfilter/ipvs/ip_vs_ctl.c. */
import type { Ipv4 } from "../../../net/address.ts";
import { SECOND } from "../../../sim/clock.ts";
import type { SimEvent } from "../../../sim/event-queue.ts";
import { KernelError } from "../../errno.ts";
import type { NetNamespace } from "../../netns.ts";
import type { Conntrack } from "../conntrack/conntrack.ts";
import type { IpvsConnection } from "./connection.ts";
import { IpvsConnections } from "./connections.ts";
import { SCHEDULERS } from "./schedulers/registry.ts";
import type { Scheduler } from "./schedulers/scheduler.ts";
import {
  Destination,
  Service,
  type DestinationSettings,
  type ServiceKey,
  type ServiceSettings,
} from "./service.ts";
import { IpvsStatistics } from "./statistics.ts";
import { TCP_TIMEOUTS, type IpvsTcpState } from "./tcp-states.ts";

const ESTIMATION_NS = 2 * SECOND;
const UDP_TIMEOUT_SECONDS = 300;

const keyText = ({ protocol, address, port, mark }: ServiceKey): string =>
  mark !== 0 ? `mark ${mark}` : `${protocol} ${address}:${port}`;

export class Ipvs {
  readonly statistics = new IpvsStatistics();
  readonly connections: IpvsConnections;
  private readonly byKey = new Map<string, Service>();
  private readonly timeouts = { ...TCP_TIMEOUTS, UDP: UDP_TIMEOUT_SECONDS };
  private estimation: SimEvent | undefined;
  /** Servers that were deleted and still have connections, by service. */
  private readonly trash = new Map<string, Set<Destination>>();

  /** `onUsed`: the first service comes, the last one goes; the hooks change. */
  constructor(
    readonly netns: NetNamespace,
    private readonly conntrack: Conntrack,
    private readonly onUsed: () => void,
  ) {
    this.connections = new IpvsConnections(netns.sim, (connection) => {
      this.forget(connection);
    });
  }

  /** Packets must be looked at. */
  get isUsed(): boolean {
    return this.byKey.size > 0;
  }

  setting(name: string): number {
    return this.netns.sysctl.number(`ipv4/vs/${name}`);
  }

  // ---------------------------------------------------------------- services

  /** The youngest last. */
  services(): Service[] {
    return [...this.byKey.values()];
  }

  find(key: ServiceKey): Service | undefined {
    return this.byKey.get(keyText(key));
  }

  /** The service of a packet, by mark, by port or for every port; ip_vs_service_find() */
  serviceFor(mark: number, protocol: number, address: Ipv4, port: number): Service | undefined {
    return (
      (mark === 0 ? undefined : this.byKey.get(`mark ${mark}`)) ??
      this.byKey.get(`${protocol} ${address}:${port}`) ??
      this.byKey.get(`${protocol} ${address}:0`)
    );
  }

  /** EEXIST; ENOENT: no such scheduler. */
  addService(key: ServiceKey, settings: ServiceSettings): void {
    const text = keyText(key);
    if (this.byKey.has(text)) throw new KernelError("EEXIST");
    this.byKey.set(text, new Service(key, settings, makeScheduler(settings.scheduler)));
    this.onUsed();
  }

  /** ESRCH: no such service. ENOENT: no such scheduler. */
  editService(key: ServiceKey, settings: ServiceSettings): void {
    const service = this.require(key);
    if (settings.scheduler !== service.settings.scheduler) {
      service.scheduler = makeScheduler(settings.scheduler);
    }
    service.settings = settings;
    service.scheduler.destinationsChanged?.(service);
  }

  /** ESRCH */
  deleteService(key: ServiceKey): void {
    this.discard(this.require(key));
    this.byKey.delete(keyText(key));
    this.onUsed();
  }

  flush(): void {
    for (const service of this.services()) this.discard(service);
    this.byKey.clear();
    this.onUsed();
  }

  private discard({ key, destinations }: Service): void {
    for (const destination of destinations) this.toTrash(key, destination);
  }

  /** ESRCH; without a key all counters become zero. */
  zero(key: ServiceKey | undefined): void {
    const services = key ? [this.require(key)] : this.services();
    for (const { statistics, destinations } of services) {
      statistics.zero();
      for (const destination of destinations) destination.statistics.zero();
    }
    if (!key) this.statistics.zero();
  }

  private require(key: ServiceKey): Service {
    const service = this.find(key);
    if (!service) throw new KernelError("ESRCH");
    return service;
  }

  // ---------------------------------------------------------------- servers

  /** ESRCH: no such service. EEXIST. ERANGE: the thresholds are the wrong way round. */
  addDestination(key: ServiceKey, address: Ipv4, port: number, to: DestinationSettings): void {
    const service = this.require(key);
    checkThresholds(to);
    if (service.find(address, port)) throw new KernelError("EEXIST");
    const known = this.fromTrash(key, address, port);
    if (known) known.settings = to;
    service.destinations.unshift(known ?? new Destination(address, port, to));
    service.scheduler.destinationsChanged?.(service);
  }

  /** ESRCH, ENOENT: no such server. ERANGE */
  editDestination(key: ServiceKey, address: Ipv4, port: number, to: DestinationSettings): void {
    const service = this.require(key);
    checkThresholds(to);
    const destination = service.find(address, port);
    if (!destination) throw new KernelError("ENOENT");
    destination.settings = to;
    destination.updateOverload();
    service.scheduler.destinationsChanged?.(service);
  }

  /** ESRCH, ENOENT */
  deleteDestination(key: ServiceKey, address: Ipv4, port: number): void {
    const service = this.require(key);
    const destination = service.find(address, port);
    if (!destination) throw new KernelError("ENOENT");
    service.destinations = service.destinations.filter((one) => one !== destination);
    this.toTrash(key, destination);
    service.scheduler.destinationsChanged?.(service);
  }

  private toTrash(key: ServiceKey, destination: Destination): void {
    destination.isPresent = false;
    const text = keyText(key);
    const living = [...(this.trash.get(text) ?? []), destination].filter(
      ({ hasConnections }) => hasConnections,
    );
    this.trash.set(text, new Set(living));
  }

  /** A server that comes back finds its connections; ip_vs_trash_get_dest() */
  private fromTrash(key: ServiceKey, address: Ipv4, port: number): Destination | undefined {
    const deleted = this.trash.get(keyText(key));
    for (const destination of deleted ?? []) {
      if (destination.address !== address || destination.port !== port) continue;
      deleted?.delete(destination);
      if (!destination.hasConnections) return undefined;
      destination.isPresent = true;
      destination.updateOverload();
      return destination;
    }
    return undefined;
  }

  // ---------------------------------------------------------------- timeouts

  timeoutSeconds(state: IpvsTcpState | "UDP"): number {
    return this.timeouts[state];
  }

  /** Seconds; 0 leaves one as it is. */
  setTimeouts(tcp: number, tcpFin: number, udp: number): void {
    if (tcp > 0) this.timeouts.ESTABLISHED = tcp;
    if (tcpFin > 0) this.timeouts.FIN_WAIT = tcpFin;
    if (udp > 0) this.timeouts.UDP = udp;
  }

  // ---------------------------------------------------------------- counting

  countConnection({ service, destination }: IpvsConnection): void {
    for (const one of [service, destination, this]) one.statistics.connections += 1;
    this.startEstimation();
  }

  countPacket(connection: IpvsConnection, direction: "in" | "out", bytes: number): void {
    const { service, destination } = connection;
    for (const { statistics } of [service, destination, this]) {
      if (direction === "in") {
        statistics.packetsIn += 1;
        statistics.bytesIn += bytes;
      } else {
        statistics.packetsOut += 1;
        statistics.bytesOut += bytes;
      }
    }
    this.startEstimation();
  }

  /** While something moves; the estimator's beat is that of the clock. */
  private startEstimation(): void {
    const { sim } = this.netns;
    this.estimation ??= sim.schedule(ESTIMATION_NS - (sim.nowNs % ESTIMATION_NS), () => {
      this.estimation = undefined;
      const all = this.services().flatMap(({ statistics, destinations }) => [
        statistics,
        ...destinations.map((destination) => destination.statistics),
      ]);
      const moving = [this.statistics, ...all].map((one) => one.estimate());
      if (moving.includes(true)) this.startEstimation();
    });
  }

  /** Its tracked connection goes with it; ip_vs_conn_drop_conntrack(). */
  private forget(connection: IpvsConnection): void {
    if (!connection.isTracked || connection.isTemplate) return;
    const { protocol, client, clientPort, virtual, virtualPort } = connection.key;
    const found = this.conntrack.find({
      src: client,
      dst: virtual,
      protocol,
      srcPort: clientPort,
      dstPort: virtualPort,
    });
    if (found) this.conntrack.kill(found.entry);
  }
}

function makeScheduler(name: string): Scheduler {
  const kind = SCHEDULERS.find((one) => one.name === name);
  if (!kind) throw new KernelError("ENOENT");
  return kind.make();
}

function checkThresholds({ upperThreshold, lowerThreshold }: DestinationSettings): void {
  if (lowerThreshold > upperThreshold) throw new KernelError("ERANGE");
}
