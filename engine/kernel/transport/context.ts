/** What the transports need of the network namespace and machine they live in. */
import type { Random } from "../../sim/random.ts";
import type { Simulation } from "../../sim/simulation.ts";
import type { CapturedFrame } from "../process/sys.ts";
import type { Packet } from "../../net/packet.ts";
import type { Snmp } from "../ip/snmp.ts";
import type { PacketTracer } from "../packet-tracer.ts";
import type { IpLayer } from "./protocol.ts";
import type { TransportSysctls } from "./sysctls.ts";

export interface TransportContext {
  readonly sim: Simulation;
  readonly random: Random;
  readonly ip: IpLayer;
  readonly sysctls: TransportSysctls;
  readonly snmp: Snmp;
  readonly tracer: PacketTracer | undefined;
  /** Index of a device of this namespace, by name. */
  deviceIndex(name: string): number | undefined;
  deviceName(index: number): string | undefined;
  /** Number for a new socket, unique on the machine. */
  allocateInode(): number;
  /** net.ipv4.ip_default_ttl */
  defaultTtl(): number;
  /** net.ipv4.ip_no_pmtu_disc is 0. */
  discoversPathMtu(): boolean;
  /**
   * Shows every frame that the devices receive and send (index 0: all of them) until the
   * returned function is called.
   */
  tap(ifindex: number, see: (frame: CapturedFrame) => void): () => void;
  /** One who wants to see frames for others, more or fewer: a bridge then takes what it forwards. */
  setPromiscuity(ifindex: number, change: 1 | -1): void;
  /** Sends a frame that has its Ethernet header. ENXIO, ENETDOWN. */
  sendFrame(ifindex: number, packet: Packet): void;
}
