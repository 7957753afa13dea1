/** A real lab behind a real socket. */
import { request } from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DockerApiServers } from "../../../app/docker-api/servers.ts";
import { SessionPacer } from "../../../app/engine-link/pacer.ts";
import { realTime } from "../../../app/engine-link/real-time.ts";
import { createSession } from "../../../engine/create-session.ts";

const LAB = `podwire: 1
nodes:
  - {name: web, kind: host, at: [0, 0]}
  - {name: box, kind: host, image: alpine, at: [0, 100]}
`;

let pacer: SessionPacer;
let servers: DockerApiServers;
let socket: string;
beforeEach(async () => {
  const session = createSession();
  expect(session.open(LAB)).toMatchObject({ ok: true });
  servers = new DockerApiServers(session, () => pacer.kick());
  pacer = new SessionPacer(session, realTime(), {
    notices: (notices) => notices.forEach((notice) => servers.notice(notice)),
    clock: () => {},
    failure: (message) => expect.unreachable(message),
  });
  pacer.setSpeed(100);
  socket = await servers.serve("web");
});
afterEach(async () => {
  pacer.stop();
  await servers.stopAll();
});

interface Answer {
  readonly status: number;
  readonly body: string;
}

function ask(
  method: string,
  path: string,
  body?: unknown,
  socketPath = socket,
  onData: (text: string, hangUp: () => void) => void = () => {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { "Content-Type": "application/json" };
    const asking = request({ socketPath, method, path, headers }, (response) => {
      let text = "";
      const answer = () => resolve({ status: response.statusCode ?? 0, body: text });
      response.on("data", (data) => {
        text += String(data);
        onData(text, () => {
          answer();
          asking.destroy();
        });
      });
      response.on("end", answer);
      response.on("error", () => {});
    });
    asking.on("error", reject);
    asking.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

test("the first client starts the engine", async () => {
  expect(await ask("GET", "/_ping")).toEqual({ status: 200, body: "OK" });
  expect(await ask("GET", "/v1.51/containers/json")).toEqual({ status: 200, body: "[]\n" });
  const version = JSON.parse((await ask("GET", "/version")).body) as Record<string, unknown>;
  expect(version).toMatchObject({ Version: "28.5.2", ApiVersion: "1.51", Os: "linux" });
});

test("an image is pulled with its progress, a container made, started and waited for", async () => {
  const pulled = await ask("POST", "/v1.51/images/create?fromImage=busybox&tag=latest");
  expect(pulled.body).toContain('"status":"Status: Downloaded newer image for busybox:latest"');
  const config = { Image: "busybox", Cmd: ["sh", "-c", "echo out; echo err >&2; exit 3"] };
  const created = await ask("POST", "/v1.51/containers/create?name=once", config);
  expect(created.status).toBe(201);
  const waiting = ask("POST", "/v1.51/containers/once/wait?condition=next-exit");
  expect((await ask("POST", "/v1.51/containers/once/start")).status).toBe(204);
  expect(JSON.parse((await waiting).body)).toEqual({ StatusCode: 3 });
  const log = await ask("GET", "/v1.51/containers/once/logs?stdout=1&stderr=1");
  expect(log.body).toBe("\x01\0\0\0\0\0\0\x04out\n\x02\0\0\0\0\0\0\x04err\n");
  expect((await ask("DELETE", "/v1.51/containers/once")).status).toBe(204);
});

test("refusals have the engine's status and words", async () => {
  expect(await ask("GET", "/v1.51/containers/nosuch/json")).toEqual({
    status: 404,
    body: '{"message":"No such container: nosuch"}\n',
  });
  expect((await ask("GET", "/v1.51/swarm")).status).toBe(404);
  expect((await ask("POST", "/v1.51/containers/create?name=x", "text")).status).toBe(400);
});

test("a client that hangs up while it listens to events leaves nothing behind", async () => {
  const filters = encodeURIComponent(JSON.stringify({ type: ["network"] }));
  const listening = ask(
    "GET",
    `/v1.51/events?filters=${filters}`,
    undefined,
    socket,
    (text, hangUp) => {
      if (text.includes('"Action":"create"')) hangUp();
    },
  );
  while (!(await ask("GET", "/info")).body.includes('"NEventsListener":1'));
  await ask("POST", "/v1.51/networks/create", { Name: "lan", Driver: "bridge" });
  expect((await listening).body).toContain('"name":"lan"');
  const listeners = async () =>
    (JSON.parse((await ask("GET", "/info")).body) as { NEventsListener: number }).NEventsListener;
  while ((await listeners()) > 0);
});

test("a machine without Docker says so", async () => {
  const box = await servers.serve("box");
  expect(await ask("GET", "/v1.51/containers/json", undefined, box)).toEqual({
    status: 503,
    body: '{"message":"the Docker daemon is not running"}\n',
  });
});

test("serving a machine again gives the same socket", async () => {
  expect(await servers.serve("web")).toBe(socket);
});
