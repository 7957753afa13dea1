import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LabStore } from "../../../app/desktop/lab-store.ts";

let folder: string;
let store: LabStore;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "podwire-store-"));
  store = new LabStore(path.join(folder, "app"), () => 1_000);
});

afterEach(() => rm(folder, { recursive: true }));

const lab = (name: string): string => path.join(folder, `${name}.podwire.yaml`);

test("a written lab can be read again, and its name has no extension", async () => {
  const { id, name } = await store.write(lab("two hosts"), "podwire: 1\n");
  expect(name).toBe("two hosts");
  expect(await store.readById(id)).toEqual({ id, name: "two hosts", text: "podwire: 1\n" });
});

test("saving replaces the file and leaves nothing beside it", async () => {
  const { id } = await store.write(lab("a"), "one");
  await store.save(id, "two");
  expect(await readFile(lab("a"), "utf8")).toBe("two");
  expect((await readdir(folder)).sort()).toEqual(["a.podwire.yaml", "app"]);
});

test("a failed write leaves the old file and no temporary one", async () => {
  await expect(store.write(path.join(folder, "missing", "x.yaml"), "text")).rejects.toThrow(
    "ENOENT",
  );
  expect(await readdir(folder)).toEqual([]);
});

test("an id that the store did not give out opens nothing and saves nothing", async () => {
  expect(await store.readById("../../etc/passwd")).toBeUndefined();
  await expect(store.save("../../etc/passwd", "x")).rejects.toThrow("Save as");
});

test("the newest lab is first in the recent list, once, and the list survives a restart", async () => {
  await store.write(lab("a"), "a");
  await store.write(lab("b"), "b");
  await store.write(lab("a"), "a again");
  const restarted = new LabStore(path.join(folder, "app"));
  expect((await restarted.recent()).map((entry) => entry.name)).toEqual(["a", "b"]);
});

test("a forgotten lab leaves the list; its file stays", async () => {
  const { id } = await store.write(lab("a"), "a");
  await store.forget(id);
  expect(await store.recent()).toEqual([]);
  expect(await readFile(lab("a"), "utf8")).toBe("a");
});

test("an exported copy does not become a recent lab", async () => {
  await store.export(lab("copy"), "text");
  expect(await store.recent()).toEqual([]);
});

test("recovery is kept until it is cleared", async () => {
  await store.writeRecovery({ name: "Lab", text: "unsaved" });
  const restarted = new LabStore(path.join(folder, "app"));
  expect(await restarted.readRecovery()).toEqual({
    name: "Lab",
    text: "unsaved",
    writtenAt: 1_000,
  });
  await restarted.clearRecovery();
  expect(await restarted.readRecovery()).toBeUndefined();
});

test("a damaged recovery file counts as none", async () => {
  await store.writeRecovery({ name: "Lab", text: "unsaved" });
  await writeFile(path.join(folder, "app", "recovery.json"), '{"name": 7');
  expect(await store.readRecovery()).toBeUndefined();
});

test("a huge file is refused by name before it is read", async () => {
  await writeFile(lab("huge"), "");
  await truncate(lab("huge"), 64 * 1024 * 1024);
  await expect(store.read(lab("huge"))).rejects.toThrow(/huge\.podwire\.yaml is 67108864 bytes/);
});
