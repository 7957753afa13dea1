/** Received bytes: those in order, waiting to be read, and those that came too early. */
import { advance, after, before, distance } from "./sequence.ts";

/** What a received segment costs the buffer besides its bytes; struct sk_buff and shared info. */
export const SEGMENT_OVERHEAD_BYTES = 832;

interface EarlySegment {
  readonly seq: number;
  readonly data: Uint8Array;
  readonly fin: boolean;
}

export class ReceiveQueue {
  private chunks: Uint8Array[] = [];
  private head = 0;
  /** Bytes already read of the first chunk. */
  private consumed = 0;
  /** Ascending and disjoint. */
  private early: EarlySegment[] = [];
  /** Bytes that can be read. */
  length = 0;
  /** What all of it costs, sk_rmem_alloc. */
  usedBytes = 0;

  get hasEarly(): boolean {
    return this.early.length > 0;
  }

  append(data: Uint8Array): void {
    this.chunks.push(data);
    this.length += data.length;
    this.usedBytes += data.length + SEGMENT_OVERHEAD_BYTES;
  }

  /** Keeps a segment that lies beyond the next expected byte, less what is already here. */
  addEarly(seq: number, data: Uint8Array, fin: boolean): void {
    let index = this.early.length;
    while (index > 0 && after((this.early[index - 1] as EarlySegment).seq, seq)) index -= 1;
    let start = seq;
    let bytes = data;
    const previous = this.early[index - 1];
    if (previous) {
      const overlap = distance(advance(previous.seq, previous.data.length), start);
      if (overlap > 0) {
        if (overlap >= bytes.length) return;
        start = advance(start, overlap);
        bytes = bytes.subarray(overlap);
      }
    }
    let swallowed = 0;
    const end = advance(start, bytes.length);
    for (let next = this.early[index]; next; next = this.early[index + swallowed]) {
      if (before(end, advance(next.seq, next.data.length))) {
        const overlap = distance(end, next.seq);
        if (overlap > 0) bytes = bytes.subarray(0, bytes.length - overlap);
        break;
      }
      this.usedBytes -= next.data.length + SEGMENT_OVERHEAD_BYTES;
      swallowed += 1;
    }
    if (bytes.length === 0 && !fin) return;
    this.early.splice(index, swallowed, { seq: start, data: bytes, fin });
    this.usedBytes += bytes.length + SEGMENT_OVERHEAD_BYTES;
  }

  /** The early segment that has become the next one, without what is already in order. */
  takeEarly(rcvNxt: number): { readonly data: Uint8Array; readonly fin: boolean } | undefined {
    for (;;) {
      const first = this.early[0];
      if (!first || after(first.seq, rcvNxt)) return undefined;
      this.early.shift();
      this.usedBytes -= first.data.length + SEGMENT_OVERHEAD_BYTES;
      const old = distance(rcvNxt, first.seq);
      if (old < first.data.length || (first.fin && old === first.data.length)) {
        return { data: first.data.subarray(old), fin: first.fin };
      }
    }
  }

  /** Up to `max` bytes. */
  read(max: number): Uint8Array {
    const first = this.chunks[this.head] as Uint8Array;
    const available = first.length - this.consumed;
    if (available >= max || this.length === available) {
      const count = Math.min(available, max);
      return this.consume(first.subarray(this.consumed, this.consumed + count));
    }
    const out = new Uint8Array(Math.min(max, this.length));
    let filled = 0;
    while (filled < out.length) {
      const chunk = this.chunks[this.head] as Uint8Array;
      const piece = chunk.subarray(this.consumed, this.consumed + out.length - filled);
      out.set(piece, filled);
      filled += piece.length;
      this.consume(piece);
    }
    return out;
  }

  private consume(piece: Uint8Array): Uint8Array {
    const first = this.chunks[this.head] as Uint8Array;
    this.consumed += piece.length;
    this.length -= piece.length;
    if (this.consumed === first.length) {
      this.usedBytes -= first.length + SEGMENT_OVERHEAD_BYTES;
      this.consumed = 0;
      this.head += 1;
      if (this.head === this.chunks.length) {
        this.chunks = [];
        this.head = 0;
      } else if (this.head > 256 && this.head * 2 > this.chunks.length) {
        this.chunks = this.chunks.slice(this.head);
        this.head = 0;
      }
    }
    return piece;
  }

  /** Joins many small segments, whose cost is mostly overhead; Linux tcp_collapse(). */
  collapse(): void {
    if (this.length === 0) return;
    const cost = this.chunks.slice(this.head).reduce((sum, chunk) => sum + chunk.length, 0);
    const before = cost + (this.chunks.length - this.head) * SEGMENT_OVERHEAD_BYTES;
    const joined = new Uint8Array(this.length);
    let at = 0;
    for (let i = this.head; i < this.chunks.length; i++) {
      const chunk = (this.chunks[i] as Uint8Array).subarray(i === this.head ? this.consumed : 0);
      joined.set(chunk, at);
      at += chunk.length;
    }
    this.chunks = [joined];
    this.head = 0;
    this.consumed = 0;
    this.usedBytes += joined.length + SEGMENT_OVERHEAD_BYTES - before;
  }

  /** Gives up what came early, to make room for what is next. */
  dropEarly(): void {
    for (const segment of this.early) {
      this.usedBytes -= segment.data.length + SEGMENT_OVERHEAD_BYTES;
    }
    this.early = [];
  }

  clear(): void {
    this.chunks = [];
    this.head = 0;
    this.consumed = 0;
    this.early = [];
    this.length = 0;
    this.usedBytes = 0;
  }
}
