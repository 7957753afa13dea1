/** One connection full of data, and the count of it by intervals. */
import { KernelError } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { seconds, type Ns } from "../../sim/clock.ts";
import type { IperfOptions } from "./options.ts";
import { intervalLine, type Interval } from "./report.ts";

export class Stream {
  bytes = 0;
  retransmitted = 0;
  readonly startNs: Ns;
  private intervalFromNs: Ns = 0;
  private intervalBytes = 0;

  constructor(
    private readonly sys: Sys,
    readonly fd: number,
    private readonly sends: boolean,
    private readonly options: Pick<
      IperfOptions,
      "seconds" | "bytes" | "intervalSeconds" | "blockBytes"
    >,
  ) {
    this.startNs = sys.monotonicNs();
  }

  /** Until the time or the bytes are over, or the other end has closed. */
  *run(): Blocking<void> {
    const { sys, fd, sends, options } = this;
    sys.setsockopt(fd, "nonBlocking", !sends);
    const block = new Uint8Array(options.blockBytes);
    const endNs = sends && options.bytes === undefined ? seconds(options.seconds) : Infinity;
    const limit = sends ? (options.bytes ?? Infinity) : Infinity;
    for (;;) {
      const nowNs = sys.monotonicNs() - this.startNs;
      const dueNs = this.intervalFromNs + seconds(options.intervalSeconds);
      if (nowNs >= dueNs) yield* this.reportUntil(dueNs);
      if (nowNs >= endNs || this.bytes >= limit) break;
      // Sending blocks while the queue is full; receiving waits for the report that is due.
      if (!sends) {
        const [ready] = yield* sys.poll([{ fd, events: ["in"] }], Math.max(0, dueNs - nowNs));
        if (!ready || !(ready.in || ready.hangup || ready.error)) continue;
      }
      const moved = yield* this.move(block.subarray(0, Math.min(block.length, limit - this.bytes)));
      if (moved === 0) break;
      if (moved !== undefined) {
        this.bytes += moved;
        this.intervalBytes += moved;
      }
    }
    if (this.intervalBytes > 0) yield* this.reportUntil(sys.monotonicNs() - this.startNs);
  }

  /** Undefined: not now; 0: the end. */
  private *move(block: Uint8Array): Blocking<number | undefined> {
    try {
      if (this.sends) return yield* this.sys.send(this.fd, block);
      return (yield* this.sys.recv(this.fd, block.length)).length;
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      if (error.errno === "EAGAIN") return undefined;
      if (error.errno === "EPIPE" || error.errno === "ECONNRESET") return 0;
      throw error;
    }
  }

  total(toNs: Ns): Interval {
    const counted = { fromNs: 0, toNs, bytes: this.bytes };
    return this.sends ? { ...counted, retransmitted: this.retransmitted } : counted;
  }

  private *reportUntil(toNs: Ns): Blocking<void> {
    const interval = { fromNs: this.intervalFromNs, toNs, bytes: this.intervalBytes };
    yield* this.sys.print(intervalLine(this.fd, { ...interval, ...this.senderState() }));
    this.intervalFromNs = toNs;
    this.intervalBytes = 0;
  }

  /** TCP_INFO, as the sender's columns show it. */
  private senderState(): Pick<Interval, "retransmitted" | "windowBytes"> {
    if (!this.sends) return {};
    const local = this.sys.getsockname(this.fd);
    const remote = this.sys.getpeername(this.fd);
    const tcp = this.sys.sockets
      .list()
      .find(
        (record) =>
          record.tcp !== undefined &&
          record.local.port === local.port &&
          record.remote.port === remote.port &&
          record.remote.ip === remote.ip,
      )?.tcp;
    const before = this.retransmitted;
    this.retransmitted = tcp?.retransmitted ?? before;
    return {
      retransmitted: this.retransmitted - before,
      windowBytes: (tcp?.congestionWindow ?? 0) * (tcp?.mss ?? 0),
    };
  }
}
