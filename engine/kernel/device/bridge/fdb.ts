/** A bridge's forwarding table: which MAC address is behind which port. */
import type { Mac } from "../../../net/address.ts";
import type { Ns } from "../../../sim/clock.ts";
import type { NetDevice } from "../net-device.ts";
import type { BridgePort } from "./bridge-port.ts";

export interface FdbEntry {
  readonly mac: Mac;
  readonly vlan: number;
  /** Undefined: the bridge's own address. */
  port: BridgePort | undefined;
  /** `local`: an address of the bridge or of a port; frames to it go up. */
  kind: "learned" | "static" | "local";
  /** A local entry that stands for the bridge or a port itself, not added by hand. */
  readonly ownAddressOf: NetDevice | undefined;
  /** It stays with its port, wherever its address is heard. */
  sticky?: boolean;
  /** When its address was last heard, and when a frame was last sent to it. */
  updatedNs: Ns;
  usedNs: Ns;
}

/** Learned entries of one bridge at most, so that a flood of forged addresses stays bounded. */
const MAX_ENTRIES = 16384;

/** VLAN identifiers are below 4096: the key of a MAC in a VLAN. 48 + 12 bits do not fit a double. */
function key(mac: Mac, vlan: number): number | string {
  return vlan === 0 ? mac : `${mac}/${vlan}`;
}

export class Fdb {
  private readonly entries = new Map<number | string, FdbEntry>();

  get(mac: Mac, vlan: number): FdbEntry | undefined {
    return this.entries.get(vlan === 0 ? mac : key(mac, vlan));
  }

  put(entry: FdbEntry): boolean {
    if (this.entries.size >= MAX_ENTRIES) return false;
    this.entries.set(key(entry.mac, entry.vlan), entry);
    return true;
  }

  delete(entry: FdbEntry): void {
    this.entries.delete(key(entry.mac, entry.vlan));
  }

  deleteWhere(condition: (entry: FdbEntry) => boolean): void {
    for (const [at, entry] of this.entries) if (condition(entry)) this.entries.delete(at);
  }

  /** The latest first. */
  list(): FdbEntry[] {
    return [...this.entries.values()].reverse();
  }
}
