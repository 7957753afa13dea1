import { CliError } from "../../cli.ts";
import { defineCommand, exactly } from "../../command.ts";
import { containerNames } from "../../completion.ts";

const KINDS = ["C", "A", "D"];

export const diff = defineCommand({
  path: "container diff",
  shortcut: "diff",
  usage: "CONTAINER",
  summary: "Inspect changes to files or directories on a container's filesystem",
  flags: {},
  args: exactly(1),
  *run(cli, { args }) {
    const [name = ""] = args;
    if (name === "") throw new CliError("Container name cannot be empty");
    const changes = cli.engine.containerChanges(name) ?? [];
    yield* cli.print(changes.map(({ Kind, Path }) => `${KINDS[Kind]} ${Path}\n`).join(""));
    return 0;
  },
  complete: (cli) => containerNames(cli),
});
