import { atLeast, defineCommand } from "../../command.ts";
import { imageNames } from "../../completion.ts";
import { CONTAINER_CHECKS, FOREIGN_FLAGS, UNMODELLED_FLAGS } from "../../run/checks.ts";
import { containerBody } from "../../run/container-body.ts";
import { createContainer } from "../../run/create-container.ts";
import { checkPullPolicy, usageFailure } from "../../run/failure.ts";
import { CONTAINER_FLAGS, HIDDEN_FLAGS } from "../../run/flag-table.ts";

export const create = defineCommand({
  path: "container create",
  shortcut: "create",
  usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
  summary: "Create a new container",
  flags: {
    ...CONTAINER_FLAGS,
    "--pull string": [
      'Pull image before creating ("always", "|missing", "never") (default "missing")',
      'Pull image before creating ("always"|"missing"|"never") (default "missing")',
    ],
  },
  hidden: HIDDEN_FLAGS,
  unmodelled: UNMODELLED_FLAGS,
  foreign: FOREIGN_FLAGS,
  checks: CONTAINER_CHECKS,
  args: atLeast(1),
  stopsAtOperand: true,
  *run(cli, { args, flags }) {
    const [image = "", ...command] = args;
    let body;
    try {
      checkPullPolicy(cli, flags);
      body = containerBody(cli, flags, image, command);
    } catch (error) {
      throw usageFailure(cli, "create", error);
    }
    const { Id } = yield* createContainer(cli, flags, body);
    yield* cli.print(`${Id}\n`);
    return 0;
  },
  complete: (cli, before) =>
    before.length === 0 ? imageNames(cli) : { candidates: [], files: true },
});
