/** The bytes written and not yet acknowledged, in pages, so that segments need no copying. */

import { NO_BYTES } from "../../../net/packet.ts";

const PAGE_BYTES = 16384;

export class SendQueue {
  private pages: Uint8Array[] = [];
  /** Offset of the first byte in the first page, and of the free space in the last one. */
  private start = 0;
  private tail = PAGE_BYTES;
  length = 0;

  append(data: Uint8Array): void {
    let taken = 0;
    while (taken < data.length) {
      if (this.tail === PAGE_BYTES) {
        this.pages.push(new Uint8Array(PAGE_BYTES));
        this.tail = 0;
      }
      const page = this.pages.at(-1) as Uint8Array;
      const piece = data.subarray(taken, taken + PAGE_BYTES - this.tail);
      page.set(piece, this.tail);
      this.tail += piece.length;
      taken += piece.length;
    }
    this.length += data.length;
  }

  /** Bytes from `offset` on; they never change afterwards. */
  slice(offset: number, length: number): Uint8Array {
    if (length === 0) return NO_BYTES;
    const from = this.start + offset;
    let index = Math.floor(from / PAGE_BYTES);
    const within = from % PAGE_BYTES;
    if (within + length <= PAGE_BYTES) {
      return (this.pages[index] as Uint8Array).subarray(within, within + length);
    }
    const out = new Uint8Array(length);
    let filled = 0;
    let at = within;
    while (filled < length) {
      const page = this.pages[index++] as Uint8Array;
      const piece = page.subarray(at, Math.min(PAGE_BYTES, at + length - filled));
      out.set(piece, filled);
      filled += piece.length;
      at = 0;
    }
    return out;
  }

  /** Drops acknowledged bytes from the front. */
  drop(count: number): void {
    this.length -= count;
    this.start += count;
    const whole = Math.floor(this.start / PAGE_BYTES);
    if (whole > 0) {
      this.pages.splice(0, whole);
      this.start -= whole * PAGE_BYTES;
    }
    if (this.length === 0) {
      this.pages = [];
      this.start = 0;
      this.tail = PAGE_BYTES;
    }
  }

  clear(): void {
    this.drop(this.length);
  }
}
