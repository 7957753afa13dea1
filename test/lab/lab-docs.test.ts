import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseLab } from "../../engine/lab/file/parse.ts";
import { loadLab } from "../../engine/lab/load.ts";

const text = readFileSync(new URL("../../docs/lab-file.md", import.meta.url), "utf8");
const blocks = [...text.matchAll(/```yaml\n([^]*?)```/g)].map((match) => match[1] as string);
const labs = blocks.filter((block) => block.includes("podwire: 1"));

test("the labs in docs/lab-file.md can be opened", () => {
  expect(labs).toHaveLength(2);
  for (const lab of labs) expect(loadLab(lab)).toMatchObject({ ok: true });
});

test("the files in docs/lab-file.md are files that a lab can have", () => {
  const files = blocks.find((block) => block.startsWith("files:")) as string;
  const node = `podwire: 1\nnodes:\n  - name: h1\n    kind: host\n${files.replace(/^/gm, "    ")}`;
  expect(parseLab(node)).toMatchObject({ ok: true });
});
