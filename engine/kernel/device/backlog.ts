/**
 * Frames that arrived from within the machine (loopback, veth) and wait to be processed, so that
 * sending never recurses into receiving. Linux per-CPU softnet backlog, net/core/dev.c.
 */
import type { Packet } from "../../net/packet.ts";
import { MICROSECOND, type Ns } from "../../sim/clock.ts";
import type { Simulation } from "../../sim/simulation.ts";
import type { NetDevice } from "./net-device.ts";

/** net.core.netdev_max_backlog */
const MAX_PACKETS = 1000;

/** Packets of one run before others get their turn; fewer than dev_weight, for short slices. */
const BUDGET = 16;

/**
 * What a packet costs the processor. It is what makes virtual time pass in a layer-2 loop inside
 * one machine, which would otherwise stand still for ever.
 */
const PACKET_COST_NS: Ns = MICROSECOND;

export class Backlog {
  /** Packets dropped because the backlog was full, /proc/net/softnet_stat. */
  dropped = 0;
  processed = 0;
  private devices: NetDevice[] = [];
  private packets: Packet[] = [];
  private head = 0;
  private scheduled = false;
  private readonly run = (): void => this.process();

  constructor(private readonly sim: Simulation) {}

  /** netif_rx(). False: it was full and the packet is gone. */
  enqueue(device: NetDevice, packet: Packet): boolean {
    if (this.packets.length - this.head >= MAX_PACKETS) {
      this.dropped += 1;
      device.netns.tracer?.(packet, { kind: "drop", reason: "backlog", device });
      return false;
    }
    this.devices.push(device);
    this.packets.push(packet);
    if (!this.scheduled) this.schedule(PACKET_COST_NS);
    return true;
  }

  private schedule(delayNs: Ns): void {
    this.scheduled = true;
    this.sim.schedule(delayNs, this.run);
  }

  private process(): void {
    const end = Math.min(this.packets.length, this.head + BUDGET);
    const count = end - this.head;
    try {
      while (this.head < end) this.processNext();
    } finally {
      this.finishRun(count);
    }
  }

  private processNext(): void {
    const device = this.devices[this.head] as NetDevice;
    const packet = this.packets[this.head] as Packet;
    this.head += 1;
    this.processed += 1;
    if (device.up) device.receive(packet);
  }

  /** Goes on after the time that the run has cost, if more is waiting. */
  private finishRun(count: number): void {
    if (this.head === this.packets.length) {
      this.devices.length = 0;
      this.packets.length = 0;
      this.head = 0;
      this.scheduled = false;
      return;
    }
    if (this.head > MAX_PACKETS) {
      this.devices = this.devices.slice(this.head);
      this.packets = this.packets.slice(this.head);
      this.head = 0;
    }
    this.schedule(PACKET_COST_NS * count);
  }
}
