import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { PROGRAMS } from "../../engine/programs/index.ts";
import { coveragePage } from "./coverage-page.ts";

test("docs/coverage.md is current (npm run update:coverage writes it)", () => {
  const written = readFileSync(new URL("../../docs/coverage.md", import.meta.url), "utf8");
  expect(written).toBe(coveragePage());
});

test("every program is listed once, under its own name in its directory", () => {
  const paths = PROGRAMS.map((program) => `${program.directory ?? "/usr/bin"}/${program.name}`);
  expect(paths.filter((path, index) => paths.indexOf(path) !== index)).toEqual([]);
});

test.each(PROGRAMS.map((program) => [program.name, program] as const))(
  "%s has a summary and a synopsis",
  (_name, { docs }) => {
    expect(docs.summary).toMatch(/\S/);
    expect(docs.summary.endsWith(".")).toBe(false);
    expect(docs.synopsis).toMatch(/\S/);
  },
);
