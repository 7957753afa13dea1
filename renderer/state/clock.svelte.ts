import type { ClockState } from "../../engine/session.ts";
import type { Pacer } from "../host/host.ts";

export const SPEEDS: readonly { readonly value: number; readonly label: string }[] = [
  { value: 0.1, label: "0.1×" },
  { value: 0.25, label: "0.25×" },
  { value: 0.5, label: "0.5×" },
  { value: 1, label: "1×" },
  { value: 2, label: "2×" },
  { value: 5, label: "5×" },
  { value: 10, label: "10×" },
  { value: 100, label: "100×" },
  { value: Infinity, label: "As fast as possible" },
];

/** The lab's clock as last told by the host, and its controls. */
export class Clock {
  state = $state.raw<ClockState>({
    nowNs: 0,
    running: false,
    speed: 1,
    pendingEvents: 0,
    eventsRun: 0,
  });

  constructor(private readonly pacer: Pacer) {}

  async toggle(): Promise<void> {
    await (this.state.running ? this.pause() : this.pacer.play());
  }

  pause(): Promise<void> {
    return this.pacer.pause();
  }

  step(): Promise<boolean> {
    return this.pacer.step();
  }

  async setSpeed(speed: number): Promise<void> {
    await this.pacer.setSpeed(speed);
  }

  /** The next faster (1) or slower (-1) speed of the list. */
  async shiftSpeed(by: 1 | -1): Promise<void> {
    const at = SPEEDS.findIndex(({ value }) => value >= this.state.speed);
    const next = SPEEDS[Math.min(Math.max(at + by, 0), SPEEDS.length - 1)];
    if (next !== undefined) await this.setSpeed(next.value);
  }
}
