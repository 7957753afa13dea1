import type { Packet } from "../../net/packet.ts";
import type { QdiscOptions } from "../rtnetlink/messages.ts";
import { Qdisc, type QdiscContext } from "./qdisc.ts";

/** ETH_HLEN, which a byte limit counts too. */
const HEADER_BYTES = 14;

/**
 * First in, first out: pfifo, bfifo, pfifo_fast. The device takes every frame at once, so that
 * nothing ever waits; a slow cable has a queue of its own.
 */
export class Fifo extends Qdisc {
  private limit: number;

  constructor(
    override readonly kind: "pfifo" | "bfifo" | "pfifo_fast",
    ...base: ConstructorParameters<typeof Qdisc>
  ) {
    super(...base);
    this.limit = defaultLimit(kind, this.context);
  }

  enqueue(packet: Packet): void {
    this.send(packet);
  }

  options(): QdiscOptions {
    return this.kind === "pfifo_fast"
      ? { kind: this.kind }
      : { kind: this.kind, limit: this.limit };
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
