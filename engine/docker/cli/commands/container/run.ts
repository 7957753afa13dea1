import type { Blocking } from "../../../../kernel/process/wait-queue.ts";
import { CliError, type Cli } from "../../cli.ts";
import { atLeast, defineCommand } from "../../command.ts";
import { imageNames } from "../../completion.ts";
import { rfc3339 } from "../../format/times.ts";
import { checkTty, exitStatus, session } from "../../run/attached.ts";
import { CONTAINER_CHECKS, FOREIGN_FLAGS, UNMODELLED_FLAGS } from "../../run/checks.ts";
import { containerBody } from "../../run/container-body.ts";
import { createContainer } from "../../run/create-container.ts";
import { checkPullPolicy, startFailure, usageFailure } from "../../run/failure.ts";
import { CONTAINER_FLAGS, HIDDEN_FLAGS, RUN_FLAGS } from "../../run/flag-table.ts";
import { interact } from "../../streams.ts";

export const run = defineCommand({
  path: "container run",
  shortcut: "run",
  usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
  summary: ["Create and run a new container from an image", "Run a command in a new container"],
  flags: { ...CONTAINER_FLAGS, ...RUN_FLAGS },
  hidden: HIDDEN_FLAGS,
  unmodelled: UNMODELLED_FLAGS,
  foreign: FOREIGN_FLAGS,
  checks: CONTAINER_CHECKS,
  args: atLeast(1),
  stopsAtOperand: true,
  *run(cli, { args, flags }) {
    const [image = "", ...command] = args;
    const detached = flags.on("detach");
    let body;
    try {
      checkPullPolicy(cli, flags);
      body = containerBody(cli, flags, image, command);
    } catch (error) {
      throw usageFailure(cli, "run", error);
    }
    if (detached && flags.has("attach")) {
      throw new CliError(
        cli.recent
          ? "conflicting options: cannot specify both --attach and --detach"
          : "Conflicting options: -a and -d",
      );
    }
    const [stdin, stdout, stderr] = [body.AttachStdin, body.AttachStdout, body.AttachStderr].map(
      (attached) => attached === true,
    ) as [boolean, boolean, boolean];
    const tty = body.Tty === true;
    if (!detached) checkTty(cli, stdin, tty);
    let id: string;
    try {
      id = (yield* createContainer(cli, flags, body)).Id;
    } catch (error) {
      throw usageFailure(cli, "run", error);
    }
    const removes = flags.on("rm");
    if (!stdin && !stdout && !stderr) {
      yield* cli.print(`${id}\n`);
      yield* start(cli, id, detached || removes);
      return 0;
    }
    const stream = cli.engine.containerAttach(id, { stream: true, stdin, stdout, stderr });
    const waiting = cli.engine.containerWait(id, removes ? "removed" : "next-exit");
    yield* start(cli, id, removes);
    const end = yield* interact(cli.sys, stream, session(cli, id, { stdin, tty, flags }));
    if (end === "detached") return 0;
    return yield* exitStatus(waiting);
  },
  complete: (cli, before) =>
    before.length === 0 ? imageNames(cli) : { candidates: [], files: true },
});

function* start(cli: Cli, id: string, quiet: boolean): Blocking<void> {
  try {
    yield* cli.engine.containerStart(id);
  } catch (error) {
    const failure = startFailure(cli, error);
    if (cli.recent || quiet) throw failure;
    // 20.10 also tells what became of the wait that it had begun.
    const time = rfc3339(cli.sys.realtimeSeconds());
    throw new CliError(
      `${failure.message}\ntime="${time}" level=error msg="error waiting for container: context canceled"`,
      failure.status,
    );
  }
}
