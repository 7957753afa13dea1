/** The option fork: a child for each peer, while the parent waits for the next. */
import { KernelError } from "../../../kernel/errno.ts";
import type { SignalName } from "../../../kernel/process/signal.ts";
import type { Sys } from "../../../kernel/process/sys.ts";
import type { Blocking } from "../../../kernel/process/wait-queue.ts";
import { reapChildren } from "../children.ts";
import type { Channel, Continuation, Opening } from "../channel.ts";
import { SocatError, type Log } from "../log.ts";

const ENDING: readonly SignalName[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];

export class Forker {
  private readonly children = new Set<number>();

  constructor(
    private readonly opening: Opening,
    private readonly limit: number,
    private readonly then: Continuation,
  ) {
    opening.sys.signal("SIGCHLD", () => {});
  }

  /** Waits in `block` and collects children whenever one ends. */
  *wait<T>(block: () => Blocking<T>): Blocking<T> {
    const { sys, log } = this.opening;
    for (;;) {
      yield* reapChildren(sys, log, this.children);
      try {
        return yield* block();
      } catch (error) {
        if (!(error instanceof KernelError) || error.errno !== "EINTR") throw error;
        // Nothing to collect: the signal was another one, and ends socat.
        if ((yield* reapChildren(sys, log, this.children)) === 0) throw error;
      }
    }
  }

  /** The child goes on with the channel that `channelOf` makes for it. */
  *fork(channelOf: (sys: Sys) => Channel): Blocking<void> {
    const { sys, log, options } = this.opening;
    const pid = sys.spawn({
      run: {
        name: options.programName,
        main: (child) => this.serve(child, log.of(child), channelOf),
      },
      descriptors: new Map(sys.descriptors().map((fd) => [fd, fd])),
      resetSignals: [...ENDING, "SIGCHLD"],
    });
    this.children.add(pid);
    yield* log.line("N", `forked off child process ${pid}`);
  }

  /** Holds back while `max-children` are at work. */
  *room(): Blocking<void> {
    const { sys } = this.opening;
    while (this.running >= this.limit) yield* this.wait(() => sys.pause());
  }

  private get running(): number {
    return [...this.children].filter((pid) => isAlive(this.opening.sys, pid)).length;
  }

  private *serve(sys: Sys, log: Log, channelOf: (sys: Sys) => Channel): Blocking<number> {
    sys.signal("SIGPIPE", "ignore");
    try {
      return yield* this.then(sys, log, channelOf(sys));
    } catch (error) {
      if (!(error instanceof SocatError)) throw error;
      yield* log.line("E", error.message);
      yield* log.line("N", "exit(1)");
      return 1;
    }
  }
}

function isAlive(sys: Sys, pid: number): boolean {
  try {
    sys.kill(pid, 0);
    return true;
  } catch (error) {
    if (error instanceof KernelError) return false;
    throw error;
  }
}
