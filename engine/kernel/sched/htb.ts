/** A hierarchical token bucket: classes that share a line. Linux net/sched/sch_htb.c. */
import type { Packet } from "../../net/packet.ts";
import { frameLength } from "../../net/length.ts";
import type { Ns } from "../../sim/clock.ts";
import type { SimEvent } from "../../sim/event-queue.ts";
import { KernelError } from "../errno.ts";
import type {
  HierarchicalTokenBucketOptions,
  QdiscOptions,
  TrafficClassOptions,
} from "../rtnetlink/messages.ts";
import { Fifo } from "./fifo.ts";
import { classify, type Filter } from "./filter.ts";
import { HtbClass } from "./htb-class.ts";
import { Qdisc } from "./qdisc.ts";

const MAJOR_STEP = 0x10000;

export class Htb extends Qdisc {
  override readonly kind = "htb";
  override filters: readonly Filter[] = [];
  private settings: Required<HierarchicalTokenBucketOptions> = {
    kind: "htb",
    rateToQuantum: 10,
    defaultMinor: 0,
    directPackets: 0,
    directQueueLength: this.context.queueLength,
  };
  private readonly classes = new Map<number, HtbClass>();
  /** Leaves in the order of their turns. */
  private turns: HtbClass[] = [];
  private timer: SimEvent | undefined;

  override get takesChild(): boolean {
    return true;
  }

  // ---------------------------------------------------------------- frames

  enqueue(packet: Packet): void {
    const leaf = this.leafFor(packet);
    if (!leaf) {
      this.settings = { ...this.settings, directPackets: this.settings.directPackets + 1 };
      this.send(packet);
      return;
    }
    if (leaf.front) leaf.front.enqueue(packet);
    else this.wait(leaf, packet);
  }

  override fromInside(id: number, packet: Packet): void {
    const leaf = this.classes.get(id);
    if (leaf) this.wait(leaf, packet);
  }

  /** Frames wait for tokens. */
  private wait(leaf: HtbClass, packet: Packet): void {
    const bytes = frameLength(packet);
    if (!leaf.queue.hold(packet)) {
      leaf.statistics.drops += 1;
      this.statistics.drops += 1;
      return;
    }
    this.statistics.backlogPackets += 1;
    this.statistics.backlogBytes += bytes;
    if (!this.timer) this.release();
  }

  /** htb_classify(): filters, from the root inwards; then the default class. */
  private leafFor(packet: Packet): HtbClass | undefined {
    let parent = this.handle;
    for (;;) {
      const id = classify(this.filters, parent, packet);
      if (id === undefined) break;
      const found = this.classes.get(id);
      if (!found) break;
      if (found.isLeaf) return found;
      parent = found.handle;
    }
    const fallback = this.classes.get(this.handle + this.settings.defaultMinor);
    return fallback?.isLeaf ? fallback : undefined;
  }

  private release(): void {
    const { sim } = this.context;
    this.timer = undefined;
    for (;;) {
      const next = this.choose(sim.nowNs);
      if (!next) break;
      this.sendFrom(next.leaf, next.level, sim.nowNs);
    }
    const dueNs = this.nextChangeNs(sim.nowNs);
    if (dueNs !== undefined) this.timer = sim.scheduleAt(dueNs, () => this.release());
  }

  /** The waiting leaf with the nearest lender, then the best priority, then the longest wait. */
  private choose(nowNs: Ns): { readonly leaf: HtbClass; readonly level: number } | undefined {
    let best: { leaf: HtbClass; level: number } | undefined;
    for (const leaf of this.turns) {
      if (!leaf.queue.first) continue;
      const level = lenderOf(leaf, nowNs);
      if (level === undefined) continue;
      const isBetter =
        !best ||
        level < best.level ||
        (level === best.level && leaf.options.priority < best.leaf.options.priority);
      if (isBetter) best = { leaf, level };
    }
    return best;
  }

  private sendFrom(leaf: HtbClass, level: number, nowNs: Ns): void {
    const packet = leaf.queue.take();
    if (!packet) return;
    this.waitsNoMore(packet);
    for (let one: HtbClass | undefined = leaf; one; one = one.parent) {
      one.charge(packet, level, nowNs);
    }
    leaf.deficit -= frameLength(packet);
    if (leaf.deficit < 0) {
      leaf.deficit += leaf.quantum(this.settings.rateToQuantum);
      this.turns = [...this.turns.filter((other) => other !== leaf), leaf];
    }
    this.send(packet);
  }

  private nextChangeNs(nowNs: Ns): Ns | undefined {
    let due: Ns | undefined;
    for (const leaf of this.turns) {
      if (!leaf.queue.first) continue;
      for (let one: HtbClass | undefined = leaf; one; one = one.parent) {
        if (one.updatedMode(nowNs) === "can-send") continue;
        const change = Math.max(nowNs + 1, one.nextChangeNs());
        if (due === undefined || change < due) due = change;
      }
    }
    return due;
  }

