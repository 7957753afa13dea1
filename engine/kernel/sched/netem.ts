import { parseFrame, serialiseFrame } from "../../net/codec.ts";
import { frameLength } from "../../net/length.ts";
import type { Packet } from "../../net/packet.ts";
import type { Random } from "../../sim/random.ts";
import { SECOND, type Ns } from "../../sim/clock.ts";
import type { SimEvent } from "../../sim/event-queue.ts";
import type { NetemOptions, QdiscOptions } from "../rtnetlink/messages.ts";
import { Qdisc } from "./qdisc.ts";

interface Waiting {
  readonly packet: Packet;
  readonly dueNs: Ns;
}

/** Emulates a long, lossy line. Linux net/sched/sch_netem.c. */
export class Netem extends Qdisc {
  override readonly kind = "netem";
  private settings: NetemOptions = {
    kind: "netem",
    limit: 1000,
    delayNs: 0,
    jitterNs: 0,
    loss: 0,
    duplicate: 0,
    gap: 0,
  };
  /** In the order of their times. */
  private queue: Waiting[] = [];
  private timer: SimEvent | undefined;
  /** Frames delayed since one was sent ahead of its turn. */
  private counter = 0;
  private readonly last = { delay: 0, loss: 0, duplicate: 0, corrupt: 0, reorder: 0 };

  override get takesChild(): boolean {
    return true;
  }

  enqueue(packet: Packet): void {
    const { settings, context } = this;
    const copies = this.happens("duplicate", settings.duplicate, settings.duplicateCorrelation)
      ? 2
      : 1;
    const lost = this.happens("loss", settings.loss, settings.lossCorrelation) ? 1 : 0;
    const count = copies - lost;
    if (count === 0) {
      this.drop(packet);
      return;
    }
    // The copy goes through everything but duplication, and first.
    if (count === 2) this.admit(packet.clone());
    this.admit(packet);
    if (this.queue.length > 0) this.arm(context.sim.nowNs);
  }

  private admit(packet: Packet): void {
    const { settings, context } = this;
    if (!this.happens("corrupt", settings.corrupt ?? 0, settings.corruptCorrelation)) {
      this.place(packet);
      return;
    }
    const wrong = withWrongBit(packet, context.random);
    // Nobody takes a frame whose headers make no sense.
    if (wrong) this.place(wrong);
    else this.drop(packet);
  }

  private place(packet: Packet): void {
    const { settings, context } = this;
    const nowNs = context.sim.nowNs;
    if (this.queue.length >= settings.limit) {
      this.drop(packet);
      return;
    }
    this.waits(packet);
    const goesAhead =
      settings.gap > 0 &&
      this.counter >= settings.gap - 1 &&
      this.happens("reorder", settings.reorder ?? 1, settings.reorderCorrelation);
    if (goesAhead) {
      this.counter = 0;
      this.statistics.requeues += 1;
      this.queue.unshift({ packet, dueNs: nowNs });
      return;
    }
    this.counter += 1;
    let startNs = nowNs;
    let delayNs = this.drawDelay();
    if (settings.bytesPerSecond) {
      // With a rate frames follow one another: the delay runs beside the wait for the line.
      const before = this.queue.at(-1);
      if (before) {
        delayNs = Math.max(0, delayNs - (before.dueNs - nowNs));
        startNs = before.dueNs;
      }
      delayNs += Math.ceil((frameLength(packet) * SECOND) / settings.bytesPerSecond);
    }
    const dueNs = startNs + delayNs;
    let at = this.queue.length;
    while (at > 0 && (this.queue[at - 1] as Waiting).dueNs > dueNs) at -= 1;
    this.queue.splice(at, 0, { packet, dueNs });
  }

  private drawDelay(): Ns {
    const { delayNs, jitterNs, delayCorrelation, distribution } = this.settings;
    if (jitterNs === 0) return delayNs;
    const { random } = this.context;
    if (distribution === "normal")
      return Math.max(0, Math.round(delayNs + normal(random) * jitterNs));
    const drawn = this.correlated("delay", delayCorrelation);
    return Math.max(0, delayNs + Math.floor((drawn * 2 - 1) * jitterNs));
  }

  private happens(what: keyof Netem["last"], probability: number, correlation = 0): boolean {
    if (probability <= 0) return false;
    return probability >= 1 || this.correlated(what, correlation) <= probability;
  }

  /** get_crandom(): a fraction that leans on the one before. */
  private correlated(what: keyof Netem["last"], correlation = 0): number {
    const fresh = this.context.random.fraction();
    if (correlation === 0) return fresh;
    const drawn = fresh * (1 - correlation) + this.last[what] * correlation;
    this.last[what] = drawn;
    return drawn;
  }

  private arm(nowNs: Ns): void {
    const { sim } = this.context;
    const dueNs = this.queue[0]?.dueNs ?? nowNs;
    sim.cancel(this.timer);
    this.timer = undefined;
    if (dueNs <= nowNs) this.release();
    else this.timer = sim.scheduleAt(dueNs, () => this.release());
  }

  private release(): void {
    const { sim } = this.context;
    this.timer = undefined;
    for (;;) {
      const first = this.queue[0];
      if (!first) return;
      if (first.dueNs > sim.nowNs) {
        this.timer = sim.scheduleAt(first.dueNs, () => this.release());
        return;
      }
      this.queue.shift();
      this.waitsNoMore(first.packet);
      if (this.child) this.child.enqueue(first.packet);
      else this.send(first.packet);
    }
  }

  override fromInside(_id: number, packet: Packet): void {
    this.send(packet);
  }

  options(): QdiscOptions {
    return this.settings;
  }

  change(options: QdiscOptions): void {
    if (options.kind !== "netem") return;
    const { settings } = this;
    const keepCorrelations =
      options.delayCorrelation === undefined &&
      options.lossCorrelation === undefined &&
      options.duplicateCorrelation === undefined &&
      options.corruptCorrelation === undefined;
    this.settings = {
      ...settings,
      ...options,
      ...(keepCorrelations ? {} : correlationsOf(options)),
      // A gap without a probability: every frame that may go ahead does.
      ...(options.gap > 0 && options.reorder === undefined ? { reorder: 1 } : {}),
    };
  }

  override reset(): void {
    super.reset();
    this.queue = [];
    this.context.sim.cancel(this.timer);
    this.timer = undefined;
  }
}

function correlationsOf(options: NetemOptions): Partial<NetemOptions> {
  return {
    delayCorrelation: options.delayCorrelation ?? 0,
    lossCorrelation: options.lossCorrelation ?? 0,
    duplicateCorrelation: options.duplicateCorrelation ?? 0,
    corruptCorrelation: options.corruptCorrelation ?? 0,
  };
}

/** A copy with one bit of the frame turned over; its checksums stay as they were. */
function withWrongBit(packet: Packet, random: Random): Packet | undefined {
  const bytes = serialiseFrame(packet);
  const at = random.below(bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
  const parsed = parseFrame(bytes);
  return parsed.ok ? parsed.value : undefined;
}

const UNIFORMS = 12;

/** Standard normal, as the sum of twelve uniform numbers: exact enough, the same on every host. */
function normal(random: Random): number {
  let sum = -UNIFORMS / 2;
  for (let i = 0; i < UNIFORMS; i++) sum += random.fraction();
  return sum;
}
