import type { Cli } from "../../cli.ts";
import { CliError } from "../../cli.ts";
import { atLeast, defineCommand } from "../../command.ts";
import type { Blocking } from "../../../../kernel/process/wait-queue.ts";
import { ApiError } from "../../../api/errors.ts";
import { containerNames } from "../../completion.ts";

interface Removal {
  readonly force: boolean;
  readonly volumes: boolean;
  readonly link: boolean;
}

function* removeOne(cli: Cli, name: string, options: Removal): Blocking<void> {
  const target = name.replace(/^\/+|\/+$/g, "");
  if (target === "") throw new CliError("Container name cannot be empty");
  try {
    yield* cli.engine.containerRemove(target, options);
  } catch (error) {
    throw cli.missing("container", target, error);
  }
}

export const remove = defineCommand({
  path: "container rm",
  shortcut: "rm",
  aliases: ["remove"],
  shownAliases: [undefined, ""],
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Remove one or more containers",
  flags: {
    "-f, --force": "Force the removal of a running container (uses SIGKILL)",
    "-l, --link": "Remove the specified link",
    "-v, --volumes": "Remove anonymous volumes associated with the container",
  },
  args: atLeast(1),
  *run(cli, { args, flags }) {
    const options = {
      force: flags.on("force"),
      volumes: flags.on("volumes"),
      link: flags.on("link"),
    };
    let onlyMissing = true;
    const status = yield* cli.forEach(args, function* (name) {
      try {
        yield* removeOne(cli, name, options);
      } catch (error) {
        const missing = error instanceof ApiError && error.status === 404;
        onlyMissing &&=
          missing || (error instanceof CliError && /No such container/.test(error.message));
        throw error;
      }
    });
    // With --force a container that is not there is as good as removed.
    return options.force && onlyMissing ? 0 : status;
  },
  complete: (cli) => containerNames(cli),
});
