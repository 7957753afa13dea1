import { KernelError } from "../../errno.ts";
import { ProcessCalls } from "./process-calls.ts";

const MIN_NICENESS = -20;
const MAX_NICENESS = 19;

/** Who a process acts as, and how willingly it gives way. */
export abstract class CredentialCalls extends ProcessCalls {
  get uid(): number {
    return this.process.uid;
  }

  get gid(): number {
    return this.process.gid;
  }

  get groups(): readonly number[] {
    return this.process.groups;
  }

  setuid(uid: number): void {
    this.enter();
    if (this.process.uid !== 0 && uid !== this.process.uid) throw new KernelError("EPERM");
    this.process.uid = uid;
  }

  setgid(gid: number): void {
    this.enter();
    if (this.process.uid !== 0 && gid !== this.process.gid) throw new KernelError("EPERM");
    this.process.gid = gid;
  }

  setgroups(groups: readonly number[]): void {
    this.enter();
    if (this.process.uid !== 0) throw new KernelError("EPERM");
    this.process.groups = groups;
  }

  getpriority(pid = 0): number {
    this.enter();
    return this.processOf(pid).niceness;
  }

  setpriority(pid: number, niceness: number): void {
    this.enter();
    const target = this.processOf(pid);
    const { uid } = this.process;
    if (uid !== 0 && uid !== target.uid) throw new KernelError("EPERM");
    const wanted = Math.max(MIN_NICENESS, Math.min(MAX_NICENESS, niceness));
    if (uid !== 0 && wanted < target.niceness) throw new KernelError("EACCES");
    target.niceness = wanted;
  }
}
