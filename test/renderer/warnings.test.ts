import { expect, test } from "vitest";
import { Warnings } from "../../renderer/state/warnings.ts";

const storm = (id: string, ...nodes: string[]) => ({
  kind: "warning" as const,
  id,
  title: "Broadcast storm",
  detail: `at ${id}`,
  nodes,
});

test("one storm noticed in several places is one warning", () => {
  const warnings = new Warnings();
  expect(warnings.add(storm("c1", "a", "b"))).toMatchObject({ detail: "at c1" });
  expect(warnings.add(storm("c2", "b", "c"))).toEqual({
    title: "Broadcast storm",
    detail: "at c1\nThe same at another place.",
    nodes: ["a", "b", "c"],
  });
});

test("it is over when it is over everywhere", () => {
  const warnings = new Warnings();
  warnings.add(storm("c1", "a"));
  warnings.add(storm("c2", "b"));
  expect(warnings.end("c1")?.left).toMatchObject({ detail: "at c2", nodes: ["b"] });
  expect(warnings.end("c2")).toEqual({ title: "Broadcast storm" });
  expect(warnings.end("c2")).toBeUndefined();
});
