import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { REQUESTS } from "../../../app/desktop/request-schemas.ts";
import { LabStore } from "../../../app/desktop/lab-store.ts";
import { answerRequests, type RequestEnvironment } from "../../../app/desktop/requests.ts";

type Handler = (event: unknown, name: unknown, args: unknown) => unknown;

const PAGE = "file:///podwire/index.html";
const OUR_PAGE = { senderFrame: { url: `${PAGE}#lab`, parent: null } };

let folder: string;
let ask: Handler;
let answers: { open: string[]; save: string | undefined };
let opened: string[];
let dirty: boolean;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "podwire-requests-"));
  answers = { open: [], save: undefined };
  opened = [];
  dirty = false;
  let handler: Handler | undefined;
  answerRequests({
    ipc: { handle: (_channel: string, listener: Handler) => (handler = listener) },
    dialog: {
      showOpenDialog: async () => ({
        canceled: answers.open.length === 0,
        filePaths: answers.open,
      }),
      showSaveDialog: async () => ({
        canceled: answers.save === undefined,
        filePath: answers.save ?? "",
      }),
    },
    shell: { openExternal: async (url: string) => void opened.push(url) },
    store: new LabStore(path.join(folder, "app")),
    pageUrl: PAGE,
    setDirty: (value: boolean) => (dirty = value),
    setTitle: () => undefined,
    addRecentDocument: () => undefined,
  } as unknown as RequestEnvironment);
  ask = async (event, name, args) => handler?.(event, name, args);
});

afterEach(() => rm(folder, { recursive: true }));

test("save as writes where the dialog said, and save writes there again", async () => {
  answers.save = path.join(folder, "lab.podwire.yaml");
  const kept = (await ask(OUR_PAGE, "files:saveAs", ["lab", "one"])) as { id: string };
  await ask(OUR_PAGE, "files:save", [kept.id, "two"]);
  expect(await readFile(answers.save, "utf8")).toBe("two");
});

test("a cancelled dialog answers undefined", async () => {
  expect(await ask(OUR_PAGE, "files:saveAs", ["lab", "text"])).toBeUndefined();
  expect(await ask(OUR_PAGE, "files:open", [])).toBeUndefined();
});

test("another page is refused, and so is a frame inside ours", async () => {
  const stranger = { senderFrame: { url: "https://example.com/", parent: null } };
  const embedded = { senderFrame: { url: PAGE, parent: OUR_PAGE.senderFrame } };
  await expect(ask(stranger, "files:recent", [])).rejects.toThrow("not Podwire's own page");
  await expect(ask(embedded, "files:recent", [])).rejects.toThrow("not Podwire's own page");
  await expect(ask({ senderFrame: null }, "files:recent", [])).rejects.toThrow(
    "not Podwire's own page",
  );
});

test("an unknown request is refused, an inherited name too", async () => {
  await expect(ask(OUR_PAGE, "files:delete", [])).rejects.toThrow(
    "no request is called files:delete",
  );
  await expect(ask(OUR_PAGE, "toString", [])).rejects.toThrow("no request is called toString");
});

test.each([
  ["files:save", [1, "text"]],
  ["files:save", ["id"]],
  ["files:openRecent", [{ path: "/etc/passwd" }]],
  ["files:writeRecovery", [{ name: "x", text: "y", path: "/etc/passwd" }]],
  ["window:setDirty", ["yes"]],
  ["window:openExternal", ["file:///etc/passwd"]],
  ["window:openExternal", ["javascript:alert(1)"]],
])("%s with the wrong arguments %j is refused", async (name, args) => {
  await expect(ask(OUR_PAGE, name, args)).rejects.toThrow();
  expect(opened).toEqual([]);
});

test("web links open outside, and the dirty mark arrives", async () => {
  await ask(OUR_PAGE, "window:openExternal", ["https://example.com/"]);
  await ask(OUR_PAGE, "window:setDirty", [true]);
  expect(opened).toEqual(["https://example.com/"]);
  expect(dirty).toBe(true);
});

test("every request has a schema that is a tuple", () => {
  for (const schema of Object.values(REQUESTS))
    expect(schema.safeParse("text").success).toBe(false);
});
