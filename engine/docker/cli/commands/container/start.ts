import type { Blocking } from "../../../../kernel/process/wait-queue.ts";
import { CliError, errorText, type Cli } from "../../cli.ts";
import { atLeast, defineCommand, type FlagValues } from "../../command.ts";
import { containerNames, isStopped } from "../../completion.ts";
import { checkTty, exitStatus, session } from "../../run/attached.ts";
import { interact } from "../../streams.ts";
import { ignoreUnchanged } from "./unchanged.ts";

function* startAttached(cli: Cli, name: string, flags: FlagValues): Blocking<number> {
  const { Id, Config } = cli.engine.containerInspect(name);
  const stdin = flags.on("interactive") && Config.OpenStdin;
  checkTty(cli, stdin, Config.Tty);
  const stream = cli.engine.containerAttach(Id, {
    stream: true,
    stdin,
    stdout: true,
    stderr: true,
  });
  const waiting = cli.engine.containerWait(Id, "next-exit");
  yield* ignoreUnchanged(cli.engine.containerStart(Id));
  const options = { stdin, tty: Config.Tty, flags };
  const end = yield* interact(cli.sys, stream, session(cli, Id, options));
  return end === "detached" ? 0 : yield* exitStatus(waiting);
}

export const start = defineCommand({
  path: "container start",
  shortcut: "start",
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Start one or more stopped containers",
  flags: {
    "-a, --attach": "Attach STDOUT/STDERR and forward signals",
    "--checkpoint string": ["Restore from this checkpoint", undefined],
    "--checkpoint-dir string": ["Use a custom checkpoint storage directory", undefined],
    "--detach-keys string": "Override the key sequence for detaching a container",
    "-i, --interactive": "Attach container's STDIN",
  },
  args: atLeast(1),
  foreign: { experimental: ["checkpoint", "checkpoint-dir"] },
  *run(cli, { args, flags }) {
    if (flags.on("attach") || flags.on("interactive")) {
      const [name = "", ...more] = args;
      if (more.length > 0) {
        throw new CliError("you cannot start and attach multiple containers at once");
      }
      return yield* startAttached(cli, name, flags);
    }
    const failed: string[] = [];
    for (const name of args) {
      try {
        yield* ignoreUnchanged(cli.engine.containerStart(name));
        yield* cli.print(`${name}\n`);
      } catch (error) {
        yield* cli.printError(`${errorText(error)}\n`);
        failed.push(name);
      }
    }
    if (failed.length === 0) return 0;
    throw new CliError(`Error: failed to start containers: ${failed.join(", ")}`);
  },
  complete: (cli) => containerNames(cli, isStopped),
});
