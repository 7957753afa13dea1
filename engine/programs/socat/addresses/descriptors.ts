/** What channels over plain descriptors and connected sockets share. */
import { KernelError, strerror } from "../../../kernel/errno.ts";
import type { Sys } from "../../../kernel/process/sys.ts";
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import { SocatError } from "../log.ts";

/** The real one prints where its buffer is; one place is as good as another. */
const BUFFER_ADDRESS = "0x55d5c5a32000";

export function* readDescriptor(sys: Sys, fd: number, max: number): Blocking<Uint8Array | "end"> {
  try {
    const data = yield* sys.read(fd, max);
    return data.length === 0 ? "end" : data;
  } catch (error) {
    throw failure(error, `read(${fd}, ${BUFFER_ADDRESS}, ${max})`);
  }
}

export function* writeDescriptor(sys: Sys, fd: number, data: Uint8Array): Blocking<void> {
  try {
    yield* sys.write(fd, data);
  } catch (error) {
    throw failure(error, `write(${fd}, ${BUFFER_ADDRESS}, ${data.length})`);
  }
}

/** A refused call as socat tells of it: `connect(5, …): Connection refused`. */
export function failure(error: unknown, call: string): unknown {
  if (!(error instanceof KernelError) || error.errno === "EINTR") return error;
  return new SocatError(`${call}: ${strerror(error.errno)}`);
}
