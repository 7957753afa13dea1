/**
 * One neighbour and its reachability, RFC 4861 §7.3 as Linux applies it to ARP:
 * net/core/neighbour.c, whose states and timers these are.
 */
import type { Ipv4, Mac } from "../../net/address.ts";
import { MAC_ZERO } from "../../net/address.ts";
import { networkLength } from "../../net/length.ts";
import { ETHERTYPE_IPV4, type EthernetHeader, type Packet } from "../../net/packet.ts";
import { MILLISECOND, SECOND, type Ns } from "../../sim/clock.ts";
import type { SimEvent } from "../../sim/event-queue.ts";
import type { NetDevice } from "../device/net-device.ts";
import { KernelError } from "../errno.ts";
import type { NeighbourState } from "../rtnetlink/messages.ts";
import type { NeighbourParameters } from "./conf.ts";

/** NUD_NONE is a new entry that nobody has used yet. */
export type NudState = NeighbourState | "NONE";

/** What a neighbour needs from its table. */
export interface NeighbourTable {
  /** Sends a question; `to` undefined: to everyone. `about`: the packet that waits. */
  solicit(neighbour: Neighbour, to: Mac | undefined, about: Packet | undefined): void;
  /** A packet that waited in vain. */
  unreachable(packet: Packet, neighbour: Neighbour): void;
  changed(neighbour: Neighbour): void;
}

/** What neigh_update() may do. */
export interface UpdateFlags {
  /** A different address replaces the known one. */
  readonly override?: boolean;
  /** It was the user's wish: permanent entries may change. */
  readonly admin?: boolean;
}

/** What the kernel adds for its own bookkeeping to a small packet that waits; sk_buff truesize. */
const PACKET_OVERHEAD_BYTES = 670;

/**
 * The timer wheel rounds a timer of a second up by 0 to 32 ms (HZ 250). The mean, so that three
 * probes in vain take the 3.06 s that they take on a real machine.
 */
const TIMER_SLACK_NS: Ns = 20 * MILLISECOND;

const MIN_RETRANSMIT_NS: Ns = 10 * MILLISECOND;

export function isValid(state: NudState): boolean {
  return state !== "NONE" && state !== "INCOMPLETE" && state !== "FAILED";
}

function isConnected(state: NudState): boolean {
  return state === "PERMANENT" || state === "NOARP" || state === "REACHABLE";
}

export function hasTimer(state: NudState): boolean {
  return state === "INCOMPLETE" || state === "REACHABLE" || state === "DELAY" || state === "PROBE";
}

export class Neighbour {
  state: NudState = "NONE";
  mac: Mac = MAC_ZERO;
  usedNs: Ns;
  confirmedNs: Ns;
  updatedNs: Ns;
  probes = 0;
  /** The Ethernet header of every IP packet to it while its address is valid. */
  private header: EthernetHeader | undefined;
  private queue: Packet[] | undefined;
  private queuedBytes = 0;
  private timer: SimEvent | undefined;
  private isDead = false;

  constructor(
    readonly device: NetDevice,
    readonly address: Ipv4,
    private readonly table: NeighbourTable,
  ) {
    const now = this.nowNs;
    this.usedNs = now;
    this.updatedNs = now;
    // Nothing confirms it yet: as if confirmed two lifetimes ago.
    this.confirmedNs = now - 2 * this.parameters.base_reachable_time_ms * MILLISECOND;
  }

  private get nowNs(): Ns {
    return this.device.netns.sim.nowNs;
  }

  private get parameters(): NeighbourParameters {
    return this.device.ipv4.neighbourParameters;
  }

  private get retransmitNs(): Ns {
    const wanted = this.parameters.retrans_time_ms * MILLISECOND;
    return Math.max(wanted, MIN_RETRANSMIT_NS) + TIMER_SLACK_NS;
  }

  private get delayNs(): Ns {
    return this.parameters.delay_first_probe_time * SECOND;
  }

  /** Packets that wait for the address. */
  get waiting(): readonly Packet[] {
    return this.queue ?? [];
  }

  /** An entry that never asks: loopback, NOARP devices, multicast and broadcast. */
  setNoArp(mac: Mac): void {
    this.state = "NOARP";
    this.setMac(mac);
  }

  /** Sends an IP packet to the neighbour, or keeps it until the address is known. */
  output(packet: Packet): void {
    const { state } = this;
    if (state !== "REACHABLE" && state !== "PERMANENT" && state !== "NOARP") {
      if (!this.prepare(packet)) return;
    }
    packet.ether = this.header;
    this.device.transmit(packet);
  }

  /**
   * Makes sure that someone asks for the address. True if it is known; otherwise the packet
   * waits, or is dropped. neigh_event_send()
   */
  prepare(packet: Packet | undefined): boolean {
    this.usedNs = this.nowNs;
    switch (this.state) {
      case "REACHABLE":
      case "PERMANENT":
      case "NOARP":
      case "DELAY":
      case "PROBE":
        return true;
      case "STALE":
        this.state = "DELAY";
        this.updatedNs = this.nowNs;
        this.startTimer(this.delayNs);
        return true;
      case "INCOMPLETE":
        if (packet) this.enqueue(packet);
        return false;
      case "NONE":
      case "FAILED":
        return this.startResolving(packet);
    }
  }

  private startResolving(packet: Packet | undefined): false {
    const { mcast_solicit, app_solicit, ucast_solicit } = this.parameters;
    if (mcast_solicit + app_solicit === 0) {
      this.state = "FAILED";
      this.updatedNs = this.nowNs;
      return false;
    }
    // Unicast probes are for an address that was known: count them as done.
    this.probes = ucast_solicit;
    this.state = "INCOMPLETE";
    this.updatedNs = this.nowNs;
    this.startTimer(this.retransmitNs);
    if (packet) this.enqueue(packet);
    this.probe();
    return false;
  }

