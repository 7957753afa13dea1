import { KernelError } from "../errno.ts";
import type { Process } from "./process.ts";

/** Processes a machine may have; like a low RLIMIT_NPROC. A fork bomb ends in EAGAIN. */
export const MAX_PROCESSES = 512;

/** /proc/sys/kernel/pid_max on 64-bit machines. */
export const PID_MAX = 4_194_304;

/** After a wrap, low numbers are left to daemons. Linux RESERVED_PIDS. */
const FIRST_PID_AFTER_WRAP = 300;

/** All processes by number, and the groups and sessions they form. */
export class ProcessTable {
  private readonly processes = new Map<number, Process>();
  private lastPid = 0;

  /** Processes ever started. */
  forks = 0;

  /** EAGAIN */
  allocatePid(): number {
    if (this.processes.size >= MAX_PROCESSES) throw new KernelError("EAGAIN");
    let pid = this.lastPid + 1;
    while (pid >= PID_MAX || this.isNumberTaken(pid)) {
      pid = pid >= PID_MAX ? FIRST_PID_AFTER_WRAP : pid + 1;
    }
    this.lastPid = pid;
    this.forks += 1;
    return pid;
  }

  add(process: Process): void {
    this.processes.set(process.pid, process);
  }

  remove(process: Process): void {
    this.processes.delete(process.pid);
  }

  clear(): void {
    this.processes.clear();
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
  list(): Process[] {
    return [...this.processes.values()].sort((a, b) => a.pid - b.pid);
  }

  group(group: number): Process[] {
    return this.list().filter((process) => process.group === group);
  }

  get latestPid(): number {
    return this.lastPid;
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
