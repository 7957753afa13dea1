/** A real lab behind a real socket. */
import { request } from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DockerApiServers } from "../../../app/docker-api/servers.ts";
import { SessionPacer } from "../../../app/engine-link/pacer.ts";
import { realTime } from "../../../app/engine-link/real-time.ts";
import { createSession } from "../../../engine/create-session.ts";

const LAB = `podwire: 1
nodes:
  - name: web
    kind: host
    at: [0, 0]
`;

let pacer: SessionPacer;
let servers: DockerApiServers;
beforeEach(() => {
  const session = createSession();
  expect(session.open(LAB).ok).toBe(true);
  servers = new DockerApiServers(session, () => pacer.kick());
  pacer = new SessionPacer(session, realTime(), {
    notices: (notices) => notices.forEach((notice) => servers.notice(notice)),
    clock: () => {},
    failure: (message) => expect.unreachable(message),
  });
});
afterEach(async () => {
  pacer.stop();
  await servers.stopAll();
});

function get(socketPath: string, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath, path }, (response) => {
      let body = "";
      response.on("data", (data) => (body += String(data)));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    asking.on("error", reject);
    asking.end();
  });
}

test("a machine whose engine is not started says so", async () => {
  const path = await servers.serve("web");
  expect(await get(path, "/v1.51/containers/json")).toEqual({
    status: 503,
    body: '{"message":"the Docker daemon is not running"}\n',
  });
});

test("serving a machine again gives the same socket", async () => {
  expect(await servers.serve("web")).toBe(await servers.serve("web"));
});
