/** docs/coverage.md, made from what the programs say of themselves. */
import { imageNames } from "../../engine/images/index.ts";
import type { Program } from "../../engine/kernel/process/program.ts";
import { PROGRAMS } from "../../engine/programs/index.ts";
import { dockerLines } from "./docker-page.ts";
import { cell, code } from "./markdown.ts";
import { netfilterLines } from "./netfilter-page.ts";
import { sysctlLines } from "./sysctl-page.ts";

export function coveragePage(): string {
  const packages = new Map<string, Program[]>();
  for (const program of PROGRAMS) {
    packages.set(program.package, [...(packages.get(program.package) ?? []), program]);
  }
  const names = [...packages.keys()].sort();
  const lines = [
    "# What is modelled",
    "",
    "Generated from the programs' own documentation by `npm run update:coverage`; do not edit.",
    "",
    "Whatever a real program takes and this page does not name is refused by name, with a non-zero",
    "exit status. Differences from the real program are listed below its options.",
    "",
    `${PROGRAMS.length} programs in ${names.length} packages. Disk images: ${imageNames().toSorted().join(", ")}.`,
    "",
  ];
  for (const name of names) {
    lines.push(`## ${name}`, "");
    const programs = (packages.get(name) ?? []).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    for (const program of programs) lines.push(...programLines(program));
  }
  lines.push(...dockerLines(), ...netfilterLines(), ...sysctlLines());
  return `${lines.join("\n").trimEnd()}\n`;
}

function programLines(program: Program): readonly string[] {
  const { summary, synopsis, options = [], limitations = [] } = program.docs;
  const lines = [
    `### ${program.name}`,
    "",
    `${summary}.`,
    "",
    "```",
    synopsis.trimEnd(),
    "```",
    "",
  ];
  if (options.length > 0) {
    lines.push("| option | meaning |", "| --- | --- |");
    for (const [flag, meaning] of options) lines.push(`| ${code(flag)} | ${cell(meaning)} |`);
    lines.push("");
  }
  if (limitations.length > 0) {
    lines.push(...limitations.map((limitation) => `- ${limitation}`), "");
  }
  return lines;
}
