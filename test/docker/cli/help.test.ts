/** `--help` of every command that is modelled, as docker 28.2.2 and 20.10.24 printed it. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { commandHelp, groupHelp } from "../../../engine/docker/cli/help.ts";
import { findTarget, groupSections } from "../../../engine/docker/cli/groups.ts";
import type { CliVersion } from "../../../engine/docker/cli/version.ts";

/** Where there is no terminal: 80 columns, less one. */
const COLUMNS = 79;

function recorded(version: CliVersion): readonly (readonly [command: string, help: string])[] {
  const text = readFileSync(new URL(`recorded/help-${version}.txt`, import.meta.url), "utf8");
  return text
    .split(/^== docker /m)
    .slice(1)
    .map((block) => {
      const end = block.indexOf("\n");
      return [block.slice(0, end), block.slice(end + 1)] as const;
    });
}

function ours(command: string, version: CliVersion): string {
  const target = findTarget(command.split(" "), version);
  if (target.kind === "command") {
    // 20.10's was recorded beside an engine that answered.
    return commandHelp(target.command, target.path, version, COLUMNS, version === "20.10");
  }
  if (target.kind !== "group") return `${command}: ${target.kind}`;
  const { name, summary } = target.group;
  return groupHelp({
    path: `docker ${name}`,
    usage: `docker ${name} COMMAND`,
    summary,
    sections: groupSections(name, version),
    version,
    columns: COLUMNS,
  });
}

for (const version of ["28", "20.10"] as const) {
  test.each(recorded(version))(`${version}: docker %s --help`, (command, help) => {
    expect(ours(command, version).trim()).toBe(help.trim());
  });
}
