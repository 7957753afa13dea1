/** Virtual services and the real servers behind them. Linux struct ip_vs_service, ip_vs_dest. */
import type { Ipv4 } from "../../../net/address.ts";
import { IpvsStatistics } from "./statistics.ts";
import type { Scheduler } from "./schedulers/scheduler.ts";

/** What clients ask for: an address and a port of a protocol, or a mark. */
export interface ServiceKey {
  /** 0: by mark. */
  readonly protocol: number;
  readonly address: Ipv4;
  /** 0: every port; persistent services only. */
  readonly port: number;
  readonly mark: number;
}

export interface ServiceSettings {
  readonly scheduler: string;
  /** Seconds a client stays with its server; undefined: not persistent. */
  readonly persistence: number | undefined;
  /** Clients of one network count as one. */
  readonly netmask: Ipv4;
  readonly onePacket: boolean;
  /** Flags 1 to 3 of the scheduler. */
  readonly schedulerFlags: readonly number[];
}

export type ForwardingMethod = "masquerade" | "route" | "tunnel" | "local";

export interface DestinationSettings {
  readonly method: ForwardingMethod;
  readonly weight: number;
  /** Of connections; 0: no limit. Above the upper one it gets none until below the lower one. */
  readonly upperThreshold: number;
  readonly lowerThreshold: number;
}

export class Destination {
  settings: DestinationSettings;
  activeConnections = 0;
  inactiveConnections = 0;
  persistentConnections = 0;
  isOverloaded = false;
  /** It belongs to its service; IP_VS_DEST_F_AVAILABLE. */
  isPresent = true;
  readonly statistics = new IpvsStatistics();

  constructor(
    readonly address: Ipv4,
    readonly port: number,
    settings: DestinationSettings,
  ) {
    this.settings = settings;
  }

  get hasConnections(): boolean {
    return this.activeConnections + this.inactiveConnections + this.persistentConnections > 0;
  }

  get weight(): number {
    return this.settings.weight;
  }

  /** May be chosen at all. */
  get isAvailable(): boolean {
    return this.settings.weight > 0 && !this.isOverloaded;
  }

  /** ip_vs_dest_totalconns() against the thresholds, when one comes or goes. */
  updateOverload(): void {
    const { upperThreshold, lowerThreshold } = this.settings;
    const total = this.activeConnections + this.inactiveConnections;
    if (upperThreshold !== 0 && total >= upperThreshold) this.isOverloaded = true;
    else if (lowerThreshold !== 0) {
      if (total < lowerThreshold) this.isOverloaded = false;
    } else if (upperThreshold !== 0) {
      if (total * 4 < upperThreshold * 3) this.isOverloaded = false;
    } else this.isOverloaded = false;
  }
}

export class Service {
  settings: ServiceSettings;
  /** The youngest first, as the kernel keeps them. */
  destinations: Destination[] = [];
  readonly statistics = new IpvsStatistics();
  scheduler: Scheduler;

  constructor(
    readonly key: ServiceKey,
    settings: ServiceSettings,
    scheduler: Scheduler,
  ) {
    this.settings = settings;
    this.scheduler = scheduler;
  }

  find(address: Ipv4, port: number): Destination | undefined {
    return this.destinations.find((one) => one.address === address && one.port === port);
  }
}
