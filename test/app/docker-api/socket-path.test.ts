import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { prepareSocketPath } from "../../../app/docker-api/socket-path.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "podwire-path-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a folder that does not exist is made, for its user alone", async () => {
  const path = join(folder, "new", "docker.sock");
  expect(await prepareSocketPath(path)).toBe(path);
  expect(statSync(join(folder, "new")).mode & 0o777).toBe(0o700);
});

test("a folder that others can enter is refused, and nothing is changed", async () => {
  mkdirSync(join(folder, "open"));
  chmodSync(join(folder, "open"), 0o755);
  await expect(prepareSocketPath(join(folder, "open", "s"))).rejects.toThrow("entered by others");
});

test("what is no socket is never removed", async () => {
  const path = join(folder, "precious");
  writeFileSync(path, "text");
  await expect(prepareSocketPath(path)).rejects.toThrow("is no socket");
  expect(existsSync(path)).toBe(true);
});

test("a socket that somebody listens on stays theirs", async () => {
  const path = join(folder, "busy.sock");
  const server = createServer().listen(path);
  await new Promise((resolve) => server.once("listening", resolve));
  await expect(prepareSocketPath(path)).rejects.toThrow("somebody listens");
  await new Promise((resolve) => server.close(resolve));
});
