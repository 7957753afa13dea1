import { expect, test } from "vitest";
import { fuzzyMatch, fuzzySort } from "../../renderer/actions/fuzzy.ts";

test("letters in order match, in another order they do not", () => {
  expect(fuzzyMatch("tl", "Tidy layout")?.marks).toEqual([0, 5]);
  expect(fuzzyMatch("lt", "Tidy")).toBeUndefined();
});

test("an empty query matches everything and marks nothing", () => {
  expect(fuzzyMatch("  ", "Undo")).toEqual({ score: 0, marks: [] });
});

test("the start of a word beats the middle of one", () => {
  const found = fuzzySort("save", ["Unsaved changes", "Save as…"], (title) => title);
  expect(found.map(({ item }) => item)).toEqual(["Save as…", "Unsaved changes"]);
});

test("a run of letters beats scattered ones", () => {
  const found = fuzzySort("pan", ["Play and pause now", "Panel"], (title) => title);
  expect(found[0]?.item).toBe("Panel");
});

test("case and spaces in the query do not matter", () => {
  expect(fuzzyMatch("ADD HOST", "Add host")?.marks).toEqual([0, 1, 2, 4, 5, 6, 7]);
});
