import { frameLength } from "../../net/length.ts";
import type { Packet } from "../../net/packet.ts";
import type { QdiscOptions } from "../rtnetlink/messages.ts";
import { Qdisc, type QdiscContext } from "./qdisc.ts";

/** ETH_HLEN, which a byte limit counts too. */
const HEADER_BYTES = 14;

/**
 * First in, first out: pfifo, bfifo, pfifo_fast. On a device it passes every frame on at once: a
 * slow cable has a queue of its own. Inside a class frames wait in it until they are taken.
 */
export class Fifo extends Qdisc {
  protected limit: number;
  private queue: Packet[] = [];

  constructor(
    override readonly kind: "pfifo" | "bfifo" | "pfifo_fast" | "fq_codel",
    ...base: ConstructorParameters<typeof Qdisc>
  ) {
    super(...base);
    this.limit = defaultLimit(kind, this.context);
  }

  enqueue(packet: Packet): void {
    this.send(packet);
  }

  /** False: there is no room, and the frame is gone. */
  hold(packet: Packet): boolean {
    const { statistics } = this;
    const isFull =
      this.kind === "bfifo"
        ? statistics.backlogBytes + frameLength(packet) > this.limit
        : this.queue.length >= this.limit;
    if (isFull) {
      this.drop(packet);
      return false;
    }
    this.queue.push(packet);
    this.waits(packet);
    return true;
  }

  get first(): Packet | undefined {
    return this.queue[0];
  }

  /** Takes the first frame out and counts it as sent. */
  take(): Packet | undefined {
    const packet = this.queue.shift();
    if (!packet) return undefined;
    this.waitsNoMore(packet);
    this.statistics.packets += 1;
    this.statistics.bytes += frameLength(packet);
    return packet;
  }

  override reset(): void {
    super.reset();
    this.queue = [];
  }

  options(): QdiscOptions {
    return this.kind === "pfifo" || this.kind === "bfifo"
      ? { kind: this.kind, limit: this.limit }
      : { kind: "pfifo_fast" };
  }

  change(options: QdiscOptions): void {
    if (options.kind !== "pfifo" && options.kind !== "bfifo") return;
    this.limit = options.limit ?? defaultLimit(options.kind, this.context);
  }
}

function defaultLimit(kind: Fifo["kind"], { queueLength, mtuBytes }: QdiscContext): number {
  const frames = Math.max(1, queueLength);
  return kind === "bfifo" ? frames * (mtuBytes + HEADER_BYTES) : frames;
}
