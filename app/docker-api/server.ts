/** Serves the Docker Engine of a machine in a lab on a unix socket, for the user's own clients. */
import { chmodSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import type { Notice, Session } from "../../engine/session.ts";

/** The parts of a session that it uses. */
export type ConnectableSession = Pick<
  Session,
  | "openDockerConnection"
  | "connectionInput"
  | "endConnectionInput"
  | "holdConnection"
  | "closeConnection"
>;

/** Bytes that may wait for a client that does not read before its containers have to wait too. */
const MAX_WAITING_BYTES = 1 << 20;

/** Between two offers of what the machine had no room for, milliseconds. */
const RETRY_MS = 5;

interface Client {
  readonly socket: Socket;
  /** What the machine had no room for. */
  waiting: Uint8Array;
  ended: boolean;
}

export class DockerApiServer {
  private readonly server: Server;
  /** By the session's name for the connection. */
  private readonly clients = new Map<string, Client>();

  constructor(
    private readonly session: ConnectableSession,
    readonly machine: string,
    /** The session has something to do at once. */
    private readonly kick: () => void,
  ) {
    // Clients close their sending side and go on listening: `docker run -i`.
    this.server = createServer({ allowHalfOpen: true }, (socket) => this.connected(socket));
  }

  /** Rejects when the path cannot be listened on. */
  listen(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(path, () => {
        this.server.off("error", reject);
        chmodSync(path, 0o600);
        resolve();
      });
    });
  }

  close(): Promise<void> {
    for (const { socket } of this.clients.values()) socket.destroy();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  /** What the session tells of connections; other notices are none of its business. */
  notice(notice: Notice): void {
    if (notice.kind === "connection-output") {
      const client = this.clients.get(notice.connection);
      if (!client) return;
      client.socket.write(notice.data);
      if (client.socket.writableLength > MAX_WAITING_BYTES) this.hold(notice.connection, client);
    } else if (notice.kind === "connection-closed") {
      const client = this.clients.get(notice.connection);
      this.clients.delete(notice.connection);
      client?.socket.end();
    }
  }

  private connected(socket: Socket): void {
    const outcome = this.session.openDockerConnection(this.machine);
    if (!outcome.ok) {
      const message = outcome.problems.map((problem) => problem.message).join("; ");
      const body = `${JSON.stringify({ message })}\n`;
      const length = Buffer.byteLength(body);
      socket.end(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n" +
          `Content-Length: ${length}\r\nConnection: close\r\n\r\n${body}`,
      );
      return;
    }
    const id = outcome.value;
    const client: Client = { socket, waiting: new Uint8Array(0), ended: false };
    this.clients.set(id, client);
    socket.on("data", (data) => {
      client.waiting = Buffer.concat([client.waiting, data]);
      this.offer(id, client);
    });
    socket.on("end", () => {
      client.ended = true;
      this.offer(id, client);
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      this.clients.delete(id);
      this.session.closeConnection(id);
      this.kick();
    });
    this.kick();
  }

  private offer(id: string, client: Client): void {
    const taken = this.session.connectionInput(id, client.waiting);
    client.waiting = client.waiting.subarray(taken);
    if (client.waiting.length > 0) {
      client.socket.pause();
      setTimeout(() => this.offer(id, client), RETRY_MS);
    } else if (client.ended) this.session.endConnectionInput(id);
    else client.socket.resume();
    this.kick();
  }

  private hold(id: string, client: Client): void {
    this.session.holdConnection(id, true);
    client.socket.once("drain", () => {
      this.session.holdConnection(id, false);
      this.kick();
    });
  }
}
