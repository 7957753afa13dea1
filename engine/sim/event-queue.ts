import type { Ns } from "./clock.ts";

/** Something that happens at an instant. Cancel it by setting `cancelled`. */
export interface SimEvent {
  readonly atNs: Ns;
  /** Order among events of the same instant: first scheduled, first run. */
  readonly sequence: number;
  readonly run: () => void;
  cancelled: boolean;
}

/** A binary min-heap ordered by instant, then by the order of scheduling. */
export class EventQueue {
  private readonly heap: SimEvent[] = [];

  get size(): number {
    return this.heap.length;
  }

  push(event: SimEvent): void {
    const heap = this.heap;
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] as SimEvent;
      if (!isBefore(event, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = event;
  }

  /** The next event that was not cancelled, left in the queue. */
  peek(): SimEvent | undefined {
    let first = this.heap[0];
    while (first?.cancelled) {
      this.removeFirst();
      first = this.heap[0];
    }
    return first;
  }

  pop(): SimEvent | undefined {
    const first = this.peek();
    if (first) this.removeFirst();
    return first;
  }

  private removeFirst(): void {
    const heap = this.heap;
    const last = heap.pop() as SimEvent;
    const length = heap.length;
    if (length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= length) break;
      if (child + 1 < length && isBefore(heap[child + 1] as SimEvent, heap[child] as SimEvent)) {
        child += 1;
      }
      const below = heap[child] as SimEvent;
      if (!isBefore(below, last)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
  }
}

function isBefore(a: SimEvent, b: SimEvent): boolean {
  return a.atNs < b.atNs || (a.atNs === b.atNs && a.sequence < b.sequence);
}
