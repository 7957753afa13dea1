import { expect, test } from "vitest";
import { type FocusArea, actionForKey } from "../../renderer/actions/keys.ts";
import { ACTIONS } from "../../renderer/actions/registry.ts";

const NONE = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };
const meaning = (area: FocusArea, press: object) =>
  actionForKey({ key: "", code: "", ...NONE, ...press }, area)?.id;

test("every action has an id of its own", () => {
  const ids = ACTIONS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("no two actions that are heard in the same place share a shortcut", () => {
  const keys = ACTIONS.flatMap(({ scope, shortcuts = [] }) =>
    shortcuts.map((shortcut) => `${scope}: ${shortcut}`),
  );
  expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
});

test("single keys act on the canvas only", () => {
  expect(meaning("canvas", { key: "h", code: "KeyH" })).toBe("node.add-host");
  for (const area of ["text", "terminal", "other"] as const) {
    expect(meaning(area, { key: "h", code: "KeyH" })).toBeUndefined();
    expect(meaning(area, { key: "Delete", code: "Delete" })).toBeUndefined();
  }
});

test("a terminal keeps the shell's keys", () => {
  for (const letter of ["c", "d", "k", "r", "s", "o", "n", "z", "a", "w", "b", "l"]) {
    const press = { key: letter, code: `Key${letter.toUpperCase()}`, ctrlKey: true };
    expect(meaning("terminal", press)).toBeUndefined();
  }
});

test("a terminal can be left by key", () => {
  expect(meaning("terminal", { key: "F6", code: "F6" })).toBe("view.next-area");
  expect(meaning("terminal", { key: "`", code: "Backquote", ctrlKey: true })).toBe(
    "view.canvas-or-terminal",
  );
});

test("typing in a field can still save and open the palette", () => {
  expect(meaning("text", { key: "s", code: "KeyS", ctrlKey: true })).toBe("file.save");
  expect(meaning("text", { key: "k", code: "KeyK", ctrlKey: true })).toBe("help.commands");
});
