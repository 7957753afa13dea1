import { rmSync } from "node:fs";
import { dirname } from "node:path";
import type { Notice } from "../../engine/session.ts";
import { DockerApiServer, type ConnectableSession } from "./server.ts";
import { freshSocketPath, prepareSocketPath } from "./socket-path.ts";

interface Served {
  readonly path: string;
  readonly server: DockerApiServer;
  /** The folder was made for it, and goes with it. */
  readonly ownFolder: boolean;
}

/** The engines of a lab that are served on sockets, by machine. */
export class DockerApiServers {
  private readonly served = new Map<string, Served>();

  constructor(
    private readonly session: ConnectableSession,
    private readonly kick: () => void,
  ) {}

  /** Where it can be reached; without a path, at a fresh place. Throws SocketPathError. */
  async serve(machine: string, givenPath?: string): Promise<string> {
    const known = this.served.get(machine);
    if (known) return known.path;
    const ownFolder = givenPath === undefined;
    const path = ownFolder ? freshSocketPath(machine) : await prepareSocketPath(givenPath);
    const server = new DockerApiServer(this.session, machine, this.kick);
    await server.listen(path);
    this.served.set(machine, { path, server, ownFolder });
    return path;
  }

  async stop(machine: string): Promise<void> {
    const served = this.served.get(machine);
    if (!served) return;
    this.served.delete(machine);
    await served.server.close();
    if (served.ownFolder) rmSync(dirname(served.path), { recursive: true, force: true });
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.served.keys()].map((machine) => this.stop(machine)));
  }

  notice(notice: Notice): void {
    for (const { server } of this.served.values()) server.notice(notice);
  }
}
