import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { WaitCondition, WaitResult } from "../api/container.ts";
import type { RecordStream } from "../api/streams.ts";
import type { Container } from "./container.ts";

/** `docker wait`, and what `docker run` asks before it starts the container: one record. */
export function waitFor(container: Container, condition: WaitCondition): RecordStream<WaitResult> {
  const { exits } = container;
  let told = false;
  const isOver = (): boolean => {
    if (container.isRemoved) return true;
    if (condition === "removed") return false;
    return container.exits > exits || (condition === "not-running" && !container.state.running);
  };
  return {
    *next(): Blocking<WaitResult | undefined> {
      if (told) return undefined;
      while (!isOver()) yield { queues: [container.changed] };
      told = true;
      const { exitCode, error } = container.state;
      return {
        StatusCode: exitCode,
        ...(error === "" ? {} : { Error: { Message: error } }),
      };
    },
    close: () => {},
  };
}
