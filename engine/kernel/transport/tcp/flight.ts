/** Segments sent and not acknowledged; Linux tcp_rtx_queue. */
import type { Ns } from "../../../sim/clock.ts";
import { after, distance } from "./sequence.ts";

export interface SentSegment {
  seq: number;
  /** One past its last sequence number; a FIN counts. */
  end: number;
  readonly flags: number;
  sentNs: Ns;
  /** Was ever sent twice: its RTT says nothing (Karn). */
  ambiguous: boolean;
  lost: boolean;
  /** Sent again since it was taken for lost. */
  repaired: boolean;
}

export class Flight {
  private segments: SentSegment[] = [];
  private head = 0;
  private lostCount = 0;
  private repairedCount = 0;

  get size(): number {
    return this.segments.length - this.head;
  }

  get first(): SentSegment | undefined {
    return this.segments[this.head];
  }

  get last(): SentSegment | undefined {
    return this.size > 0 ? this.segments.at(-1) : undefined;
  }

  /** Segments that are on the network, as far as can be told. */
  inNetwork(arrivedBeyondGap: number): number {
    const arrived = Math.min(arrivedBeyondGap, this.size - this.lostCount);
    return this.size - this.lostCount + this.repairedCount - Math.max(0, arrived);
  }

  /** Taken for lost, and of those sent again; tcpi_lost and tcpi_retrans. */
  get lost(): number {
    return this.lostCount;
  }

  get repaired(): number {
    return this.repairedCount;
  }

  get hasLost(): boolean {
    return this.lostCount > this.repairedCount;
  }

  add(seq: number, end: number, flags: number, sentNs: Ns): void {
    this.segments.push({
      seq,
      end,
      flags,
      sentNs,
      ambiguous: false,
      lost: false,
      repaired: false,
    });
  }

  /** Takes out what `ack` covers. Returns how many segments, and the latest clean sending time. */
  acknowledge(ack: number): { readonly count: number; readonly cleanSentNs: Ns | undefined } {
    let count = 0;
    let cleanSentNs: Ns | undefined;
    for (;;) {
      const first = this.segments[this.head];
      if (!first || distance(ack, first.seq) <= 0) break;
      if (after(first.end, ack)) {
        first.seq = ack;
        break;
      }
      if (!first.ambiguous) cleanSentNs = first.sentNs;
      this.forget(first);
      this.head += 1;
      count += 1;
    }
    if (this.head === this.segments.length) {
      this.segments = [];
      this.head = 0;
    } else if (this.head > 1024 && this.head * 2 > this.segments.length) {
      this.segments = this.segments.slice(this.head);
      this.head = 0;
    }
    return { count, cleanSentNs };
  }

  private forget(segment: SentSegment): void {
    if (segment.lost) this.lostCount -= 1;
    if (segment.repaired) this.repairedCount -= 1;
  }

  markLost(segment: SentSegment): void {
    if (segment.repaired) this.repairedCount -= 1;
    if (!segment.lost) this.lostCount += 1;
    segment.lost = true;
    segment.repaired = false;
  }

  markAllLost(): void {
    for (let i = this.head; i < this.segments.length; i++) {
      this.markLost(this.segments[i] as SentSegment);
    }
  }

  markRepaired(segment: SentSegment, sentNs: Ns): void {
    segment.sentNs = sentNs;
    segment.ambiguous = true;
    if (segment.lost && !segment.repaired) {
      segment.repaired = true;
      this.repairedCount += 1;
    }
  }

  nextLost(): SentSegment | undefined {
    if (!this.hasLost) return undefined;
    for (let i = this.head; i < this.segments.length; i++) {
      const segment = this.segments[i] as SentSegment;
      if (segment.lost && !segment.repaired) return segment;
    }
    return undefined;
  }

  /** The path takes shorter segments now: cuts those that are too long and marks them lost. */
  cut(maxBytes: number): void {
    const pieces: SentSegment[] = [];
    for (let i = this.head; i < this.segments.length; i++) {
      const segment = this.segments[i] as SentSegment;
      if (distance(segment.end, segment.seq) <= maxBytes + 1) {
        pieces.push(segment);
        continue;
      }
      this.forget(segment);
      for (let seq = segment.seq; after(segment.end, seq); seq = (seq + maxBytes) >>> 0) {
        const rest = distance(segment.end, seq);
        const end = rest <= maxBytes ? segment.end : (seq + maxBytes) >>> 0;
        const piece = { ...segment, seq, end, lost: true, repaired: false, ambiguous: true };
        this.lostCount += 1;
        pieces.push(piece);
      }
    }
    this.segments = pieces;
    this.head = 0;
  }
}
