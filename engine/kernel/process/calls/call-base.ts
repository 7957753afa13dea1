import type { Kernel } from "../../kernel.ts";
import type { OpenFile } from "../../fs/open-file.ts";
import type { Process } from "../process.ts";
import { YIELD } from "../scheduler.ts";
import type { Blocking } from "../wait-queue.ts";

/** What the groups of system calls share: the process that calls, and its kernel. */
export abstract class CallBase {
  constructor(
    protected readonly kernel: Kernel,
    protected readonly process: Process,
  ) {}

  /** Every call that answers at once starts with this. */
  protected enter(): void {
    this.kernel.scheduler.account(this.process);
  }

  /** Every call that may block starts with this: signals and other processes get their turn. */
  protected *enterBlocking(): Blocking<void> {
    if (this.kernel.scheduler.account(this.process)) yield YIELD;
  }

  /** What a process, group or session is called in this process's PID namespace. */
  protected own(machineNumber: number): number {
    return this.process.pidNamespace.ownNumber(machineNumber);
  }

  /** The machine's number for one of this process's PID namespace; −1: nobody has it. */
  protected machineNumber(own: number): number {
    return this.process.pidNamespace.machineNumber(own);
  }

  /** 0: the process itself. ESRCH */
  protected processOf(pid: number): Process {
    return pid === 0 ? this.process : this.kernel.processes.get(this.machineNumber(pid));
  }

  /** EBADF */
  protected file(fd: number): OpenFile {
    return this.process.descriptors.get(fd);
  }
}
