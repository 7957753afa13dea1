/** A class of the hierarchical token bucket. Linux struct htb_class. */
import { frameLength } from "../../net/length.ts";
import type { Packet } from "../../net/packet.ts";
import { SECOND, type Ns } from "../../sim/clock.ts";
import type { QdiscStatistics, TrafficClassOptions } from "../rtnetlink/messages.ts";
import type { Fifo } from "./fifo.ts";
import type { Qdisc } from "./qdisc.ts";

/** TC_HTB_MAXDEPTH */
const MAX_DEPTH = 8;
const MIN_QUANTUM = 1000;
const MAX_QUANTUM = 200_000;

/** Whether a class may send by its own rate, with its parent's help, or not at all. */
type Mode = "can-send" | "may-borrow" | "cannot-send";

export class HtbClass {
  readonly statistics: QdiscStatistics = {
    bytes: 0,
    packets: 0,
    drops: 0,
    overlimits: 0,
    requeues: 0,
    backlogBytes: 0,
    backlogPackets: 0,
  };
  lent = 0;
  borrowed = 0;
  /** Tokens are the time that it takes to send bytes at the rate, and at the ceiling. */
  tokensNs: Ns;
  ceilTokensNs: Ns;
  private filledNs: Ns;
  private mode: Mode = "can-send";
  children = 0;
  /** Bytes it may still send before its turn is over. */
  deficit = 0;
  /** A discipline that delays or drops what then waits in `queue`. */
  front: Qdisc | undefined;

  constructor(
    readonly handle: number,
    readonly parent: HtbClass | undefined,
    public options: TrafficClassOptions,
    /** What waits for tokens. */
    public queue: Fifo,
    /** `queue` was put there by someone, and is shown. */
    public hasOwnQueue: boolean,
    nowNs: Ns,
  ) {
    this.tokensNs = options.burstNs;
    this.ceilTokensNs = options.ceilBurstNs;
    this.filledNs = nowNs;
  }

  get isLeaf(): boolean {
    return this.children === 0;
  }

  get level(): number {
    if (this.isLeaf) return 0;
    return (this.parent ? this.parent.level : MAX_DEPTH) - 1;
  }

  quantum(rateToQuantum: number): number {
    const { quantumBytes, bytesPerSecond } = this.options;
    if (quantumBytes !== undefined) return quantumBytes;
    const computed = Math.floor(bytesPerSecond / rateToQuantum);
    return Math.min(MAX_QUANTUM, Math.max(MIN_QUANTUM, computed));
  }

  /** htb_class_mode(), counting how often it had to stop. */
  updatedMode(nowNs: Ns): Mode {
    const passedNs = nowNs - this.filledNs;
    const before = this.mode;
    if (this.ceilTokensNs + passedNs < 0) this.mode = "cannot-send";
    else this.mode = this.tokensNs + passedNs >= 0 ? "can-send" : "may-borrow";
    if (this.mode === "cannot-send" && before !== "cannot-send") this.statistics.overlimits += 1;
    return this.mode;
  }

  /** When it may do more than now, if time alone brings that. */
  nextChangeNs(): Ns {
    const wait = this.mode === "cannot-send" ? this.ceilTokensNs : this.tokensNs;
    return this.filledNs - wait;
  }

  /** A frame was sent by it or a class inside; `lender`: the level that gave the tokens. */
  charge(packet: Packet, lender: number, nowNs: Ns): void {
    const { options, statistics } = this;
    const bytes = frameLength(packet);
    const passedNs = nowNs - this.filledNs;
    const ceilTokens = Math.min(options.ceilBurstNs, this.ceilTokensNs + passedNs);
    const tokens = Math.min(options.burstNs, this.tokensNs + passedNs);
    this.ceilTokensNs = ceilTokens - timeFor(bytes, options.ceilBytesPerSecond);
    if (this.level >= lender) {
      if (this.level === lender) this.lent += 1;
      this.tokensNs = tokens - timeFor(bytes, options.bytesPerSecond);
    } else {
      this.borrowed += 1;
      this.tokensNs = tokens;
    }
    this.filledNs = nowNs;
    statistics.bytes += bytes;
    statistics.packets += 1;
  }
}

function timeFor(bytes: number, bytesPerSecond: number): Ns {
  return Math.ceil((bytes * SECOND) / bytesPerSecond);
}
