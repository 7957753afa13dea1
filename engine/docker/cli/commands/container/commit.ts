import { CliError } from "../../cli.ts";
import { between, defineCommand } from "../../command.ts";
import { containerNames } from "../../completion.ts";
import { parseReference } from "../../reference.ts";

export const commit = defineCommand({
  path: "container commit",
  shortcut: "commit",
  usage: "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
  summary: "Create a new image from a container's changes",
  flags: {
    "-a, --author string": 'Author (e.g., "John Hannibal Smith <hannibal@a-team.com>")',
    "-c, --change list": "Apply Dockerfile instruction to the created image",
    "-m, --message string": "Commit message",
    "-p, --pause": "Pause container during commit (default true)",
  },
  args: between(1, 2),
  *run(cli, { args, flags }) {
    const [name = "", reference] = args;
    const parsed = reference === undefined ? undefined : parseReference(reference, cli.version);
    if (parsed?.digest !== undefined)
      throw new CliError("refusing to create a tag with a digest reference");
    const { Id } = cli.engine.containerCommit(name, {
      ...(parsed !== undefined && { repo: parsed.name, tag: parsed.tag ?? "latest" }),
      comment: flags.text("message") ?? "",
      author: flags.text("author") ?? "",
      pause: flags.on("pause", true),
      changes: flags.list("change"),
    });
    yield* cli.print(`${Id}\n`);
    return 0;
  },
  complete: (cli, before) => (before.length === 0 ? containerNames(cli) : { candidates: [] }),
});
