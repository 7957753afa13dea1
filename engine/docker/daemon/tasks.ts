/** Work of the daemon's own, which goes on when the client that asked for it is gone. */
import type { SimEvent } from "../../sim/event-queue.ts";
import type { Simulation } from "../../sim/simulation.ts";
import type { Ns } from "../../sim/clock.ts";
import {
  WaitQueue,
  type Blocking,
  type WaitRequest,
  type WakeReason,
} from "../../kernel/process/wait-queue.ts";

type Outcome<T> =
  | { readonly kind: "value"; readonly value: T }
  | { readonly kind: "error"; readonly error: unknown };

export class Task<T> {
  private outcome: Outcome<T> | undefined;
  private readonly done = new WaitQueue();

  constructor(
    private readonly sim: Simulation,
    private readonly body: Blocking<T>,
    private readonly isOff: () => boolean,
  ) {
    this.step("woken");
  }

  /** What came of it; throws what it threw. */
  *result(): Blocking<T> {
    while (!this.outcome) yield { queues: [this.done] };
    if (this.outcome.kind === "error") throw this.outcome.error;
    return this.outcome.value;
  }

  private step(reason: WakeReason): void {
    if (this.isOff()) return;
    try {
      const next = this.body.next(reason);
      if (next.done) this.finish({ kind: "value", value: next.value });
      else this.wait(next.value);
    } catch (error) {
      this.finish({ kind: "error", error });
    }
  }

  private finish(outcome: Outcome<T>): void {
    this.outcome = outcome;
    this.done.wakeAll();
  }

  private wait({ queues, timeoutNs }: WaitRequest): void {
    let timer: SimEvent | undefined;
    let isOver = false;
    const go = (reason: WakeReason): void => {
      if (isOver) return;
      isOver = true;
      for (const queue of queues) queue.remove(wake);
      this.sim.cancel(timer);
      // Never within the event that woke it: that is in the middle of something.
      this.sim.schedule(0, () => this.step(reason));
    };
    const wake = (): void => go("woken");
    for (const queue of queues) queue.add(wake);
    if (timeoutNs !== undefined) timer = this.sim.schedule(timeoutNs, () => go("timeout"));
  }
}

/** Waits that long. */
export function* delay(durationNs: Ns): Blocking<void> {
  yield { queues: [], timeoutNs: durationNs };
}
