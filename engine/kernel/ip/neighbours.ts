/** The ARP table of a namespace: every device's neighbours. Linux arp_tbl. */
import { IPV4_ANY, isMulticast, multicastMac, type Ipv4, type Mac } from "../../net/address.ts";
import type { Packet } from "../../net/packet.ts";
import { MILLISECOND, SECOND } from "../../sim/clock.ts";
import type { NetDevice } from "../device/net-device.ts";
import type { NetNamespace } from "../netns.ts";
import { solicit } from "./arp.ts";
import { Neighbour, type NeighbourTable } from "./neighbour.ts";

/** Entries changed so recently survive a forced collection. Linux neigh_forced_gc(). */
const FORCED_GC_AGE = 5 * SECOND;

export class Neighbours implements NeighbourTable {
  private count = 0;
  /** Addresses answered for on other hosts' behalf, `ip neigh add proxy`. */
  readonly proxies: { readonly address: Ipv4; readonly device: NetDevice }[] = [];

  constructor(private readonly netns: NetNamespace) {}

  find(device: NetDevice, address: Ipv4): Neighbour | undefined {
    return device.ipv4.neighbours.get(keyOf(device, address) | 0);
  }

  /** The entry, made if it is not there. Undefined: the table is full. */
  findOrCreate(device: NetDevice, address: Ipv4): Neighbour | undefined {
    return this.find(device, address) ?? this.create(device, address);
  }

  private create(device: NetDevice, address: Ipv4): Neighbour | undefined {
    if (this.count >= this.limit("gc_thresh2")) this.collect();
    if (this.count >= this.limit("gc_thresh3")) return undefined;
    const neighbour = new Neighbour(device, keyOf(device, address), this);
    const mac = this.fixedMac(device, address);
    if (mac !== undefined) neighbour.setNoArp(mac);
    device.ipv4.neighbours.set(neighbour.address | 0, neighbour);
    this.count += 1;
    return neighbour;
  }

  /** net.ipv4.neigh.default: entries from which old ones are thrown out, and the most there are. */
  private limit(name: "gc_thresh2" | "gc_thresh3"): number {
    return this.netns.sysctl.number(`ipv4/neigh/default/${name}`);
  }

  /** The address of what needs no question; arp_constructor(). */
  private fixedMac(device: NetDevice, address: Ipv4): Mac | undefined {
    if (isMulticast(address)) return multicastMac(address);
    if (device.noArp || device.isLoopback) return device.address;
    if (device.isPointToPoint) return device.broadcastAddress;
    const type = this.netns.fib.addressType(address, device);
    return type === "broadcast" ? device.broadcastAddress : undefined;
  }

  remove(neighbour: Neighbour): void {
    if (!neighbour.device.ipv4.neighbours.delete(neighbour.address | 0)) return;
    this.count -= 1;
    neighbour.destroy();
  }

  /** The device's entries are gone, all or all but the permanent ones; neigh_flush_dev(). */
  flush(device: NetDevice, keepPermanent: boolean): void {
    for (const neighbour of [...device.ipv4.neighbours.values()]) {
      if (keepPermanent && neighbour.state === "PERMANENT") continue;
      this.remove(neighbour);
    }
  }

  private collect(): void {
    const old = this.netns.sim.nowNs - FORCED_GC_AGE;
    for (const neighbour of this.all()) {
      if (neighbour.isDisposable && neighbour.updatedNs <= old) this.remove(neighbour);
    }
  }

  all(): Neighbour[] {
    return this.netns.devices().flatMap((device) => [...device.ipv4.neighbours.values()]);
  }

  solicit(neighbour: Neighbour, to: Mac | undefined, about: Packet | undefined): void {
    solicit(this.netns, neighbour, to, about);
  }

  unreachable(packet: Packet, neighbour: Neighbour): void {
    this.netns.ip.linkFailure(packet, neighbour.device);
  }

  changed(neighbour: Neighbour): void {
    this.netns.monitor.neighbour(neighbour, false);
  }

  /** Draws how long REACHABLE lasts on a device; neigh_rand_reach_time(). */
  drawReachableTime(device: NetDevice): void {
    const base = device.ipv4.neighbourParameters.base_reachable_time_ms * MILLISECOND;
    device.ipv4.reachableNs = Math.floor(base * (0.5 + this.netns.random.fraction()));
  }
}

/** Where there is only one to reach, one entry stands for every address; arp_constructor(). */
function keyOf(device: NetDevice, address: Ipv4): Ipv4 {
  return device.isLoopback || device.isPointToPoint ? IPV4_ANY : address;
}
