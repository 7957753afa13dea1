import { KernelError } from "../errno.ts";
import type { Process } from "./process.ts";
import type { ProcessTable } from "./process-table.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Signals } from "./signals.ts";
import type { WaitStatus } from "./sys.ts";
import type { Blocking } from "./wait-queue.ts";

/** How processes end, and how their parents learn of it: Linux kernel/exit.c. */
export class Lifecycle {
  constructor(
    private readonly table: ProcessTable,
    private readonly scheduler: () => Scheduler,
    private readonly signals: () => Signals,
    private readonly releaseNamespaces: (process: Process) => void,
  ) {}

  /** Must not be called from within the process's own program. */
  end(process: Process, status: WaitStatus): void {
    if (process.ended) return;
    if (process.isInit && process.pidNamespace.parent) this.endNamespace(process);
    this.scheduler().forget(process);
    closeProgram(process);
    process.descriptors.closeAll();
    process.ended = status;
    process.stoppedBy = undefined;
    process.pending.clear();
    process.body = undefined;
    if (process.session === process.pid) this.endSession(process);
    this.orphanChildren(process);
    this.hangUpOrphanedGroup(process.group, process);
    this.releaseNamespaces(process);
    for (const listener of process.endListeners.splice(0)) listener(status);
    this.childChanged(process);
  }

  /** Nothing in a PID namespace outlives its init. Linux zap_pid_ns_processes() */
  private endNamespace(init: Process): void {
    const namespace = init.pidNamespace;
    for (const process of [...this.table.list()].reverse()) {
      if (process === init || !namespace.includes(process.pidNamespace)) continue;
      this.end(process, { pid: process.pid, kind: "signaled", signal: "SIGKILL" });
      // Init would have to wait for its own; it does so in the kernel.
      if (process.parent === init || !process.parent) this.reap(process);
    }
  }

  /** Tells the parent that a child ended, stopped or went on. */
  childChanged(process: Process): void {
    const { parent } = process;
    if (!parent || parent.ended) {
      if (process.ended) this.table.remove(process);
      return;
    }
    parent.childChanged.wakeAll();
    if (process.ended && parent.dispositions.get("SIGCHLD") === "ignore") this.reap(process);
    else this.signals().send(parent, "SIGCHLD");
  }

  *wait(
    parent: Process,
    pid: number,
    options: {
      readonly noHang?: boolean;
      readonly untraced?: boolean;
      readonly continued?: boolean;
    },
  ): Blocking<WaitStatus | undefined> {
    for (;;) {
      const candidates = [...parent.children].filter(
        (child) =>
          pid === -1 ||
          child.pid === pid ||
          (pid === 0 && child.group === parent.group) ||
          (pid < -1 && child.group === -pid),
      );
      if (candidates.length === 0) throw new KernelError("ECHILD");
      for (const child of candidates) {
        // As the parent calls it: a number may be forgotten once its process is collected.
        const pid = parent.pidNamespace.ownNumber(child.pid);
        const status = this.collect(child, options);
        if (status) return { ...status, pid };
      }
      if (options.noHang) return undefined;
      const reason = yield { queues: [parent.childChanged] };
      if (reason === "interrupted") throw new KernelError("EINTR");
    }
  }

  private collect(
    child: Process,
    options: { readonly untraced?: boolean; readonly continued?: boolean },
  ): WaitStatus | undefined {
    if (child.ended) {
      this.reap(child);
      return child.ended;
    }
    if (options.untraced && child.unreported === "stopped" && child.stoppedBy) {
      child.unreported = undefined;
      return { pid: child.pid, kind: "stopped", signal: child.stoppedBy };
    }
    if (options.continued && child.unreported === "continued") {
      child.unreported = undefined;
      return { pid: child.pid, kind: "continued" };
    }
    return undefined;
  }

  private reap(child: Process): void {
    child.parent?.children.delete(child);
    this.table.remove(child);
  }

  /** Children go to the init of their PID namespace, which waits for them. */
  private orphanChildren(process: Process): void {
    const { init } = process.pidNamespace;
    for (const child of process.children) {
      child.parent = init === process ? undefined : init;
      if (init && init !== process) {
        init.children.add(child);
        if (child.ended) this.childChanged(child);
      }
      if (child.group !== process.group) this.hangUpOrphanedGroup(child.group);
    }
    process.children.clear();
  }

  /** A group that has lost its shell while stopped would never go on. POSIX _exit(). */
  private hangUpOrphanedGroup(group: number, ignoring?: Process): void {
    const members = this.table.group(group).filter((member) => !member.ended);
    if (!members.some((member) => member.stoppedBy)) return;
    if (!this.table.isOrphanedGroup(group, ignoring)) return;
    for (const member of members) {
      this.signals().send(member, "SIGHUP");
      this.signals().send(member, "SIGCONT");
    }
  }

  /** The end of a session leader takes the terminal from everyone. */
  private endSession(leader: Process): void {
    const { terminal } = leader;
    if (!terminal || terminal.session !== leader.session) return;
    const { foregroundGroup } = terminal;
    terminal.session = 0;
    terminal.foregroundGroup = 0;
    for (const process of this.table.list()) {
      if (process.terminal === terminal) process.terminal = undefined;
    }
    if (foregroundGroup > 0) {
      this.signals().sendGroup(foregroundGroup, "SIGHUP");
      this.signals().sendGroup(foregroundGroup, "SIGCONT");
    }
  }
}

/** Runs the program's `finally` blocks. One that waits again has forfeited the rest. */
function closeProgram(process: Process): void {
  try {
    process.body?.return(0);
  } catch {
    // It is being ended anyway; what its clean-up complains of has no reader.
  }
}
