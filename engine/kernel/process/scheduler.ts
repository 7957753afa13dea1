import { MICROSECOND, type Ns } from "../../sim/clock.ts";
import type { Simulation } from "../../sim/simulation.ts";
import type { Process } from "./process.ts";
import type { Sys } from "./sys.ts";
import type { Blocking, WaitRequest, WakeReason } from "./wait-queue.ts";

/** Virtual processor time of one system call. */
const CALL_COST_NS = 5 * MICROSECOND;

/** What fork(2) costs more than another call. */
export const FORK_COST_NS = 50 * MICROSECOND;

/** Calls that a process may make before it has to pay for them with virtual time. */
const BURST_NS = 256 * CALL_COST_NS;

/** What a process that has had its burst pays for at a time. */
const SLICE_NS = 64 * CALL_COST_NS;

/**
 * Calls after which a program that never lets go of the processor is taken for broken: it would
 * hold up the whole lab.
 */
const MAX_CALLS_WITHOUT_YIELD = 5_000_000;

/** Yielded to give the processor away and go on at once. */
export const YIELD: WaitRequest = { queues: [], timeoutNs: 0 };

/** What acting on its pending signals did to a process. */
export type Delivery = "nothing" | "handled" | "stopped" | "ended";

export interface SchedulerHooks {
  deliver(process: Process): Delivery;
  exited(process: Process, code: number): void;
  /** The program threw. */
  failed(process: Process, error: unknown): void;
}

/**
 * Runs processes as events of the simulation: first ready, first run. Work is free until a
 * process has made a burst of calls; then it waits its turn on the machine's one processor for as
 * long as its calls took, so that a loop without end costs virtual time and the others go on.
 */
export class Scheduler {
  /** When the processor has done what processes over their burst have queued. */
  private busyUntilNs: Ns = 0;
  /** Processor time sold since boot. */
  cpuUsedNs: Ns = 0;
  /** How often a process was given the processor. */
  switches = 0;

  constructor(
    private readonly sim: Simulation,
    private readonly hooks: SchedulerHooks,
  ) {}

  start(process: Process, main: (sys: Sys) => Blocking<number>): void {
    process.body = main(process.sys as Sys);
    this.makeReady(process);
  }

  /**
   * Accounts for one system call that costs `extraNs` more than most. True: the process should
   * yield before it does more.
   */
  account(process: Process, extraNs: Ns = 0): boolean {
    const now = this.sim.nowNs;
    const paid = now - process.cpuDebtAtNs;
    const costNs = CALL_COST_NS + extraNs;
    process.cpuDebtNs = (process.cpuDebtNs > paid ? process.cpuDebtNs - paid : 0) + costNs;
    process.cpuDebtAtNs = now;
    process.cpuUsedNs += costNs;
    this.cpuUsedNs += costNs;
    process.callsInSlice += 1;
    if (process.callsInSlice > MAX_CALLS_WITHOUT_YIELD) {
      throw new Error("made too many system calls without giving the processor away");
    }
    return process.pending.size > 0 || process.cpuDebtNs > BURST_NS;
  }

  /** A child starts with its parent's debt, or a chain of forks would be free. */
  inheritDebt(child: Process, parent: Process): void {
    child.cpuDebtNs = parent.cpuDebtNs;
    child.cpuDebtAtNs = parent.cpuDebtAtNs;
  }

  /** Ends its sleep, if it sleeps. */
  wake(process: Process, reason: WakeReason): void {
    if (!process.sleep) return;
    this.callOffSleep(process);
    process.wakeReason = reason;
    this.makeReady(process);
  }

  /** Lets a process act on its pending signals soon, asleep or not. */
  signalled(process: Process): void {
    this.makeReady(process);
  }

  /** A process of a control group that was thawed goes on where it was. */
  thawed(process: Process): void {
    this.makeReady(process);
  }

  /** Takes a process that has ended off the queue. */
  forget(process: Process): void {
    this.callOffSleep(process);
    this.sim.cancel(process.runEvent);
    process.runEvent = undefined;
  }

  private makeReady(process: Process): void {
    if (process.runEvent) return;
    const run = () => this.run(process);
    const now = this.sim.nowNs;
    const paid = now - process.cpuDebtAtNs;
    if (process.cpuDebtNs - paid <= BURST_NS) {
      process.runEvent = this.sim.schedule(0, run);
      return;
    }
    const rest = BURST_NS - SLICE_NS;
    this.busyUntilNs = Math.max(this.busyUntilNs, now) + process.cpuDebtNs - paid - rest;
    process.cpuDebtNs = rest;
    process.cpuDebtAtNs = this.busyUntilNs;
    process.runEvent = this.sim.scheduleAt(this.busyUntilNs, run);
  }

  private run(process: Process): void {
    process.runEvent = undefined;
    if (process.ended) return;
    if (process.isFrozen && !process.pending.has("SIGKILL")) return;
    const delivery = process.pending.size > 0 ? this.hooks.deliver(process) : "nothing";
    if (delivery === "ended" || process.stoppedBy) return;
    let reason = process.wakeReason;
    if (process.sleep) {
      if (delivery !== "handled") return;
      this.callOffSleep(process);
      reason = "interrupted";
    }
    process.signalledWhileWaking = delivery === "handled" && reason === "woken";
    process.wakeReason = "woken";
    this.resume(process, reason);
  }

  private resume(process: Process, reason: WakeReason): void {
    process.callsInSlice = 0;
    this.switches += 1;
    let step: IteratorResult<WaitRequest, number>;
    try {
      step = (process.body as Blocking<number>).next(reason);
    } catch (error) {
      this.hooks.failed(process, error);
      return;
    }
    if (step.done) {
      this.hooks.exited(process, step.value);
      return;
    }
    const { transition } = process;
    if (!transition) {
      this.putToSleep(process, step.value);
      return;
    }
    process.transition = undefined;
    if (transition.kind === "exit") {
      this.hooks.exited(process, transition.code);
    } else {
      // Like execve: what the old program had still to do, even in `finally`, is never done.
      this.start(process, transition.main);
    }
  }

  private putToSleep(process: Process, request: WaitRequest): void {
    if (request.queues.length === 0 && request.timeoutNs === 0) {
      process.wakeReason = "timeout";
      this.makeReady(process);
      return;
    }
    // Woken for nothing, and a signal was handled on the way: the call that waits again ends.
    if (process.signalledWhileWaking && process.callsInSlice === 0) {
      process.wakeReason = "interrupted";
      this.makeReady(process);
      return;
    }
    const wake = () => this.wake(process, "woken");
    const { timeoutNs } = request;
    const timer =
      timeoutNs === undefined || timeoutNs === Number.POSITIVE_INFINITY
        ? undefined
        : this.sim.schedule(timeoutNs, () => this.wake(process, "timeout"));
    process.sleep = { request, wake, timer };
    for (const queue of request.queues) queue.add(wake);
    if (process.pending.size > 0) this.makeReady(process);
  }

  private callOffSleep(process: Process): void {
    const { sleep } = process;
    if (!sleep) return;
    process.sleep = undefined;
    for (const queue of sleep.request.queues) queue.remove(sleep.wake);
    this.sim.cancel(sleep.timer);
  }
}
