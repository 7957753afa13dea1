import { expect, test } from "vitest";
import {
  NO_PANES,
  type Panes,
  addTab,
  allTabs,
  bringToFront,
  canSplit,
  moveTab,
  removeTab,
  splitOff,
} from "../../renderer/terminal/panes.ts";

const of = (...tabs: string[]) => tabs.reduce(addTab, NO_PANES);
const shape = ({ list }: Panes) =>
  list.map(({ tabs, front }) => tabs.map((tab) => (tab === front ? `[${tab}]` : tab)).join(" "));

test("a new tab comes to the front of the active pane", () => {
  expect(shape(of("a", "b"))).toEqual(["a [b]"]);
});

test("closing the front tab shows its neighbour", () => {
  expect(shape(removeTab(bringToFront(of("a", "b", "c"), "b"), "b"))).toEqual(["a [c]"]);
  expect(shape(removeTab(of("a"), "a"))).toEqual([""]);
});

test("splitting moves the tab into a pane on the right, which gets the next tab", () => {
  const split = splitOff(of("a", "b"), "b");
  expect(shape(split)).toEqual(["[a]", "[b]"]);
  expect(shape(addTab(split, "c"))).toEqual(["[a]", "b [c]"]);
});

test("a pane that loses its last tab goes", () => {
  expect(shape(removeTab(splitOff(of("a", "b"), "b"), "b"))).toEqual(["[a]"]);
  expect(shape(moveTab(splitOff(of("a", "b"), "b"), "b", 1, 0))).toEqual(["[b] a"]);
});

test("a tab that is alone cannot be split off, nor can there be five panes", () => {
  expect(canSplit(of("a"), "a")).toBe(false);
  let panes = of("a", "b", "c", "d", "e");
  for (const tab of ["b", "c", "d"]) panes = splitOff(panes, tab);
  expect(panes.list).toHaveLength(4);
  expect(canSplit(addTab(bringToFront(panes, "a"), "f"), "f")).toBe(false);
});

test("tabs are reordered within a pane", () => {
  expect(shape(moveTab(of("a", "b", "c"), "a", 1, 3))).toEqual(["b c [a]"]);
  expect(shape(moveTab(of("a", "b", "c"), "c", 1, 0))).toEqual(["[c] a b"]);
});

test("all tabs are told in the order of the screen", () => {
  expect(allTabs(splitOff(of("a", "b", "c"), "a"))).toEqual(["b", "c", "a"]);
});
