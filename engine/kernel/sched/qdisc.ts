/**
 * A queueing discipline: what a device's frames pass on their way out. Linux struct Qdisc.
 *
 * The kernel pulls frames out of disciplines; here they push them on when their time has come.
 */
import { frameLength } from "../../net/length.ts";
import type { Packet } from "../../net/packet.ts";
import type { Random } from "../../sim/random.ts";
import type { Simulation } from "../../sim/simulation.ts";
import type { Filter } from "./filter.ts";
import type { QdiscOptions, QdiscStatistics } from "../rtnetlink/messages.ts";

/** Where a discipline stands. */
export interface QdiscContext {
  readonly sim: Simulation;
  readonly random: Random;
  /** Number of frames that the device's queue holds, its txqueuelen. */
  readonly queueLength: number;
  readonly mtuBytes: number;
  /** A frame that was dropped, for the packet trace. */
  dropped(packet: Packet): void;
}

export abstract class Qdisc {
  abstract readonly kind: QdiscOptions["kind"];
  readonly statistics: QdiscStatistics = {
    bytes: 0,
    packets: 0,
    drops: 0,
    overlimits: 0,
    requeues: 0,
    backlogBytes: 0,
    backlogPackets: 0,
  };
  /** Undefined: frames are not told apart by filters. */
  filters: readonly Filter[] | undefined;
  /** The discipline inside, at `HANDLE:1`; undefined: a plain queue. */
  child: Qdisc | undefined;

  constructor(
    protected readonly context: QdiscContext,
    /** Major number in the upper 16 bits. */
    readonly handle: number,
    /** Handle of the class it hangs under; 0: it is the device's root. */
    readonly parent: number,
    /** Takes the frames that come out. */
    protected readonly output: (packet: Packet) => void,
  ) {}

  /** Takes ownership. */
  abstract enqueue(packet: Packet): void;

  abstract options(): QdiscOptions;

  /** EINVAL; what the options leave out stays. */
  abstract change(options: QdiscOptions): void;

  /** Whether a discipline can be attached inside. */
  get takesChild(): boolean {
    return false;
  }

  /** The classes, under each of which a discipline can stand. */
  classIds(): number[] {
    return this.takesChild ? [this.handle + 1] : [];
  }

  /** The discipline under a class. */
  occupant(_id: number): Qdisc | undefined {
    return this.child;
  }

  /** Puts a discipline under a class; undefined: a plain queue again. */
  attach(_id: number, qdisc: Qdisc | undefined): void {
    this.child?.reset();
    this.child = qdisc;
  }

  /** Takes the frames that come out of the discipline under a class. */
  fromInside(_id: number, _packet: Packet): void {}

  /** Drops what is waiting. */
  reset(): void {
    this.child?.reset();
    this.statistics.backlogBytes = this.statistics.backlogPackets = 0;
  }

  protected drop(packet: Packet): void {
    this.statistics.drops += 1;
    this.context.dropped(packet);
  }

  protected waits(packet: Packet): void {
    this.statistics.backlogPackets += 1;
    this.statistics.backlogBytes += frameLength(packet);
  }

  protected waitsNoMore(packet: Packet): void {
    this.statistics.backlogPackets -= 1;
    this.statistics.backlogBytes -= frameLength(packet);
  }

  /** Counts a frame as sent and hands it on. */
  protected send(packet: Packet): void {
    this.statistics.packets += 1;
    this.statistics.bytes += frameLength(packet);
    this.output(packet);
  }
}
