import { KernelError } from "../../kernel/errno.ts";
import { SIGNALS } from "../../kernel/process/signal.ts";
import type { Sys, WaitStatus } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { SocatError, type Log } from "./log.ts";

/** Children whose failure is nobody's business: those that served a connection. */
export type Servants = ReadonlySet<number>;

const NO_SERVANTS: Servants = new Set();

/** Collects children that have ended. A program run by EXEC or SYSTEM that failed ends socat. */
export function* reapChildren(
  sys: Sys,
  log: Log,
  servants: Servants = NO_SERVANTS,
): Blocking<number> {
  let reaped = 0;
  for (;;) {
    const status = yield* collect(sys);
    if (!status) return reaped;
    reaped += 1;
    if (servants.has(status.pid)) {
      yield* log.line("N", `childdied(): handling signal ${SIGNALS.SIGCHLD}`);
      continue;
    }
    if (status.kind === "exited" && status.code !== 0) {
      throw new SocatError(`waitpid(): child ${status.pid} exited with status ${status.code}`);
    }
  }
}

function* collect(sys: Sys): Blocking<WaitStatus | undefined> {
  try {
    return yield* sys.waitpid(-1, { noHang: true });
  } catch (error) {
    if (error instanceof KernelError && error.errno === "ECHILD") return undefined;
    throw error;
  }
}
