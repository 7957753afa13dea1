import type { Ns } from "../../sim/clock.ts";

/** Why a blocked process runs again. */
export type WakeReason = "woken" | "timeout" | "interrupted";

/** What a process hands to the scheduler when it cannot go on. */
export interface WaitRequest {
  /** Any of these wakes it. Empty: only the timeout or a signal does. */
  readonly queues: readonly WaitQueue[];
  /** Undefined: for ever. 0: give the processor to others and go on at once. */
  readonly timeoutNs?: Ns;
}

/**
 * A computation that may block. A system call is one, a program's main function is one, and
 * `yield*` joins them.
 */
export type Blocking<T> = Generator<WaitRequest, T, WakeReason>;

/** The processes (or kernel functions) waiting for one condition; like Linux wait_queue_head. */
export class WaitQueue {
  private waiters = new Set<() => void>();

  /** Calls `wake` at the next `wakeAll`, unless it is removed before. */
  add(wake: () => void): void {
    this.waiters.add(wake);
  }

  remove(wake: () => void): void {
    this.waiters.delete(wake);
  }

  get isEmpty(): boolean {
    return this.waiters.size === 0;
  }

  wakeAll(): void {
    if (this.waiters.size === 0) return;
    const woken = this.waiters;
    this.waiters = new Set();
    for (const wake of woken) wake();
  }
}
