import { MILLISECOND } from "../../sim/clock.ts";
import type { FairQueueCodelOptions, QdiscOptions } from "../rtnetlink/messages.ts";
import { Fifo } from "./fifo.ts";
import type { Qdisc } from "./qdisc.ts";

/** ETH_HLEN, which the quantum counts too. */
const HEADER_BYTES = 14;

/**
 * Fair queueing with controlled delay, RFC 8290, as far as a device that takes every frame at once
 * shows it: nothing waits long enough to be dropped or marked. Linux net/sched/sch_fq_codel.c.
 */
export class FqCodel extends Fifo {
  private settings: FairQueueCodelOptions;

  constructor(...base: ConstructorParameters<typeof Qdisc>) {
    super("fq_codel", ...base);
    this.settings = {
      kind: "fq_codel",
      limit: 10 * 1024,
      flows: 1024,
      quantumBytes: this.context.mtuBytes + HEADER_BYTES,
      targetNs: 5 * MILLISECOND,
      intervalNs: 100 * MILLISECOND,
      memoryLimitBytes: 32 * 1024 ** 2,
      dropBatch: 64,
      ecn: true,
    };
  }

  override options(): QdiscOptions {
    return this.settings;
  }

  override change(options: QdiscOptions): void {
    if (options.kind !== "fq_codel") return;
    this.settings = { ...this.settings, ...options };
    this.limit = this.settings.limit ?? this.limit;
  }
}
