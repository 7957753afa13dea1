import type { AttachOptions } from "../api/container.ts";
import { ApiError } from "../api/errors.ts";
import type { HijackedStream } from "../api/streams.ts";
import type { Clock } from "../daemon/instant.ts";
import type { Container } from "./container.ts";
import { logStream } from "./log-stream.ts";
import type { ProcessStreams } from "./process-streams.ts";

/** `docker attach`, and `docker run` and `start -a` before the start. ApiError 409. */
export function attachTo(
  container: Container,
  streams: ProcessStreams,
  options: AttachOptions,
  clock: Clock,
): HijackedStream {
  const { state, id, config } = container;
  if (state.paused) {
    throw new ApiError(409, `container ${id} is paused, unpause the container before attach`);
  }
  if (options.stream !== true) {
    const source = { log: container.log, isRaw: config.Tty, hasEnded: () => true };
    const { stdout = false, stderr = false } = options;
    return logStream(source, { stdout, stderr }, clock);
  }
  return streams.attach({
    stdin: options.stdin === true,
    stdout: options.stdout === true,
    stderr: options.stderr === true,
  });
}
