/** One line from a descriptor, byte by byte: the next command may want the rest. */
import { KernelError } from "../kernel/errno.ts";
import type { Blocking } from "../kernel/process/wait-queue.ts";
import { decodeBytes } from "./bytes.ts";
import type { Shell } from "./shell.ts";
import { checkSignals } from "./traps.ts";

/** Without its newline; undefined: at the end of the file. Runs traps of signals that come. */
export function* readLine(shell: Shell, fd: number): Blocking<string | undefined> {
  const bytes: number[] = [];
  for (;;) {
    const byte = yield* readByte(shell, fd);
    if (byte === undefined) return bytes.length === 0 ? undefined : decode(bytes);
    if (byte === 10) return decode(bytes);
    bytes.push(byte);
  }
}

function decode(bytes: readonly number[]): string {
  return decodeBytes(Uint8Array.from(bytes));
}

function* readByte(shell: Shell, fd: number): Blocking<number | undefined> {
  for (;;) {
    try {
      return (yield* shell.sys.read(fd, 1))[0];
    } catch (error) {
      if (!(error instanceof KernelError) || error.errno !== "EINTR") throw error;
      yield* checkSignals(shell);
    }
  }
}
