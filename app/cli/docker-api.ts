/** `podwire run --docker-api`: the lab runs in real time, and real clients talk to its engines. */
import { rmSync } from "node:fs";
import { dirname } from "node:path";
import type { Session } from "../../engine/headless.ts";
import { DockerApiServer } from "../docker-api/server.ts";
import { freshSocketPath, prepareSocketPath, SocketPathError } from "../docker-api/socket-path.ts";
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
  const servers: DockerApiServer[] = [];
  const ownFolders: string[] = [];
  let broken = (_message: string): void => {};
  const failed = new Promise<never>((_resolve, reject) => {
    broken = (message) => reject(new Failure(message));
  });
  const pacer = new SessionPacer(session, realTime(), {
    notices: (notices) => {
      for (const notice of notices) for (const server of servers) server.notice(notice);
    },
    clock: () => {},
    failure: (message) => broken(message),
  });
  try {
    for (const { host, path: given } of orders) {
      const path = given === undefined ? freshSocketPath(host) : await prepare(given);
      if (given === undefined) ownFolders.push(dirname(path));
      const server = new DockerApiServer(session, host, () => pacer.kick());
      await server.listen(path).catch((error: Error) => {
        throw new Failure(`cannot listen on ${path}: ${error.message}`);
      });
      servers.push(server);
      output.print(`${host}: export DOCKER_HOST=unix://${path}\n`);
    }
    await Promise.race([stopped(), failed]);
  } finally {
    pacer.stop();
    await Promise.all(servers.map((server) => server.close()));
    for (const folder of ownFolders) rmSync(folder, { recursive: true });
  }
}

async function prepare(path: string): Promise<string> {
  try {
    return await prepareSocketPath(path);
  } catch (error) {
    if (error instanceof SocketPathError) throw new Failure(error.message);
    throw new Failure(`cannot put a socket at ${path}: ${(error as Error).message}`);
  }
}

function stopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}
