import { expect, test } from "vitest";
import { printLab } from "../../engine/lab/file/print.ts";
import { TEMPLATES } from "../../engine/lab/templates/index.ts";
import { mustParse } from "./arbitrary-lab.ts";

test.each(TEMPLATES.map((template) => [template.id, template] as const))(
  "%s is a valid lab that survives being saved",
  (_, template) => {
    const lab = mustParse(template.yaml);
    expect(printLab(mustParse(printLab(lab)))).toBe(printLab(lab));
    expect(lab.name).toBe(template.id === "empty" ? "New lab" : template.title);
  },
);

test("every template but the empty one says what to try", () => {
  const silent = TEMPLATES.filter((template) => !mustParse(template.yaml).notes?.length);
  expect(silent.map((template) => template.id)).toEqual(["empty"]);
});

test("ids are unique", () => {
  expect(new Set(TEMPLATES.map((template) => template.id)).size).toBe(TEMPLATES.length);
});
