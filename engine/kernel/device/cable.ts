/** A full-duplex cable between two physical interfaces. */
import { isGroupMac } from "../../net/address.ts";
import { frameLength } from "../../net/length.ts";
import type { Packet } from "../../net/packet.ts";
import type { Ns } from "../../sim/clock.ts";
import type { Random } from "../../sim/random.ts";
import type { Simulation } from "../../sim/simulation.ts";
import type { Nic } from "./nic.ts";

export interface CableSettings {
  /** One-way delay. */
  latencyNs: Ns;
  /** Bits a second; 0: unlimited. */
  bandwidthBps: number;
  /** Probability that a frame is lost, 0 to 1. */
  loss: number;
  cut: boolean;
}

export interface CableStatistics {
  frames: number;
  bytes: number;
  /** Of the frames, those to a group address: what a storm detector watches. */
  broadcasts: number;
  /** Damaged on the way. */
  lost: number;
  /** Refused because the sender's queue was full. */
  dropped: number;
}

/** Frames that wait for their turn to be sent; the default txqueuelen. */
const QUEUE_FRAMES = 1000;

/**
 * The least time between two frames, and the least delay of a cable with the drivers at its ends.
 * They bound what a layer-2 loop of unlimited cables can do in an instant of virtual time.
 */
const MIN_FRAME_NS: Ns = 500;
const MIN_LATENCY_NS: Ns = 10_000;

/** Preamble, frame check sequence and inter-packet gap. IEEE 802.3. */
const WIRE_OVERHEAD_BYTES = 24;

export class Cable {
  readonly settings: CableSettings = { latencyNs: 0, bandwidthBps: 0, loss: 0, cut: false };
  private readonly ends: [Nic | undefined, Nic | undefined] = [undefined, undefined];
  private readonly directions: [Direction, Direction];

  constructor(sim: Simulation, random: Random) {
    this.directions = [
      new Direction(sim, random, this, () => this.ends[1]),
      new Direction(sim, random, this, () => this.ends[0]),
    ];
  }

  plug(end: 0 | 1, nic: Nic): void {
    this.ends[end] = nic;
    nic.plugged(this, end);
    this.updateCarrier();
  }

  unplug(end: 0 | 1): void {
    const nic = this.ends[end];
    this.ends[end] = undefined;
    nic?.unplugged();
    this.updateCarrier();
  }

  configure(changes: Partial<CableSettings>): void {
    Object.assign(this.settings, changes);
    this.updateCarrier();
  }

  /** Both ends see a carrier while both are up and the cable is whole. */
  updateCarrier(): void {
    const [one, other] = this.ends;
    const lit = this.lit;
    one?.setCarrier(lit);
    other?.setCarrier(lit);
    if (!lit) for (const direction of this.directions) direction.clear();
  }

  get lit(): boolean {
    const [one, other] = this.ends;
    return one !== undefined && other !== undefined && one.up && other.up && !this.settings.cut;
  }

  end(end: 0 | 1): Nic | undefined {
    return this.ends[end];
  }

  /** What was sent from an end. */
  statistics(from: 0 | 1): CableStatistics {
    return this.directions[from].statistics;
  }

  /** Frames on their way from an end. */
  inFlight(from: 0 | 1): number {
    return this.directions[from].inFlight;
  }

  clearStatistics(): void {
    for (const { statistics } of this.directions) {
      statistics.frames = statistics.bytes = statistics.broadcasts = 0;
      statistics.lost = statistics.dropped = 0;
    }
  }

  /** Takes ownership of the packet. */
  send(from: 0 | 1, packet: Packet): void {
    this.directions[from].send(packet);
  }
}

class Direction {
  readonly statistics: CableStatistics = {
    frames: 0,
    bytes: 0,
    broadcasts: 0,
    lost: 0,
    dropped: 0,
  };
  /** In order of arrival; `head` is the next to arrive. */
  private packets: Packet[] = [];
  private head = 0;
  private busyUntilNs: Ns = 0;
  private lastArrivalNs: Ns = 0;
  /** Arrivals that were scheduled before the cable went dark. */
  private stale = 0;
  private readonly deliver = (): void => this.arrive();

  constructor(
    private readonly sim: Simulation,
    private readonly random: Random,
    private readonly cable: Cable,
    private readonly receiver: () => Nic | undefined,
  ) {}

  get inFlight(): number {
    return this.packets.length - this.head;
  }

  send(packet: Packet): void {
    packet.scrub();
    const { settings } = this.cable;
    const { statistics } = this;
    const bytes = frameLength(packet);
    const now = this.sim.nowNs;
    const frameNs = Math.max(
      MIN_FRAME_NS,
      settings.bandwidthBps > 0
        ? Math.ceil(((bytes + WIRE_OVERHEAD_BYTES) * 8e9) / settings.bandwidthBps)
        : 0,
    );
    const startNs = Math.max(now, this.busyUntilNs);
    if (startNs - now > frameNs * QUEUE_FRAMES) {
      statistics.dropped += 1;
      return;
    }
    this.busyUntilNs = startNs + frameNs;
    statistics.frames += 1;
    if (packet.ether && isGroupMac(packet.ether.dst)) statistics.broadcasts += 1;
    statistics.bytes += bytes;
    if (this.random.chance(settings.loss)) {
      statistics.lost += 1;
      return;
    }
    const latencyNs = Math.max(MIN_LATENCY_NS, settings.latencyNs);
    // Frames never overtake one another, even when the latency was just made smaller.
    this.lastArrivalNs = Math.max(this.lastArrivalNs, this.busyUntilNs + latencyNs);
    this.packets.push(packet);
    this.sim.scheduleAt(this.lastArrivalNs, this.deliver);
  }

  /** The cable went dark: what was on it is gone. */
  clear(): void {
    const lost = this.inFlight;
    this.stale += lost;
    this.statistics.lost += lost;
    this.packets.length = 0;
    this.head = 0;
    this.busyUntilNs = this.sim.nowNs;
  }

  private arrive(): void {
    if (this.stale > 0) {
      this.stale -= 1;
      return;
    }
    const packet = this.packets[this.head] as Packet;
    this.head += 1;
    if (this.head === this.packets.length) {
      this.packets.length = 0;
      this.head = 0;
    } else if (this.head > QUEUE_FRAMES) {
      this.packets = this.packets.slice(this.head);
      this.head = 0;
    }
    this.receiver()?.arrived(packet);
  }
}
