import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const ROOT = path.join(import.meta.dirname, "../..");
const PAGES = [
  "README.md",
  "CONTRIBUTING.md",
  "LIMITATIONS.md",
  "docs/architecture.md",
  "docs/lab-file.md",
  "engine/kernel/README.md",
  "engine/lab/README.md",
  "engine/programs/README.md",
  "renderer/README.md",
];

const scripts = (
  JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  }
).scripts;

test.each(PAGES)("every script that %s names exists", (page) => {
  const text = readFileSync(path.join(ROOT, page), "utf8");
  for (const [, name = ""] of text.matchAll(/npm run (?:-s )?([\w:]+)/g)) {
    expect(scripts, `npm run ${name}`).toHaveProperty([name]);
  }
});

test.each(PAGES)("every link of %s within the project leads somewhere", (page) => {
  const text = readFileSync(path.join(ROOT, page), "utf8");
  for (const [, target = ""] of text.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
    expect(existsSync(path.join(ROOT, path.dirname(page), target)), target).toBe(true);
  }
});

test("the README sets up with exactly two commands", () => {
  const text = readFileSync(path.join(ROOT, "README.md"), "utf8");
  expect(text.match(/^npm ci && npm \w+$/gm)).toEqual([
    "npm ci && npm start",
    "npm ci && npm test",
  ]);
});
