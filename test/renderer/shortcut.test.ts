import { expect, test } from "vitest";
import { type KeyPress, formatShortcut, matchesShortcut } from "../../renderer/actions/shortcut.ts";

const press = (part: Partial<KeyPress>): KeyPress => ({
  key: "",
  code: "",
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...part,
});

test("Mod is Control, on a Mac Command", () => {
  const control = press({ key: "k", code: "KeyK", ctrlKey: true });
  const command = press({ key: "k", code: "KeyK", metaKey: true });
  expect(matchesShortcut("Mod+K", control, false)).toBe(true);
  expect(matchesShortcut("Mod+K", command, false)).toBe(false);
  expect(matchesShortcut("Mod+K", command, true)).toBe(true);
});

test("Shift must be held exactly when a letter's shortcut says so", () => {
  const press1 = press({ key: "Z", code: "KeyZ", ctrlKey: true, shiftKey: true });
  expect(matchesShortcut("Mod+Shift+Z", press1, false)).toBe(true);
  expect(matchesShortcut("Mod+Z", press1, false)).toBe(false);
});

test("a digit is found by its place, whatever Shift makes of it", () => {
  const exclamation = press({ key: "!", code: "Digit1", shiftKey: true });
  expect(matchesShortcut("Shift+1", exclamation, false)).toBe(true);
});

test("a symbol may need Shift on this keyboard", () => {
  expect(matchesShortcut("+", press({ key: "+", code: "Equal", shiftKey: true }), false)).toBe(
    true,
  );
  expect(matchesShortcut("Mod++", press({ key: "+", ctrlKey: true, shiftKey: true }), false)).toBe(
    true,
  );
});

test("shortcuts are written as people on that system read them", () => {
  expect(formatShortcut("Mod+Shift+K", false)).toBe("Ctrl+Shift+K");
  expect(formatShortcut("Mod+Shift+K", true)).toBe("⌘⇧K");
  expect(formatShortcut("Mod++", false)).toBe("Ctrl++");
});
