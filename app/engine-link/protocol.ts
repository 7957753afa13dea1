/**
 * What crosses the port between the window and the engine: the session's methods, the pacer's,
 * and the events that come back. birpc carries it over any message port.
 */
import type { ClockState, Notice } from "../../engine/session.ts";
import type { WindowSession } from "../../renderer/host/host.ts";

/** Called by the window, answered by the engine. */
export interface EngineFunctions extends WindowSession {
  play(): void;
  pause(): void;
  step(): boolean;
  setSpeed(speed: number): void;
}

/** What the engine's process adds where it can listen on sockets. */
export interface DockerApiFunctions {
  /** Answers where the machine's Docker engine can be reached: `unix:///…`. */
  serveDockerApi(machine: string): Promise<string>;
  stopDockerApi(machine: string): Promise<void>;
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
