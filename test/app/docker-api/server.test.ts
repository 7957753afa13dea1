import { mkdtempSync, rmSync, statSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DockerApiServer, type ConnectableSession } from "../../../app/docker-api/server.ts";

/** A session that keeps what it is told; it has room for so many bytes at a time. */
class FakeSession implements ConnectableSession {
  readonly received = new Map<string, string>();
  readonly log: string[] = [];
  refusal: string | undefined;
  private count = 0;

  constructor(private readonly room = 1 << 20) {}

  openDockerConnection(node: string) {
    if (this.refusal !== undefined) {
      return { ok: false as const, problems: [{ message: this.refusal }] };
    }
    const id = `c${++this.count}`;
    this.log.push(`open ${node} ${id}`);
    return { ok: true as const, value: id };
  }
  connectionInput(id: string, data: Uint8Array): number {
    const taken = data.subarray(0, this.room);
    this.received.set(id, (this.received.get(id) ?? "") + new TextDecoder().decode(taken));
    return taken.length;
  }
  endConnectionInput(id: string): void {
    this.log.push(`end ${id}`);
  }
  holdConnection(id: string, held: boolean): void {
    this.log.push(`${held ? "hold" : "release"} ${id}`);
  }
  closeConnection(id: string): void {
    this.log.push(`close ${id}`);
  }
}

let folder: string;
let server: DockerApiServer;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "podwire-api-"));
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

async function serve(session: FakeSession): Promise<string> {
  const path = join(folder, "docker.sock");
  server = new DockerApiServer(session, "web", () => {});
  await server.listen(path);
  return path;
}

function client(path: string): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect({ path, allowHalfOpen: true }, () => resolve(socket));
  });
}

/** Everything that comes until the other side ends. */
async function readAll(socket: Socket): Promise<string> {
  let text = "";
  for await (const chunk of socket) text += String(chunk);
  return text;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

const bytes = (text: string) => new TextEncoder().encode(text);

test("only its user can open the socket", async () => {
  const path = await serve(new FakeSession());
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("bytes go in and come out, until the machine has closed", async () => {
  const session = new FakeSession();
  const socket = await client(await serve(session));
  socket.write("GET /_ping HTTP/1.1\r\n\r\n");
  await until(() => session.received.get("c1")?.endsWith("\r\n\r\n") === true);
  server.notice({ kind: "connection-output", connection: "c1", data: bytes("HTTP/1.1 200 OK") });
  server.notice({ kind: "connection-output", connection: "c9", data: bytes("not mine") });
  server.notice({ kind: "connection-closed", connection: "c1" });
  expect(await readAll(socket)).toBe("HTTP/1.1 200 OK");
});

test("what the machine has no room for is offered again, in order", async () => {
  const session = new FakeSession(1000);
  const socket = await client(await serve(session));
  const sent = Array.from({ length: 2000 }, (_, i) => `${i},`).join("");
  socket.end(sent);
  await until(() => session.log.includes("end c1"));
  expect(session.received.get("c1")).toBe(sent);
  socket.destroy();
});

test("a client that does not read makes the machine wait", async () => {
  const session = new FakeSession();
  const socket = await client(await serve(session));
  socket.pause();
  await until(() => session.log.length > 0);
  const data = new Uint8Array(64 << 10);
  for (let i = 0; i < 200 && !session.log.includes("hold c1"); i++) {
    server.notice({ kind: "connection-output", connection: "c1", data });
  }
  expect(session.log).toContain("hold c1");
  socket.resume();
  await until(() => session.log.includes("release c1"));
  socket.destroy();
});

test("a client that goes is told to the session", async () => {
  const session = new FakeSession();
  const socket = await client(await serve(session));
  await until(() => session.log.length > 0);
  socket.destroy();
  await until(() => session.log.includes("end c1"));
  server.notice({ kind: "connection-closed", connection: "c1" });
  await until(() => session.log.includes("close c1"));
});

test("a machine that cannot be connected to answers why", async () => {
  const session = new FakeSession();
  session.refusal = "web is switched off";
  const answer = await readAll(await client(await serve(session)));
  expect(answer).toContain("HTTP/1.1 503 Service Unavailable");
  expect(answer).toContain('{"message":"web is switched off"}');
});
