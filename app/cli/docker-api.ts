/** `podwire run --docker-api`: the lab runs in real time, and real clients talk to its engines. */
import type { Session } from "../../engine/headless.ts";
import { DockerApiServers } from "../docker-api/servers.ts";
import { SocketPathError } from "../docker-api/socket-path.ts";
import { SessionPacer } from "../engine-link/pacer.ts";
import { realTime } from "../engine-link/real-time.ts";
import { Failure } from "./failure.ts";
import type { Output } from "./output.ts";

export interface DockerApiOrder {
  readonly host: string;
  /** Undefined: a fresh one. */
  readonly path: string | undefined;
}

/** Resolves when the user has stopped it (Ctrl-C or SIGTERM) and the sockets are gone. */
export async function serveDockerApi(
  session: Session,
  orders: readonly DockerApiOrder[],
  output: Output,
): Promise<void> {
  let stop = (): void => {};
  let fail = (_message: string): void => {};
  const over = new Promise<void>((resolve, reject) => {
    stop = resolve;
    fail = (message) => reject(new Failure(message));
  });
  const servers: DockerApiServers = new DockerApiServers(session, () => pacer.kick());
  const pacer = new SessionPacer(session, realTime(), {
    notices: (notices) => notices.forEach((notice) => servers.notice(notice)),
    clock: () => {},
    failure: (message) => fail(message),
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
  try {
    for (const { host, path } of orders) {
      output.print(`${host}: export DOCKER_HOST=unix://${await serve(servers, host, path)}\n`);
    }
    await over;
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, stop);
    pacer.stop();
    await servers.stopAll();
  }
}

async function serve(servers: DockerApiServers, host: string, path?: string): Promise<string> {
  try {
    return await servers.serve(host, path);
  } catch (error) {
    if (error instanceof SocketPathError) throw new Failure(error.message);
    throw new Failure(`cannot put a socket at ${path}: ${(error as Error).message}`);
  }
}
