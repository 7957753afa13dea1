/**
 * What crosses the port between the window and the engine: the session's methods, the pacer's,
 * and the events that come back. birpc carries it over any message port.
 */
import type { ClockState, Notice, Session } from "../../engine/session.ts";

/** Called by the window, answered by the engine. */
export interface EngineFunctions extends Omit<Session, "advance" | "step" | "takeNotices"> {
  play(): void;
  pause(): void;
  step(): boolean;
  setSpeed(speed: number): void;
}

/** Called by the engine, handled by the window; nobody waits for an answer. */
export interface WindowFunctions {
  notices(notices: readonly Notice[]): void;
  clock(state: ClockState): void;
  failure(message: string): void;
}

/** A message port, reduced to what the link needs. */
export interface Channel {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
}
