/** The sockets that nginx listens on. */
import { formatIpv4 } from "../../net/address.ts";
import { errnoNumber, KernelError, strerror } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { SECOND } from "../../sim/clock.ts";
import type { Listen, ServerBlock } from "./config.ts";
import type { Log } from "./log.ts";

const BACKLOG = 511;
/** The descriptors below are files that nginx keeps open. */
const FIRST_LISTENER_FD = 6;
/** bind() is tried again, every half second. */
const BIND_ATTEMPTS = 5;

/** One socket for each address; undefined: it was said why not. */
export function* openListeners(
  sys: Sys,
  servers: readonly ServerBlock[],
  log: Log,
): Blocking<readonly number[] | undefined> {
  const wanted = new Map<string, Listen>();
  for (const { listen } of servers) for (const one of listen) wanted.set(nameOf(one), one);
  const open = new Map<string, number>();
  for (let attempt = 0; attempt < BIND_ATTEMPTS; attempt++) {
    let isBusy = false;
    for (const [name, address] of wanted) {
      if (open.has(name)) continue;
      const outcome = listenOn(sys, address);
      if (typeof outcome === "number") {
        open.set(name, outcome);
        continue;
      }
      const why = `${errnoNumber(outcome.errno)}: ${strerror(outcome.errno)}`;
      yield* log.startup("emerg", `bind() to ${name} failed (${why})`);
      if (outcome.errno !== "EADDRINUSE") return undefined;
      isBusy = true;
    }
    if (!isBusy) return [...wanted.keys()].map((name) => open.get(name) as number);
    yield* log.error("notice", "try again to bind() after 500ms");
    yield* sys.sleep(SECOND / 2);
  }
  yield* log.startup("emerg", "still could not bind()");
  return undefined;
}

function nameOf({ family, ip, port }: Listen): string {
  return `${family === 6 ? "[::]" : formatIpv4(ip)}:${port}`;
}

function listenOn(sys: Sys, { family, ip, port }: Listen): number | KernelError {
  const opened = sys.socket(family === 6 ? "inet6" : "inet", "stream");
  const fd = sys.dup(opened, { from: FIRST_LISTENER_FD });
  sys.close(opened);
  try {
    sys.setsockopt(fd, "reuseAddress", true);
    sys.bind(fd, { ip, port });
    sys.listen(fd, BACKLOG);
    return fd;
  } catch (error) {
    sys.close(fd);
    if (error instanceof KernelError) return error;
    throw error;
  }
}
