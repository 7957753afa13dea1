import type { Packet } from "../../net/packet.ts";
import { KernelError } from "../errno.ts";
import type { PriorityOptions, QdiscOptions } from "../rtnetlink/messages.ts";
import { classify, type Filter } from "./filter.ts";
import { Qdisc } from "./qdisc.ts";

const MAX_BANDS = 16;
/** Which band each of the sixteen priorities goes to; Linux prio2band of pfifo_fast. */
const DEFAULT_MAP = [1, 2, 2, 2, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1];
/** TC_PRIO_* by the four bits of a type of service; Linux ip_tos2prio. */
const PRIORITIES = [0, 0, 0, 0, 2, 2, 2, 2, 6, 6, 6, 6, 4, 4, 4, 4];
/** TC_PRIO_CONTROL: what ARP sends. */
const CONTROL = 7;

/**
 * Bands, of which the first with a frame sends. Since the device takes every frame at once, what
 * differs is what was put inside them. Linux net/sched/sch_prio.c.
 */
export class Prio extends Qdisc {
  override readonly kind = "prio";
  override filters: readonly Filter[] = [];
  private settings: PriorityOptions = { kind: "prio", bands: 3, map: DEFAULT_MAP };
  private readonly bands: (Qdisc | undefined)[] = [];

  override get takesChild(): boolean {
    return true;
  }

  enqueue(packet: Packet): void {
    const inside = this.bands[this.bandOf(packet)];
    if (inside) inside.enqueue(packet);
    else this.send(packet);
  }

  private bandOf(packet: Packet): number {
    const { map, bands } = this.settings;
    const chosen = classify(this.filters, this.handle, packet);
    if (chosen === undefined) return map[priorityOf(packet)] ?? 0;
    const band = (chosen & 0xffff) - 1;
    return band >= 0 && band < bands ? band : (map[0] ?? 0);
  }

  override fromInside(_id: number, packet: Packet): void {
    this.send(packet);
  }

  override classIds(): number[] {
    return Array.from({ length: this.settings.bands }, (_, band) => this.handle + band + 1);
  }

  override occupant(id: number): Qdisc | undefined {
    return this.bands[id - this.handle - 1];
  }

  override attach(id: number, qdisc: Qdisc | undefined): void {
    const band = id - this.handle - 1;
    this.bands[band]?.reset();
    this.bands[band] = qdisc;
  }

  override reset(): void {
    super.reset();
    for (const band of this.bands) band?.reset();
  }

  options(): QdiscOptions {
    return this.settings;
  }

  change(options: QdiscOptions): void {
    if (options.kind !== "prio") return;
    const { bands, map } = options;
    const fits = bands >= 2 && bands <= MAX_BANDS && map.every((band) => band < bands);
    if (!fits) throw new KernelError("EINVAL");
    this.settings = options;
    for (const band of this.bands.splice(bands)) band?.reset();
  }
}

function priorityOf({ ip, arp }: Packet): number {
  if (arp) return CONTROL;
  return PRIORITIES[((ip?.tos ?? 0) >>> 1) & 0xf] ?? 0;
}
