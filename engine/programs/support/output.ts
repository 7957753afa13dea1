/** A buffered output stream, as stdio(3) buffers: lines on a terminal, 4096-byte blocks else. */
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { stringToBytes } from "./bytes.ts";

const BLOCK_BYTES = 4096;

export type Buffering = "line" | "full" | "none";

export class Output {
  private pending = "";
  /** setvbuf(3): a program may change it before it writes. */
  buffering: Buffering;

  constructor(
    private readonly sys: Sys,
    private readonly fd = 1,
  ) {
    this.buffering = initialBuffering(sys, fd);
  }

  /** Takes a byte string. */
  *write(text: string): Blocking<void> {
    this.pending += text;
    const due =
      this.buffering === "full"
        ? this.pending.length >= BLOCK_BYTES
        : this.buffering === "none" || text.includes("\n");
    if (due) yield* this.flush();
  }

  *flush(): Blocking<void> {
    if (this.pending === "") return;
    const bytes = stringToBytes(this.pending);
    this.pending = "";
    yield* this.sys.write(this.fd, bytes);
    yield* this.sys.yieldCpu();
  }
}

/** `stdbuf` passes its wish in the environment, as the real one does to its preloaded library. */
function initialBuffering(sys: Sys, fd: number): Buffering {
  const wish = fd === 1 ? sys.env.get("_STDBUF_O") : undefined;
  if (wish === "L") return "line";
  if (wish === "0") return "none";
  return sys.isatty(fd) ? "line" : "full";
}
