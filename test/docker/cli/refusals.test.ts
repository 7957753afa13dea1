/** Command lines that docker refuses before it asks the engine, as 28.2.2 and 20.10.24 refused them. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createDocker } from "../../../engine/docker/cli/docker.ts";
import type { CliVersion } from "../../../engine/docker/cli/version.ts";
import { KernelError } from "../../../engine/kernel/errno.ts";
import type { Sys } from "../../../engine/kernel/process/sys.ts";

/** A recorded screen was cut after so many lines. */
const RECORDED_LINES = 12;

function recorded(version: CliVersion): readonly (readonly [line: string, text: string])[] {
  const text = readFileSync(new URL(`recorded/refusals-${version}.txt`, import.meta.url), "utf8");
  return text
    .split(/^== /m)
    .slice(1)
    .map((block) => {
      const end = block.indexOf("\n");
      return [block.slice(0, end), block.slice(end + 1)] as const;
    });
}

/** The words of a line, as a shell makes them: quotes are the only thing that it knows. */
function words(line: string): readonly string[] {
  return [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ""));
}

/** What docker writes on standard error where there is neither a terminal, a file nor a daemon. */
function complaint(version: CliVersion, line: string): string {
  let written = "";
  const sys = {
    env: new Map<string, string>(),
    isatty: () => false,
    cwd: () => "/root",
    realtimeSeconds: () => 0,
    endpoint: () => undefined,
    readTextFile: () => {
      throw new KernelError("ENOENT");
    },
    *print() {},
    *printError(text: string) {
      written += text;
    },
  };
  const run = createDocker(version).main(sys as unknown as Sys, words(line));
  expect(run.next().done).toBe(true);
  return written.split("\n").slice(0, RECORDED_LINES).join("\n").trim();
}

for (const version of ["28", "20.10"] as const) {
  test.each(recorded(version))(`${version}: %s`, (line, text) => {
    expect(complaint(version, line)).toBe(text.trim());
  });
}
