import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { office, twoHosts } from "../../renderer/dev/example-labs.ts";
import { makeFakeHost } from "../../renderer/dev/fake-host.ts";
import { Dialogs } from "../../renderer/state/dialogs.svelte.ts";
import { Files } from "../../renderer/state/files.svelte.ts";
import { Lab } from "../../renderer/state/lab.svelte.ts";
import { Toasts } from "../../renderer/state/toasts.svelte.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The files of a window whose lab can be changed, with the notices delivered as the app does. */
async function window(recovery?: { name: string; text: string; writtenAt: number }) {
  const host = makeFakeHost({ office, twoHosts }, recovery);
  const dialogs = new Dialogs();
  const refused: string[] = [];
  const lab = new Lab(host.session, (problems) => refused.push(problems[0]!.message));
  const files = new Files(host, lab, dialogs, new Toasts(), () => {});
  host.onNotices((notices) => {
    for (const notice of notices) {
      if (notice.kind !== "view") continue;
      lab.noticeView(notice.dirty, notice.history);
      files.noticeChange();
    }
  });
  await files.start();
  const settle = () => vi.advanceTimersByTimeAsync(10);
  const change = async () => {
    await lab.edit({ kind: "add-node", node: "host", at: { x: 0, y: 0 } });
    await settle();
  };
  return { host, lab, files, dialogs, refused, settle, change };
}

test("a window without a lab begins at the start page, and a template opens one", async () => {
  const { files, lab } = await window();
  expect(files.stage).toBe("welcome");
  await files.openTemplate("twoHosts");
  expect(files.stage).toBe("lab");
  expect([...lab.nodes.keys()]).toEqual(["pc1", "pc2", "sw1"]);
});

test("a change makes the lab unsaved, saving it makes it saved", async () => {
  const { files, host, change, settle } = await window();
  await files.newLab();
  await change();
  expect(files.unsaved).toBe(true);
  expect(await files.save()).toBe(true);
  await settle();
  expect(files.unsaved).toBe(false);
  expect(host.asked).toContain("save as Untitled lab");
  await change();
  await files.save();
  expect(host.asked).toContain("save file-1");
});

test.each([
  ["cancel", false],
  ["discard", true],
  ["save", true],
])("unsaved work is asked about, and the answer '%s' is heeded", async (answer, leaves) => {
  const { files, dialogs, change } = await window();
  await files.newLab();
  await change();
  const leaving = files.guard();
  if (dialogs.current?.kind !== "confirm") throw new Error("nothing was asked");
  dialogs.current.answer(answer);
  expect(await leaving).toBe(leaves);
});

test("closing the question is answered as cancel", async () => {
  const { files, dialogs, change } = await window();
  await files.newLab();
  await change();
  const leaving = files.guard();
  dialogs.close();
  expect(await leaving).toBe(false);
});

test("a broken file is refused with its problems, and the open lab stays", async () => {
  const { files, dialogs, lab } = await window();
  await files.openTemplate("office");
  await files.open();
  expect(dialogs.current).toMatchObject({
    kind: "problems",
    problems: [{ path: "nodes[2].at.x", line: 14 }, {}],
  });
  expect(lab.view.name).toBe(office.name);
});

test("unsaved work is kept against a crash some seconds after a change", async () => {
  const { host, files, change } = await window();
  await files.newLab();
  await change();
  expect(host.asked).not.toContain("recovery Untitled lab");
  await vi.advanceTimersByTimeAsync(4000);
  expect(host.asked).toContain("recovery Untitled lab");
});

test("recovered work is unsaved until it is saved", async () => {
  const { files, lab } = await window({
    name: "Lost",
    text: JSON.stringify(office),
    writtenAt: 0,
  });
  expect(files.recovery?.name).toBe("Lost");
  await files.recover();
  expect(lab.view.name).toBe(office.name);
  expect(files.unsaved).toBe(true);
  expect(files.recovery).toBeUndefined();
  await files.save();
  expect(files.unsaved).toBe(false);
});

test("a refused edit changes nothing and says why", async () => {
  const { files, lab, refused } = await window();
  await files.openTemplate("twoHosts");
  const result = await lab.edit({ kind: "rename-node", node: "pc1", name: "pc2" });
  expect(result).toBeUndefined();
  expect(refused).toEqual(["pc2 is already taken"]);
});

test("after an edit only what changed is a new object", async () => {
  const { files, lab } = await window();
  await files.openTemplate("office");
  const before = lab.view;
  await lab.edit({ kind: "rename-lab", name: "Office" });
  expect(lab.view.nodes).toBe(before.nodes);
  await lab.edit({
    kind: "move",
    positions: [{ item: { kind: "node", id: "bob" }, at: { x: 1, y: 1 } }],
  });
  const changed = lab.view.nodes.filter((node, i) => node !== before.nodes[i]);
  expect(changed.map(({ name }) => name)).toEqual(["bob"]);
});
