/** Templates as `docker inspect --format` of 28.2.2 ran them over the container of container.json. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createInspector } from "../../../engine/docker/cli/inspect.ts";
import { CONTAINER } from "../../../engine/docker/cli/types/container.ts";

const read = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8");
const container: unknown = JSON.parse(read("container.json"));

/** Standard output and standard error, one after the other. */
function inspected(format: string): string {
  try {
    const inspector = createInspector(format, "28");
    try {
      inspector.add({ type: CONTAINER["28"], json: container });
      return inspector.text();
    } catch (error) {
      return `${inspector.text()}${(error as Error).message}\n`;
    }
  } catch (error) {
    return `${(error as Error).message}\n`;
  }
}

const withoutAddresses = (text: string) => text.replace(/0xc[0-9a-f]+/g, "0xADDRESS");

const cases = read("inspect-28.txt")
  .split(/^== /m)
  .slice(1)
  .map((block) => {
    // One of the templates has lines of its own.
    const lines = block.startsWith("{{if .Name}}\n") ? 3 : 1;
    const parts = block.split("\n");
    return [parts.slice(0, lines).join("\n"), parts.slice(lines).join("\n")] as const;
  });

test.each(cases)("%s", (format, printed) => {
  expect(withoutAddresses(inspected(format)).trimEnd()).toBe(withoutAddresses(printed).trimEnd());
});
