/** Reading descriptors the way programs do: whole, or line by line. */
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { decodeUtf8 } from "../../sim/utf8.ts";

const NEWLINE = 10;

/** Everything up to the end of the file. */
export function* readAll(sys: Sys, fd: number): Blocking<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const chunk = yield* sys.read(fd);
    if (chunk.length === 0) return concatBytes(chunks);
    chunks.push(chunk);
  }
}

export function concatBytes(chunks: readonly Uint8Array[]): Uint8Array {
  if (chunks.length === 1) return chunks[0] as Uint8Array;
  const out = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}

/** Cuts a descriptor's bytes into lines, so that a pipe streams. */
export class LineReader {
  private buffer = new Uint8Array(0);
  private ended = false;

  constructor(
    private readonly sys: Sys,
    private readonly fd: number,
    private readonly delimiter = NEWLINE,
  ) {}

  /** The next line with its delimiter (the last may lack it), or undefined at the end. */
  *nextBytes(): Blocking<Uint8Array | undefined> {
    let searched = 0;
    for (;;) {
      const end = this.buffer.indexOf(this.delimiter, searched);
      if (end >= 0) {
        const line = this.buffer.subarray(0, end + 1);
        this.buffer = this.buffer.subarray(end + 1);
        return line;
      }
      if (this.ended) {
        if (this.buffer.length === 0) return undefined;
        const line = this.buffer;
        this.buffer = new Uint8Array(0);
        return line;
      }
      searched = this.buffer.length;
      const chunk = yield* this.sys.read(this.fd);
      if (chunk.length === 0) this.ended = true;
      else
        this.buffer =
          this.buffer.length === 0
            ? chunk.slice()
            : (concatBytes([this.buffer, chunk]) as Uint8Array<ArrayBuffer>);
    }
  }

  /** The next line as text, with its newline if it had one. */
  *next(): Blocking<string | undefined> {
    const bytes = yield* this.nextBytes();
    return bytes && decodeUtf8(bytes);
  }
}
