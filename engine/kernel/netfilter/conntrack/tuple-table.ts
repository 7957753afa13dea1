/** Tracked connections by either of their tuples. Linux nf_conntrack_hash. */
import type { ConntrackZone } from "../../../net/packet.ts";
import type { ConntrackEntry, Direction } from "./entry.ts";
import type { Tuple } from "./tuple.ts";
import { zoneIn } from "./zone.ts";

export interface Found {
  readonly entry: ConntrackEntry;
  readonly direction: Direction;
}

interface Slot extends Found {
  readonly tuple: Tuple;
  next: Slot | undefined;
}

/** A small integer, so that the map need not box it. */
function hash({ src, dst, protocol, srcPort, dstPort }: Tuple): number {
  let mixed = Math.imul(src, 0x9e3779b1) ^ Math.imul(dst, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15) ^ (srcPort * 65536 + dstPort), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 13) ^ protocol) >>> 0) & 0x3fffffff;
}

function equal(a: Tuple, b: Tuple): boolean {
  return (
    a.src === b.src &&
    a.dst === b.dst &&
    a.srcPort === b.srcPort &&
    a.dstPort === b.dstPort &&
    a.protocol === b.protocol
  );
}

export class TupleTable {
  /** Hash → the first of those that share it. */
  private readonly chains = new Map<number, Slot>();

  find(tuple: Tuple, zone: ConntrackZone | undefined): Found | undefined {
    let slot = this.chains.get(hash(tuple));
    while (slot) {
      const isInZone = zoneIn(slot.entry.zone, slot.direction) === zoneIn(zone, slot.direction);
      if (isInZone && equal(slot.tuple, tuple)) return slot;
      slot = slot.next;
    }
    return undefined;
  }

  add(entry: ConntrackEntry): void {
    this.put(entry, "original", entry.tuple);
    this.put(entry, "reply", entry.reply);
  }

  delete(entry: ConntrackEntry): void {
    this.take(entry, entry.tuple);
    this.take(entry, entry.reply);
  }

  private put(entry: ConntrackEntry, direction: Direction, tuple: Tuple): void {
    const key = hash(tuple);
    this.chains.set(key, { entry, direction, tuple, next: this.chains.get(key) });
  }

  private take(entry: ConntrackEntry, tuple: Tuple): void {
    const key = hash(tuple);
    let before: Slot | undefined;
    let slot = this.chains.get(key);
    while (slot && (slot.entry !== entry || slot.tuple !== tuple)) {
      before = slot;
      slot = slot.next;
    }
    if (!slot) return;
    if (before) before.next = slot.next;
    else if (slot.next) this.chains.set(key, slot.next);
    else this.chains.delete(key);
  }
}
