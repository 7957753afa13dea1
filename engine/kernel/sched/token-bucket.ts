import { frameLength } from "../../net/length.ts";
import type { Packet } from "../../net/packet.ts";
import { SECOND, type Ns } from "../../sim/clock.ts";
import type { SimEvent } from "../../sim/event-queue.ts";
import { KernelError } from "../errno.ts";
import type { QdiscOptions, TokenBucketOptions } from "../rtnetlink/messages.ts";
import { Qdisc } from "./qdisc.ts";

/** A token bucket filter. Linux net/sched/sch_tbf.c. */
export class TokenBucket extends Qdisc {
  override readonly kind = "tbf";
  private settings: TokenBucketOptions | undefined;
  private queue: Packet[] = [];
  /** Tokens are the time that it takes to send bytes at the rate. */
  private tokensNs: Ns = 0;
  private filledNs: Ns = 0;
  private timer: SimEvent | undefined;

  override get takesChild(): boolean {
    return true;
  }

  /** A discipline inside gets the frames first; what it lets out is shaped. */
  enqueue(packet: Packet): void {
    if (this.child) this.child.enqueue(packet);
    else this.shape(packet);
  }

  override fromInside(_id: number, packet: Packet): void {
    this.shape(packet);
  }

  private shape(packet: Packet): void {
    const { settings, statistics } = this;
    const length = frameLength(packet);
    if (
      !settings ||
      length > settings.burstBytes ||
      statistics.backlogBytes + length > settings.limitBytes
    ) {
      this.drop(packet);
      return;
    }
    this.queue.push(packet);
    this.waits(packet);
    if (!this.timer) this.release();
  }

  options(): QdiscOptions {
    if (!this.settings) throw new Error("made with options");
    return this.settings;
  }

  change(options: QdiscOptions): void {
    if (options.kind !== "tbf" || options.bytesPerSecond <= 0 || options.burstBytes <= 0) {
      throw new KernelError("EINVAL");
    }
    this.settings = options;
    this.tokensNs = this.timeFor(options.burstBytes);
    this.filledNs = this.context.sim.nowNs;
    this.context.sim.cancel(this.timer);
    this.timer = undefined;
    this.release();
  }

  override reset(): void {
    super.reset();
    this.queue = [];
    this.context.sim.cancel(this.timer);
    this.timer = undefined;
  }

  private release(): void {
    const { sim } = this.context;
    for (;;) {
      const packet = this.queue[0];
      if (!packet) return;
      const bucketNs = this.timeFor(this.settings?.burstBytes ?? 0);
      const gained = Math.min(bucketNs, this.tokensNs + sim.nowNs - this.filledNs);
      const left = gained - this.timeFor(frameLength(packet));
      if (left < 0) {
        this.statistics.overlimits += 1;
        this.timer = sim.schedule(-left, () => {
          this.timer = undefined;
          this.release();
        });
        return;
      }
      this.tokensNs = left;
      this.filledNs = sim.nowNs;
      this.queue.shift();
      this.waitsNoMore(packet);
      this.send(packet);
    }
  }

  private timeFor(bytes: number): Ns {
    return Math.ceil((bytes * SECOND) / (this.settings?.bytesPerSecond ?? 1));
  }
}