  // ---------------------------------------------------------------- classes

  /** In the order in which the kernel's hash table has them. */
  list(): HtbClass[] {
    return dumpOrder([...this.classes.keys()]).map((id) => this.classes.get(id) as HtbClass);
  }

  find(handle: number): HtbClass | undefined {
    return this.classes.get(handle);
  }

  /** htb_change_class() for one that is new. EINVAL */
  addClass(handle: number, parentId: number, options: TrafficClassOptions): void {
    if (handle % MAJOR_STEP === 0 || handle - (handle % MAJOR_STEP) !== this.handle) {
      throw new KernelError("EINVAL");
    }
    // A parent that is not there stands for the root, as in the kernel.
    const parent = this.classes.get(parentId);
    const { context } = this;
    const queue = new Fifo("pfifo", context, 0, handle, () => undefined);
    const made = new HtbClass(handle, parent, options, queue, false, context.sim.nowNs);
    if (parent) {
      parent.children += 1;
      this.empty(parent);
      this.turns = this.turns.filter((other) => other !== parent);
    }
    this.classes.set(handle, made);
    this.turns.push(made);
  }

  changeClass(found: HtbClass, options: TrafficClassOptions): void {
    found.options = options;
    found.tokensNs = Math.min(found.tokensNs, options.burstNs);
    found.ceilTokensNs = Math.min(found.ceilTokensNs, options.ceilBurstNs);
  }

  /** EBUSY: it has classes inside, or a filter names it. */
  removeClass(found: HtbClass): void {
    const isNamed = this.filters.some(({ classId }) => classId === found.handle);
    if (!found.isLeaf || isNamed) throw new KernelError("EBUSY");
    this.empty(found);
    this.classes.delete(found.handle);
    this.turns = this.turns.filter((other) => other !== found);
    const { parent } = found;
    if (!parent) return;
    parent.children -= 1;
    if (parent.isLeaf) this.turns.push(parent);
  }

  override classIds(): number[] {
    return [...this.classes.keys()];
  }

  override occupant(id: number): Qdisc | undefined {
    const found = this.classes.get(id);
    return found?.front ?? (found?.hasOwnQueue ? found.queue : undefined);
  }

  override attach(id: number, qdisc: Qdisc | undefined): void {
    const leaf = this.classes.get(id);
    if (!leaf) return;
    this.empty(leaf);
    leaf.front = undefined;
    leaf.hasOwnQueue = qdisc instanceof Fifo;
    if (qdisc instanceof Fifo) leaf.queue = qdisc;
    else {
      leaf.queue = new Fifo("pfifo", this.context, 0, leaf.handle, () => undefined);
      leaf.front = qdisc;
    }
  }

  private empty(leaf: HtbClass): void {
    this.statistics.backlogPackets -= leaf.queue.statistics.backlogPackets;
    this.statistics.backlogBytes -= leaf.queue.statistics.backlogBytes;
    leaf.queue.reset();
    leaf.front?.reset();
  }

  override reset(): void {
    super.reset();
    for (const leaf of this.classes.values()) {
      leaf.queue.reset();
      leaf.front?.reset();
    }
    this.context.sim.cancel(this.timer);
    this.timer = undefined;
  }

  options(): QdiscOptions {
    return this.settings;
  }

  /** The kernel has no change for it. */
  change(options: QdiscOptions): void {
    if (options.kind !== "htb") return;
    if (this.classes.size > 0 || this.statistics.packets > 0) {
      throw new KernelError("EINVAL", "Change operation not supported by specified qdisc");
    }
    this.settings = { ...this.settings, ...options };
  }
}

/** The level that gives a leaf the tokens for a frame; undefined: none does. */
function lenderOf(leaf: HtbClass, nowNs: Ns): number | undefined {
  for (let one: HtbClass | undefined = leaf; one; one = one.parent) {
    const mode = one.updatedMode(nowNs);
    if (mode === "cannot-send") return undefined;
    if (mode === "can-send") return one.level;
  }
  return undefined;
}

const FIRST_BUCKETS = 4;

/** Class ids as Linux qdisc_class_hash has them: it grows to keep three quarters full at most. */
function dumpOrder(ids: readonly number[]): number[] {
  let buckets: number[][] = Array.from({ length: FIRST_BUCKETS }, () => []);
  const place = (table: number[][], id: number): void => {
    let hash = id ^ (id >>> 8);
    hash ^= hash >>> 4;
    table[hash & (table.length - 1)]?.unshift(id);
  };
  for (const [index, id] of ids.entries()) {
    place(buckets, id);
    if ((index + 1) * 4 <= buckets.length * 3) continue;
    const grown: number[][] = Array.from({ length: buckets.length * 2 }, () => []);
    for (const one of buckets.flat()) place(grown, one);
    buckets = grown;
  }
  return buckets.flat();
}
