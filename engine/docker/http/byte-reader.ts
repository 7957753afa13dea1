import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { concatBytes } from "../../programs/support/streams.ts";

const EMPTY = new Uint8Array(0);
const READ_BYTES = 65_536;

/** Takes lines and counted bytes from a descriptor; what came too early waits for the next call. */
export class ByteReader {
  private buffer: Uint8Array = EMPTY;

  constructor(
    private readonly sys: Sys,
    private readonly fd: number,
  ) {}

  /** Through the next newline; undefined: the stream ended first, or no line is that long. */
  *line(maxBytes: number): Blocking<Uint8Array | undefined> {
    for (;;) {
      const end = this.buffer.indexOf(10);
      if (end >= 0) return this.cut(end + 1);
      if (this.buffer.length > maxBytes || !(yield* this.fill())) return undefined;
    }
  }

  /** So many bytes, or fewer at the end of the stream. */
  *exactly(count: number): Blocking<Uint8Array> {
    while (this.buffer.length < count && (yield* this.fill()));
    return this.cut(Math.min(count, this.buffer.length));
  }

  /** What has been read and not been taken. */
  takeRest(): Uint8Array {
    return this.cut(this.buffer.length);
  }

  private *fill(): Blocking<boolean> {
    const data = yield* this.sys.read(this.fd, READ_BYTES);
    if (data.length === 0) return false;
    this.buffer = this.buffer.length === 0 ? data : concatBytes([this.buffer, data]);
    return true;
  }

  private cut(count: number): Uint8Array {
    const taken = this.buffer.subarray(0, count);
    this.buffer = this.buffer.subarray(count);
    return taken;
  }
}
