import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startServer } from "../../../app/start/static-server.ts";

let folder: string;
let running: Awaited<ReturnType<typeof startServer>>;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "podwire-static-"));
  await writeFile(path.join(folder, "index.html"), "<p>hello</p>");
  running = await startServer(folder, 0);
});

afterEach(async () => {
  running.server.close();
  await rm(folder, { recursive: true });
});

test("the folder's page is served as HTML", async () => {
  const response = await fetch(running.url);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(await response.text()).toBe("<p>hello</p>");
});

test("what is not there is a 404, and so is another method", async () => {
  expect((await fetch(`${running.url}none.js`)).status).toBe(404);
  expect((await fetch(running.url, { method: "POST" })).status).toBe(404);
});

test.each(["/../../../../etc/passwd", "/..%2f..%2f..%2fetc/passwd", "/%", "//etc/passwd"])(
  "the path %s does not leave the folder",
  async (target) => {
    const answer = await rawRequest(Number(new URL(running.url).port), target);
    expect(answer).toMatch(/^HTTP\/1\.1 404/);
  },
);

test("a taken port is replaced by a free one", async () => {
  const port = Number(new URL(running.url).port);
  const second = await startServer(folder, port);
  expect(Number(new URL(second.url).port)).not.toBe(port);
  second.server.close();
});

/** fetch would tidy the path before it sends it. */
function rawRequest(port: number, target: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () =>
      socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`),
    );
    let answer = "";
    socket.on("data", (chunk) => (answer += chunk.toString()));
    socket.on("end", () => resolve(answer));
    socket.on("error", reject);
  });
}
