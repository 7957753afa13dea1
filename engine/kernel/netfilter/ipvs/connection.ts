/** A connection that IPVS sends to a server. Linux struct ip_vs_conn. */
import type { Ipv4 } from "../../../net/address.ts";
import type { Ns } from "../../../sim/clock.ts";
import type { SimEvent } from "../../../sim/event-queue.ts";
import type { Destination, ForwardingMethod, Service } from "./service.ts";
import type { IpvsTcpState } from "./tcp-states.ts";

export interface ConnectionKey {
  readonly protocol: number;
  readonly client: Ipv4;
  readonly clientPort: number;
  /** The mark of a service by mark, of a template. */
  readonly virtual: Ipv4;
  readonly virtualPort: number;
}

export class IpvsConnection {
  /** UDP and templates have no states of their own. */
  state: IpvsTcpState | "UDP" = "NONE";
  /** It counts as inactive. */
  isInactive = true;
  /** Only what the client sends comes this way. */
  seesNoOutput: boolean;
  timeoutNs: Ns = 0;
  expiresNs: Ns = 0;
  timer: SimEvent | undefined;
  /** Connections that a template keeps. */
  controlled = 0;
  isDead = false;
  readonly method: ForwardingMethod;

  constructor(
    readonly key: ConnectionKey,
    readonly service: Service,
    readonly destination: Destination,
    readonly serverPort: number,
    /** It only remembers which server a client has. */
    readonly isTemplate: boolean,
    /** Connection tracking follows it. */
    readonly isTracked: boolean,
    readonly template: IpvsConnection | undefined,
  ) {
    this.method = destination.settings.method;
    this.seesNoOutput = this.method !== "masquerade";
  }

  get server(): Ipv4 {
    return this.destination.address;
  }

  /** As /proc/net/ip_vs_conn and ipvsadm call it. ip_vs_state_name() */
  get stateName(): string {
    if (!this.isTemplate) return this.state;
    return this.isAssured ? "ASSURED" : "NONE";
  }

  /** Of a template: one of its connections was established. */
  isAssured = false;
}
