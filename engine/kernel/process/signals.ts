import { KernelError } from "../errno.ts";
import type { Process } from "./process.ts";
import type { ProcessTable } from "./process-table.ts";
import type { Delivery, Scheduler } from "./scheduler.ts";
import { defaultAction, SIGNALS, type SignalName } from "./signal.ts";

const STOP_SIGNALS: readonly SignalName[] = ["SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU"];

export interface SignalHooks {
  terminated(process: Process, signal: SignalName): void;
  /** A child stopped or went on: its parent is to be told. */
  childChanged(process: Process): void;
}

/** Sending signals and acting on them, signal(7); Linux kernel/signal.c. */
export class Signals {
  constructor(
    private readonly table: ProcessTable,
    private readonly scheduler: () => Scheduler,
    private readonly hooks: SignalHooks,
  ) {}

  /** What kill(2) does with its pid. ESRCH, EPERM. */
  kill(sender: Process, pid: number, signal: SignalName | 0): void {
    const { pidNamespace } = sender;
    let targets: Process[];
    if (pid > 0) targets = [this.table.get(pidNamespace.machineNumber(pid))];
    else if (pid === -1) {
      targets = this.table
        .list()
        .filter((target) => pidNamespace.includes(target.pidNamespace))
        .filter((target) => target !== pidNamespace.init && target !== sender);
    } else {
      targets = this.table.group(pid === 0 ? sender.group : pidNamespace.machineNumber(-pid));
    }
    if (targets.length === 0) throw new KernelError("ESRCH");
    const allowed = targets.filter((target) => sender.uid === 0 || sender.uid === target.uid);
    if (allowed.length === 0) throw new KernelError("EPERM");
    if (signal === 0) return;
    for (const target of allowed) this.send(target, signal, sender);
  }

  sendGroup(group: number, signal: SignalName): void {
    for (const process of this.table.group(group)) this.send(process, signal);
  }

  /** Without a sender it comes from the kernel, or from whoever runs the machine. */
  send(process: Process, signal: SignalName, sender?: Process): void {
    if (process.ended) return;
    const isOwnWish = sender?.pidNamespace === process.pidNamespace;
    if (process.isInit && isOwnWish && isUnstoppable(signal)) return;
    if (signal === "SIGCONT" || signal === "SIGKILL") this.continue(process);
    if (signal === "SIGCONT") for (const stop of STOP_SIGNALS) process.pending.delete(stop);
    if (STOP_SIGNALS.includes(signal)) process.pending.delete("SIGCONT");
    if (this.isIgnored(process, signal)) return;
    process.pending.add(signal);
    if (!process.stoppedBy) this.scheduler().signalled(process);
  }

  isIgnored(process: Process, signal: SignalName): boolean {
    if (isUnstoppable(signal)) return process.isInit && !process.pidNamespace.parent;
    const disposition = process.dispositions.get(signal) ?? "default";
    if (disposition === "ignore") return true;
    if (disposition !== "default") return false;
    // The kernel protects init from signals that it has no handler for, SIGNAL_UNKILLABLE.
    if (process.isInit) return true;
    const action = defaultAction(signal);
    return action === "ignore" || action === "continue";
  }

  /** Acts on what is pending, lowest number first, SIGKILL before all. */
  deliver(process: Process): Delivery {
    let delivery: Delivery = "nothing";
    while (process.pending.size > 0 && !process.stoppedBy) {
      const signal = nextPending(process);
      process.pending.delete(signal);
      const disposition = process.dispositions.get(signal) ?? "default";
      if (typeof disposition === "function") {
        disposition(signal);
        delivery = "handled";
        continue;
      }
      if (this.isIgnored(process, signal)) continue;
      if (defaultAction(signal) === "stop") {
        const needsShell = signal !== "SIGSTOP";
        if (needsShell && this.table.isOrphanedGroup(process.group)) continue;
        process.stoppedBy = signal;
        process.unreported = "stopped";
        this.hooks.childChanged(process);
        return "stopped";
      }
      this.hooks.terminated(process, signal);
      return "ended";
    }
    return delivery;
  }

  private continue(process: Process): void {
    if (!process.stoppedBy) return;
    process.stoppedBy = undefined;
    process.unreported = "continued";
    this.hooks.childChanged(process);
    this.scheduler().signalled(process);
  }
}

function isUnstoppable(signal: SignalName): boolean {
  return signal === "SIGKILL" || signal === "SIGSTOP";
}

function nextPending(process: Process): SignalName {
  if (process.pending.has("SIGKILL")) return "SIGKILL";
  let lowest: SignalName | undefined;
  for (const signal of process.pending) {
    if (!lowest || SIGNALS[signal] < SIGNALS[lowest]) lowest = signal;
  }
  return lowest as SignalName;
}
