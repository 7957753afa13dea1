import { KernelError } from "../errno.ts";
import type { Process } from "./process.ts";

/** /proc/sys/kernel/pid_max on 64-bit machines. */
export const PID_MAX = 4_194_304;

/** After a wrap, low numbers are left to daemons. Linux RESERVED_PIDS. */
const FIRST_PID_AFTER_WRAP = 300;

/**
 * Who a set of processes can see, and under which numbers, pid_namespaces(7). A process has a number
 * in its own namespace and in each that this one is nested in. The machine's first namespace knows
 * every process; its numbers are `Process.pid`.
 */
export class PidNamespace {
  readonly level: number;
  /** Number 1, which takes orphans in and whose end is the end of all; undefined until the first fork. */
  init: Process | undefined;
  private lastNumber = 0;
  /** Own number → the machine's, and back; the first namespace has no need of it. */
  private readonly machineNumbers = new Map<number, number>();
  private readonly ownNumbers = new Map<number, number>();

  constructor(readonly parent?: PidNamespace) {
    this.level = parent ? parent.level + 1 : 0;
  }

  /** The number given last. */
  get latest(): number {
    return this.lastNumber;
  }

  /** A number that nobody has, going upwards. */
  allocate(isTaken: (number: number) => boolean): number {
    let number = this.lastNumber + 1;
    while (number >= PID_MAX || isTaken(number)) {
      number = number >= PID_MAX ? FIRST_PID_AFTER_WRAP : number + 1;
    }
    this.lastNumber = number;
    return number;
  }

  /** Numbers a process that the machine knows as `pid`. ENOMEM: this namespace's init has ended. */
  enrol(pid: number): void {
    if (this.init?.ended) throw new KernelError("ENOMEM");
    this.parent?.enrol(pid);
    if (!this.parent) return;
    const own = this.allocate((number) => this.machineNumbers.has(number));
    this.machineNumbers.set(own, pid);
    this.ownNumbers.set(pid, own);
  }

  /** True if a process of that namespace has a number here. */
  includes(other: PidNamespace): boolean {
    let at: PidNamespace | undefined = other;
    while (at && at !== this) at = at.parent;
    return at === this;
  }

  /** What a process, group or session is called here; 0: it cannot be seen. */
  ownNumber(machineNumber: number): number {
    return this.parent ? (this.ownNumbers.get(machineNumber) ?? 0) : machineNumber;
  }

  /** Whom a number of this namespace means on the machine; −1: nobody. */
  machineNumber(own: number): number {
    return this.parent ? (this.machineNumbers.get(own) ?? -1) : own;
  }

  /** Numbers stay as long as a process, a group or a session has them. */
  forgetUnused(isUsed: (machineNumber: number) => boolean): void {
    for (const [machine, own] of this.ownNumbers) {
      if (isUsed(machine)) continue;
      this.ownNumbers.delete(machine);
      this.machineNumbers.delete(own);
    }
  }
}
