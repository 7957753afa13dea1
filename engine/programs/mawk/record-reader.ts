/** Cuts input into records as RS says: a byte, a regular expression, or blank lines. */
import { KernelError } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { bytesToString } from "../support/bytes.ts";
import type { Regex } from "../support/regex.ts";

const MAX_RECORD = 16 * 1024 * 1024;

/** `paragraphs`: RS is empty. */
export type Separator = string | Regex | "paragraphs";

export class RecordReader {
  private buffer = "";
  private at = 0;
  private ended = false;

  constructor(
    private readonly sys: Sys,
    readonly fd: number,
  ) {}

  *next(separator: Separator): Blocking<string | undefined> {
    if (separator === "paragraphs") return yield* this.paragraph();
    for (;;) {
      const found = this.find(separator);
      if (found) {
        const record = this.buffer.slice(this.at, found[0]);
        this.at = found[1];
        return record;
      }
      if (this.ended) {
        if (this.at >= this.buffer.length) return undefined;
        const record = this.buffer.slice(this.at);
        this.at = this.buffer.length;
        // With a regex, a final newline is not part of the last record.
        return typeof separator === "string" ? record : record.replace(/\n$/, "");
      }
      yield* this.fill();
    }
  }

  private find(separator: string | Regex): readonly [number, number] | undefined {
    if (typeof separator === "string") {
      const start = this.buffer.indexOf(separator, this.at);
      return start < 0 ? undefined : [start, start + separator.length];
    }
    const match = separator.exec(this.buffer, this.at);
    // A match at the end of what was read may go on.
    if (!match || match.start === match.end || (match.end === this.buffer.length && !this.ended))
      return undefined;
    return [match.start, match.end];
  }

  private *paragraph(): Blocking<string | undefined> {
    for (;;) {
      while (this.buffer[this.at] === "\n") this.at += 1;
      const end = this.at < this.buffer.length ? this.buffer.indexOf("\n\n", this.at) : -1;
      if (end >= 0) {
        const record = this.buffer.slice(this.at, end);
        this.at = end + 2;
        return record;
      }
      if (this.ended) {
        if (this.at >= this.buffer.length) return undefined;
        const record = this.buffer.slice(this.at).replace(/\n+$/, "");
        this.at = this.buffer.length;
        return record;
      }
      yield* this.fill();
    }
  }

  private *fill(): Blocking<void> {
    const chunk = yield* this.sys.read(this.fd);
    if (chunk.length === 0) this.ended = true;
    this.buffer = this.buffer.slice(this.at) + bytesToString(chunk);
    this.at = 0;
    if (this.buffer.length > MAX_RECORD) throw new KernelError("ENOMEM");
    yield* this.sys.yieldCpu();
  }
}
