/** The part of docs/coverage.md that the commands and images of Docker tell of themselves. */
import { COMMANDS } from "../../engine/docker/cli/commands/index.ts";
import { flagsOf, wordsFor } from "../../engine/docker/cli/command.ts";
import { REGISTRY } from "../../engine/docker/images/index.ts";
import { cell, code } from "./markdown.ts";

export function dockerLines(): readonly string[] {
  const commands = COMMANDS.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return [
    "## docker",
    "",
    "The command line of 28.2.2 (debian-12) and 20.10.24 (ubuntu-16.04); flags that one of them lacks are",
    "unknown there. A flag that the real one has and this page does not is refused by name.",
    "",
    "| command | what it does | flags |",
    "| --- | --- | --- |",
    ...commands.map((command) => {
      const refused = new Set(command.unmodelled);
      const names = [...flagsOf(command, "28"), ...flagsOf(command, "20.10")].map(
        ({ name }) => name,
      );
      const flags = [...new Set(names)].filter((name) => !refused.has(name)).sort();
      const summary = wordsFor(command.summary, "28") ?? wordsFor(command.summary, "20.10") ?? "";
      const shown = flags.map((name) => code(`--${name}`)).join(" ");
      return `| ${code(`docker ${command.path}`)} | ${cell(summary)} | ${shown} |`;
    }),
    "",
    "### Images of the emulated registry",
    "",
    "| image | what it is | tags |",
    "| --- | --- | --- |",
    ...REGISTRY.toSorted((a, b) => (a.repository < b.repository ? -1 : 1)).map(
      ({ repository, summary, tags }) =>
        `| ${code(repository)} | ${cell(summary)} | ${tags.map(code).join(" ")} |`,
    ),
    "",
  ];
}
