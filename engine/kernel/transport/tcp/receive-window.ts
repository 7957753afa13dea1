/**
 * How much the receiver offers: Linux's window management (tcp_select_window(), tcp_grow_window(),
 * tcp_rcv_space_adjust() in net/ipv4/tcp_input.c and tcp_output.c), which is what the `win`
 * column of a capture shows.
 */
import type { Ns } from "../../../sim/clock.ts";
import { INITIAL_WINDOW } from "./congestion.ts";
import { SEGMENT_OVERHEAD_BYTES } from "./receive-queue.ts";
import { before, distance } from "./sequence.ts";

/** TCP_MSS_DEFAULT, RFC 9293 §3.7.1 */
export const DEFAULT_MSS = 536;

/** Share of the buffer that is offered before real segments were seen, of 256. */
const DEFAULT_SCALING_RATIO = 128;

const MAX_UNSCALED_WINDOW = 65535;
const MAX_WINDOW_SCALE = 14;

export interface InitialWindow {
  readonly window: number;
  readonly scale: number;
}

/** What a SYN or SYN-ACK offers, a multiple of the segment size; tcp_select_initial_window(). */
export function initialWindow(
  receiveBuffer: number,
  mss: number,
  largestBuffer: number,
  scaling: boolean,
): InitialWindow {
  const space = (receiveBuffer * DEFAULT_SCALING_RATIO) >> 8;
  const window = space > mss ? space - (space % mss) : space;
  if (!scaling) return { window: Math.min(window, MAX_UNSCALED_WINDOW), scale: 0 };
  const scale = Math.floor(Math.log2(Math.max(space, largestBuffer))) - 15;
  return { window, scale: Math.min(MAX_WINDOW_SCALE, Math.max(0, scale)) };
}

export class ReceiveWindow {
  /** rcv_nxt when `offered` was last announced, and what was announced, in bytes. */
  announcedAt = 0;
  offered: number;
  /** Never offered beyond; it grows as full segments come. */
  threshold: number;
  private clamp: number;
  private scalingRatio = DEFAULT_SCALING_RATIO;
  /** Size of the peer's segments, an estimate. */
  segmentSize = DEFAULT_MSS;
  /** Bytes read during the last round trip, and where and when that began. */
  private readSpace: number;
  private readSeq: number;
  private readSinceNs: Ns;
  private roundTripNs: Ns = 0;
  private roundTripEnd: number;
  private roundTripSinceNs: Ns;

  constructor(
    /** SO_RCVBUF; it grows unless the program set it. */
    public buffer: number,
    private readonly mayGrow: boolean,
    private readonly largestBuffer: number,
    initial: InitialWindow,
    readonly scale: number,
    private readonly advertisedMss: number,
    rcvNxt: number,
    nowNs: Ns,
  ) {
    const full = this.fromSpace(buffer);
    this.offered = initial.window;
    // One segment is held back, tcp_init_buffer_space().
    this.clamp = Math.max(2 * advertisedMss, full - advertisedMss);
    this.threshold = Math.min(initial.window, this.clamp);
    this.announcedAt = rcvNxt;
    this.readSpace = Math.min(this.threshold, initial.window, INITIAL_WINDOW * advertisedMss);
    this.readSeq = rcvNxt;
    this.readSinceNs = nowNs;
    this.roundTripEnd = rcvNxt + initial.window;
    this.roundTripSinceNs = nowNs;
  }

  private fromSpace(bytes: number): number {
    return bytes <= 0 ? 0 : Math.floor((bytes * this.scalingRatio) / 256);
  }

  /** What is left of the window that was announced. */
  current(rcvNxt: number): number {
    return Math.max(0, distance(this.announcedAt + this.offered, rcvNxt));
  }

  /** The window to announce now, in bytes: a multiple of the scale's unit, never shrinking. */
  select(rcvNxt: number, used: number): number {
    const unit = 1 << this.scale;
    const current = this.current(rcvNxt);
    let window = this.wanted(used);
    if (window < current) window = Math.ceil(current / unit) * unit;
    const largest = this.scale === 0 ? MAX_UNSCALED_WINDOW : MAX_UNSCALED_WINDOW * unit;
    this.offered = Math.min(window, largest);
    this.announcedAt = rcvNxt;
    return this.offered;
  }

