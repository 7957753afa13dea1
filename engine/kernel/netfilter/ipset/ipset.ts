/** IP sets of a namespace. Linux net/netfilter/ipset. */
import type { Packet } from "../../../net/packet.ts";
import type { Simulation } from "../../../sim/simulation.ts";

export interface IpSet {
  readonly name: string;
  /** How many parts an element has. */
  readonly dimension: number;
  test(packet: Packet, directions: readonly ("src" | "dst")[]): boolean;
}

export class IpSets {
  private readonly sets = new Map<string, IpSet>();

  constructor(readonly sim: Simulation) {}

  get(name: string): IpSet | undefined {
    return this.sets.get(name);
  }

  testPacket(name: string, packet: Packet, directions: readonly ("src" | "dst")[]): boolean {
    return this.sets.get(name)?.test(packet, directions) ?? false;
  }
}
