import { KernelError } from "../kernel/errno.ts";
import type { Sys } from "../kernel/process/sys.ts";
import type { Blocking } from "../kernel/process/wait-queue.ts";
import type { ServiceManager } from "./service-manager.ts";

/** Pid 1: starts the services, then collects every process that nobody else waits for. */
export function* init(sys: Sys, services: (sys: Sys) => ServiceManager): Blocking<number> {
  sys.signal("SIGCHLD", () => {});
  const manager = services(sys);
  manager.startEnabled();
  for (;;) {
    const ended = yield* collect(sys);
    if (ended) manager.childEnded(ended);
    else yield* sys.pause();
  }
}

/** A process that only waits for its children, however many come and go. */
export function* collectChildren(sys: Sys): Blocking<never> {
  sys.signal("SIGCHLD", () => {});
  for (;;) {
    const ended = yield* collect(sys);
    if (!ended) yield* sys.pause();
  }
}

function* collect(sys: Sys) {
  try {
    return yield* sys.waitpid(-1, { noHang: true });
  } catch (error) {
    if (error instanceof KernelError && error.errno === "ECHILD") return undefined;
    throw error;
  }
}
