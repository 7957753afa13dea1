/** How a service chooses a server for a new connection. */
import type { Packet } from "../../../../net/packet.ts";
import type { Destination, Service } from "../service.ts";

export interface Scheduler {
  /** Undefined: no server is to be had. */
  schedule(service: Service, packet: Packet): Destination | undefined;
  /** A server came, went or changed its weight. */
  destinationsChanged?(service: Service): void;
}

export interface SchedulerKind {
  readonly name: string;
  readonly summary: string;
  /** Names of its flags 1 to 3. */
  readonly flags?: readonly string[];
  make(): Scheduler;
}