  /** What could be announced; __tcp_select_window(). */
  wanted(used: number): number {
    const allowed = this.fromSpace(this.buffer);
    const full = Math.min(this.clamp, allowed);
    const mss = Math.min(this.segmentSize, full);
    const unit = 1 << this.scale;
    let free = this.fromSpace(this.buffer - used);
    if (free < full >> 1) {
      free -= free % unit;
      if (free < allowed >> 4 || free < mss) return 0;
    }
    free = Math.min(free, this.threshold);
    if (this.scale > 0) return Math.ceil(free / unit) * unit;
    if (this.offered <= free - mss || this.offered > free) return free - (free % mss);
    return this.offered;
  }

  get readPerRoundTrip(): number {
    return this.readSpace;
  }

  get limit(): number {
    return this.clamp;
  }

  /** Learns the peer's segment size from a segment at least as long; tcp_measure_rcv_mss(). */
  measure(length: number): void {
    if (length !== this.segmentSize) {
      const ratio = Math.floor((length * 256) / (length + SEGMENT_OVERHEAD_BYTES));
      if (ratio !== this.scalingRatio) {
        this.scalingRatio = Math.max(1, ratio);
        this.clamp = this.fromSpace(this.buffer);
        this.threshold = Math.max(this.threshold, Math.min(this.offered, this.clamp));
      }
    }
    this.segmentSize = Math.min(length, this.advertisedMss);
  }

  /** Offers more after a segment, if the reader keeps up. True: it did. tcp_grow_window() */
  grow(length: number, used: number): boolean {
    const room = Math.min(this.clamp, this.fromSpace(this.buffer - used)) - this.threshold;
    if (room <= 0) return false;
    const cost = length + SEGMENT_OVERHEAD_BYTES;
    let increase = 2 * this.advertisedMss;
    if (this.fromSpace(cost) > length) increase = this.slowIncrease(length, cost);
    if (increase === 0) return false;
    this.threshold += Math.min(room, Math.max(increase, 2 * length));
    return true;
  }

  /** For segments with much overhead: only while the window is small. */
  private slowIncrease(length: number, cost: number): number {
    let size = this.fromSpace(cost) >> 1;
    let window = this.fromSpace(this.largestBuffer) >> 1;
    while (this.threshold <= window) {
      if (size <= length) return 2 * this.segmentSize;
      size >>= 1;
      window >>= 1;
    }
    return 0;
  }

  /** The buffer overflows: lets it grow. False: there is no room for this segment. */
  overflow(used: number): boolean {
    if (this.mayGrow && this.buffer < this.largestBuffer) {
      this.buffer = Math.min(used, this.largestBuffer);
    }
    if (used <= this.buffer) return true;
    this.threshold = Math.min(this.clamp, 2 * this.advertisedMss);
    return false;
  }

  /** Estimates the round trip by the time one window takes; tcp_rcv_rtt_measure(). */
  measureRoundTrip(rcvNxt: number, nowNs: Ns): void {
    if (before(rcvNxt, this.roundTripEnd)) return;
    const sample = Math.max(1000, nowNs - this.roundTripSinceNs);
    this.roundTripNs =
      this.roundTripNs === 0 ? sample : Math.min(sample, (this.roundTripNs * 7 + sample) / 8);
    this.roundTripEnd = rcvNxt + this.offered;
    this.roundTripSinceNs = nowNs;
  }

  /** The program has read: the buffer grows to twice what it reads in a round trip. */
  adjust(copiedSeq: number, nowNs: Ns): void {
    if (this.roundTripNs === 0 || nowNs - this.readSinceNs < this.roundTripNs) return;
    const copied = distance(copiedSeq, this.readSeq);
    if (copied > this.readSpace) {
      if (this.mayGrow) {
        let window = 2 * copied + 16 * this.advertisedMss;
        window += 2 * Math.floor((window * (copied - this.readSpace)) / this.readSpace);
        const buffer = Math.min((window * 256) / this.scalingRatio, this.largestBuffer);
        if (buffer > this.buffer) {
          this.buffer = Math.floor(buffer);
          this.clamp = this.fromSpace(this.buffer);
        }
      }
      this.readSpace = copied;
    }
    this.readSeq = copiedSeq;
    this.readSinceNs = nowNs;
  }
}
