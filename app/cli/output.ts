import { writeSync } from "node:fs";

/** Where a command line prints. */
export interface Output {
  print(text: string): void;
  error(text: string): void;
}

export const standardOutput: Output = {
  print: (text) => writeAll(1, text),
  error: (text) => writeAll(2, text),
};

/** All of it, even to a pipe whose reader is slow; silently stops when the reader is gone. */
function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EPIPE") return;
      if (code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
