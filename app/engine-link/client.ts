/** The window's end of the link: the parts of `Host` that concern the engine. */
import { createBirpc } from "birpc";
import type { ClockState, Notice } from "../../engine/session.ts";
import type { Host, Pacer, RemoteSession } from "../../renderer/host/host.ts";
import type { Channel, DockerApiFunctions, EngineFunctions, WindowFunctions } from "./protocol.ts";

export type EngineSide = Required<
  Pick<Host, "session" | "pacer" | "dockerApi" | "onNotices" | "onClock" | "onEngineFailure">
>;

/** A set of listeners; what arrives before the first one is kept for it. */
class Topic<T> {
  private readonly listeners = new Set<(value: T) => void>();
  private waiting: T[] = [];

  readonly listen = (listener: (value: T) => void): (() => void) => {
    this.listeners.add(listener);
    for (const value of this.waiting.splice(0)) listener(value);
    return () => this.listeners.delete(listener);
  };

  publish(value: T): void {
    if (this.listeners.size === 0) this.waiting.push(value);
    for (const listener of this.listeners) listener(value);
  }
}

/** Connects to an engine; `failed` lets the caller report that the engine's thread died. */
export function connectEngine(channel: Channel): EngineSide & { failed(message: string): void } {
  const notices = new Topic<readonly Notice[]>();
  const clock = new Topic<ClockState>();
  const failure = new Topic<string>();

  const rpc = createBirpc<EngineFunctions & DockerApiFunctions, WindowFunctions>(
    {
      notices: (batch) => notices.publish(batch),
      clock: (state) => clock.publish(state),
      failure: (message) => failure.publish(message),
    },
    {
      post: (message) => channel.post(message),
      on: (listener) => channel.onMessage(listener),
    },
  );

  const pacer: Pacer = {
    play: () => rpc.play(),
    pause: () => rpc.pause(),
    step: () => rpc.step(),
    setSpeed: (speed) => rpc.setSpeed(speed),
  };
  return {
    session: rpc as unknown as RemoteSession,
    pacer,
    // Only the desktop's engine answers these.
    dockerApi: {
      serve: (machine) => rpc.serveDockerApi(machine),
      stop: (machine) => rpc.stopDockerApi(machine),
    },
    onNotices: notices.listen,
    onClock: clock.listen,
    onEngineFailure: failure.listen,
    failed: (message) => failure.publish(message),
  };
}
