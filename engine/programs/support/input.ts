/** Reading byte strings from descriptors: lines as they come, or everything at once. */
import { KernelError } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { bytesToString } from "./bytes.ts";

/** What one process may hold of its input; beyond it there is no memory (ENOMEM). */
const MAX_HELD_BYTES = 64 * 1024 * 1024;

const LINES_BETWEEN_YIELDS = 32;

/** Everything up to the end of the file, as a byte string. ENOMEM beyond 64 MiB. */
export function* readText(sys: Sys, fd: number): Blocking<string> {
  const parts: string[] = [];
  let total = 0;
  for (;;) {
    const chunk = yield* sys.read(fd);
    if (chunk.length === 0) return parts.join("");
    total += chunk.length;
    if (total > MAX_HELD_BYTES) throw new KernelError("ENOMEM");
    parts.push(bytesToString(chunk));
    yield* sys.yieldCpu();
  }
}

/** Cuts a descriptor's bytes into lines as they arrive. */
export class LineSource {
  private buffer = "";
  private at = 0;
  private ended = false;
  private lines = 0;
  /** Whether the line last given ended with the delimiter (the file's last may not). */
  terminated = true;

  constructor(
    private readonly sys: Sys,
    readonly fd: number,
    private readonly delimiter = "\n",
  ) {}

  /** The next line without its delimiter; undefined at the end of the file. */
  *next(): Blocking<string | undefined> {
    // What is done with a line takes time: an endless input must cost the lab's.
    if (++this.lines % LINES_BETWEEN_YIELDS === 0) yield* this.sys.yieldCpu();
    for (;;) {
      const end = this.buffer.indexOf(this.delimiter, this.at);
      if (end >= 0) {
        const line = this.buffer.slice(this.at, end);
        this.at = end + 1;
        this.terminated = true;
        return line;
      }
      if (this.ended) {
        if (this.at >= this.buffer.length) return undefined;
        const line = this.buffer.slice(this.at);
        this.at = this.buffer.length;
        this.terminated = false;
        return line;
      }
      yield* this.fill();
    }
  }

  /** Whether nothing is left; reads ahead to know. */
  *atEnd(): Blocking<boolean> {
    while (this.at >= this.buffer.length && !this.ended) yield* this.fill();
    return this.at >= this.buffer.length;
  }

  private *fill(): Blocking<void> {
    const chunk = yield* this.sys.read(this.fd);
    if (chunk.length === 0) {
      this.ended = true;
      return;
    }
    this.buffer = this.buffer.slice(this.at) + bytesToString(chunk);
    this.at = 0;
    if (this.buffer.length > MAX_HELD_BYTES) throw new KernelError("ENOMEM");
    yield* this.sys.yieldCpu();
  }
}

/** Splits held text into lines; a missing last delimiter is no difference. */
export function splitLines(text: string, delimiter = "\n"): string[] {
  if (text === "") return [];
  const lines = text.split(delimiter);
  if (text.endsWith(delimiter)) lines.pop();
  return lines;
}
