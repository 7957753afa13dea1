/** Streams of the Engine API. */
import type { OpenFile } from "../../kernel/fs/open-file.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";

/** A chunked answer of one JSON record after another: events, progress, statistics. */
export interface RecordStream<T> {
  /** Blocks until there is one; undefined: no more will come. */
  next(): Blocking<T | undefined>;
  /** The client hangs up. */
  close(): void;
}

/**
 * A hijacked connection of attach, exec or logs. Reading gives output: raw bytes when
 * `isRaw` (the container has a terminal), else frames (see `FrameReader`). Writing is the process's
 * standard input. A program takes it as a descriptor by `sys.receiveFile(stream.file)`, so that it
 * can poll it beside others, and has to close that.
 */
export interface HijackedStream {
  readonly file: OpenFile;
  readonly isRaw: boolean;
  /** shutdown(SHUT_WR): the end of the process's standard input. */
  closeWrite(): void;
}

export type OutputStream = "stdin" | "stdout" | "stderr";

export interface OutputFrame {
  readonly stream: OutputStream;
  readonly data: Uint8Array;
}

const STREAMS: readonly OutputStream[] = ["stdin", "stdout", "stderr"];

const HEADER_BYTES = 8;

/** Header of a frame: stream number, three zeros, big-endian length; Engine API, ContainerAttach. */
export function encodeFrame({ stream, data }: OutputFrame): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + data.length);
  frame[0] = STREAMS.indexOf(stream);
  new DataView(frame.buffer).setUint32(4, data.length);
  frame.set(data, HEADER_BYTES);
  return frame;
}

/** Cuts the bytes of a stream that is not raw into frames, however they arrive. */
export class FrameReader {
  private rest = new Uint8Array(0);

  /** The frames that are complete with these bytes. */
  push(bytes: Uint8Array): OutputFrame[] {
    const all = new Uint8Array(this.rest.length + bytes.length);
    all.set(this.rest);
    all.set(bytes, this.rest.length);
    const view = new DataView(all.buffer);
    const frames: OutputFrame[] = [];
    let at = 0;
    while (all.length - at >= HEADER_BYTES) {
      const end = at + HEADER_BYTES + view.getUint32(at + 4);
      if (end > all.length) break;
      const stream = STREAMS[all[at] as number] ?? "stdout";
      frames.push({ stream, data: all.subarray(at + HEADER_BYTES, end) });
      at = end;
    }
    this.rest = all.slice(at);
    return frames;
  }
}
