import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { labJsonSchema } from "../../engine/lab/file/json-schema.ts";

test("docs/lab.schema.json is current (npm run update:lab-schema writes it)", () => {
  const path = new URL("../../docs/lab.schema.json", import.meta.url);
  expect(readFileSync(path, "utf8")).toBe(labJsonSchema());
});
