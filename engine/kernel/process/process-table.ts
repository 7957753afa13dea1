import { KernelError } from "../errno.ts";
import { PidNamespace } from "./pid-namespace.ts";
import type { Process } from "./process.ts";

/** Processes a machine may have; like a low RLIMIT_NPROC. A fork bomb ends in EAGAIN. */
export const MAX_PROCESSES = 2048;

/** All processes by number, and the groups and sessions they form. */
export class ProcessTable {
  private readonly processes = new Map<number, Process>();
  /** Until one comes or goes. */
  private sorted: readonly Process[] | undefined;
  /** The namespace that sees every process. */
  readonly firstNamespace = new PidNamespace();

  /** Processes ever started. */
  forks = 0;

  /** EAGAIN */
  allocatePid(): number {
    if (this.processes.size >= MAX_PROCESSES) throw new KernelError("EAGAIN");
    const pid = this.firstNamespace.allocate((number) => this.isNumberTaken(number));
    this.forks += 1;
    return pid;
  }

  add(process: Process): void {
    this.processes.set(process.pid, process);
    this.sorted = undefined;
  }

  remove(process: Process): void {
    this.processes.delete(process.pid);
    this.sorted = undefined;
    for (let at = process.pidNamespace; at.parent; at = at.parent) {
      at.forgetUnused((number) => this.isNumberTaken(number));
    }
  }

  clear(): void {
    this.processes.clear();
    this.sorted = undefined;
  }

  find(pid: number): Process | undefined {
    return this.processes.get(pid);
  }

  /** ESRCH */
  get(pid: number): Process {
    const process = this.processes.get(pid);
    if (!process) throw new KernelError("ESRCH");
    return process;
  }

  /** By number, ascending. */
  list(): readonly Process[] {
    this.sorted ??= [...this.processes.values()].sort((a, b) => a.pid - b.pid);
    return this.sorted;
  }

  group(group: number): Process[] {
    return this.list().filter((process) => process.group === group);
  }

  /**
   * A group none of whose members has a parent in another group of the same session: nobody does
   * job control for it. POSIX.1-2017 §3.264.
   */
  isOrphanedGroup(group: number, ignoring?: Process): boolean {
    for (const process of this.processes.values()) {
      if (process.group !== group || process === ignoring || process.ended) continue;
      const { parent } = process;
      if (
        parent &&
        parent !== ignoring &&
        parent.session === process.session &&
        parent.group !== group
      ) {
        return false;
      }
    }
    return true;
  }

  /** A pid may not be given again while a group or session still has its number. */
  private isNumberTaken(pid: number): boolean {
    if (this.processes.has(pid)) return true;
    for (const process of this.processes.values()) {
      if (process.group === pid || process.session === pid) return true;
    }
    return false;
  }
}