  private enqueue(packet: Packet): void {
    const queue = (this.queue ??= []);
    queue.push(packet);
    this.queuedBytes += queuedSize(packet);
    while (this.queuedBytes > this.parameters.unres_qlen_bytes) {
      const oldest = queue.shift() as Packet;
      this.queuedBytes -= queuedSize(oldest);
      this.device.netns.tracer?.(oldest, {
        kind: "drop",
        reason: "neighbour-queue",
        device: this.device,
      });
    }
  }

  private probe(): void {
    const unicastLeft = this.probes < this.parameters.ucast_solicit;
    this.probes += 1;
    const about = this.queue?.[this.queue.length - 1];
    this.table.solicit(this, unicastLeft ? this.mac : undefined, about);
  }

  private get maxProbes(): number {
    const { ucast_solicit, app_solicit, mcast_solicit, mcast_resolicit } = this.parameters;
    const last = this.state === "PROBE" ? mcast_resolicit : mcast_solicit;
    return ucast_solicit + app_solicit + last;
  }

  private startTimer(delayNs: Ns): void {
    this.stopTimer();
    this.timer = this.device.netns.sim.schedule(delayNs, () => this.timerExpired());
  }

  private stopTimer(): void {
    this.device.netns.sim.cancel(this.timer);
    this.timer = undefined;
  }

  /** neigh_timer_handler() */
  private timerExpired(): void {
    this.timer = undefined;
    if (this.isDead) return;
    const now = this.nowNs;
    switch (this.state) {
      case "REACHABLE": {
        const untilNs = this.confirmedNs + this.device.ipv4.reachableNs;
        if (now < untilNs) this.startTimer(untilNs - now);
        else if (now <= this.usedNs + this.delayNs) {
          this.enter("DELAY");
          this.startTimer(this.delayNs);
        } else {
          this.enter("STALE");
          this.table.changed(this);
        }
        return;
      }
      case "DELAY":
        if (now <= this.confirmedNs + this.delayNs) {
          this.enter("REACHABLE");
          this.startTimer(this.confirmedNs + this.device.ipv4.reachableNs - now);
        } else {
          this.enter("PROBE");
          this.probes = 0;
          this.startTimer(this.retransmitNs);
          this.probe();
        }
        this.table.changed(this);
        return;
      case "INCOMPLETE":
      case "PROBE":
        if (this.probes >= this.maxProbes) {
          this.enter("FAILED");
          this.invalidate();
          this.table.changed(this);
          return;
        }
        this.startTimer(this.retransmitNs);
        this.probe();
        return;
      default:
    }
  }

  private enter(state: NudState): void {
    this.state = state;
    this.updatedNs = this.nowNs;
  }

  /** Everyone who waited is told; neigh_invalidate(). */
  private invalidate(): void {
    const waiting = this.takeQueue();
    for (const packet of waiting) this.table.unreachable(packet, this);
  }

  private takeQueue(): Packet[] {
    const queue = this.queue ?? [];
    this.queue = undefined;
    this.queuedBytes = 0;
    return queue;
  }

  /**
   * Something was heard about the neighbour; neigh_update(). `mac` undefined: keep the known one.
   * Throws EINVAL when there is none, EPERM when the entry is not to be changed.
   */
  update(mac: Mac | undefined, wanted: NeighbourState, flags: UpdateFlags): void {
    const old = this.state;
    if (!flags.admin && (old === "NOARP" || old === "PERMANENT")) return;
    const now = this.nowNs;
    if (!isValid(wanted)) {
      this.stopTimer();
      this.state = wanted;
      if ((old === "INCOMPLETE" || old === "PROBE") && wanted === "FAILED") this.invalidate();
      this.table.changed(this);
      return;
    }
    if (mac === undefined && !isValid(old)) {
      throw new KernelError("EINVAL", "No link layer address given");
    }
    const next = mac ?? this.mac;
    const isNewMac = !isValid(old) || next !== this.mac;
    if (isConnected(wanted)) this.confirmedNs = now;
    let state: NudState = wanted;
    if (isValid(old)) {
      if (isNewMac && !flags.override) return;
      if (!isNewMac && wanted === "STALE" && !flags.admin) state = old;
    }
    if (state !== old || isNewMac) this.updatedNs = now;
    if (state !== old) {
      this.stopTimer();
      if (state === "PROBE") this.probes = 0;
      this.state = state;
      if (hasTimer(state))
        this.startTimer(state === "REACHABLE" ? this.device.ipv4.reachableNs : 0);
    }
    if (isNewMac) {
      this.setMac(next);
      if (!isConnected(state)) {
        this.confirmedNs = now - 2 * this.parameters.base_reachable_time_ms * MILLISECOND;
      }
    }
    if (state !== old || isNewMac) this.table.changed(this);
    if (!isValid(old)) for (const packet of this.takeQueue()) this.output(packet);
  }

  /** A higher layer saw that the neighbour answers; dst_confirm(). */
  confirm(): void {
    this.confirmedNs = this.nowNs;
  }

  private setMac(mac: Mac): void {
    this.mac = mac;
    this.header = { dst: mac, src: this.device.address, etherType: ETHERTYPE_IPV4 };
  }

  /** The entry is taken out of its table; what waited is dropped. */
  destroy(): void {
    this.isDead = true;
    this.stopTimer();
    this.takeQueue();
  }

  /** True if nothing would be lost by forgetting it. */
  get isDisposable(): boolean {
    return this.state !== "PERMANENT" && !hasTimer(this.state);
  }
}

function queuedSize(packet: Packet): number {
  return networkLength(packet) + PACKET_OVERHEAD_BYTES;
}
