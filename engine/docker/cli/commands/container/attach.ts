import type { ContainerInspect } from "../../../api/container.ts";
import { CliError, type Cli } from "../../cli.ts";
import { defineCommand, exactly } from "../../command.ts";
import { containerNames, isRunning } from "../../completion.ts";
import { checkTty, exitStatus, session } from "../../run/attached.ts";
import { interact } from "../../streams.ts";

function checkState(cli: Cli, { State }: ContainerInspect): void {
  const head = cli.recent ? "cannot" : "You cannot";
  if (!State.Running) {
    throw new CliError(`${head} attach to a stopped container, start it first`);
  }
  if (State.Paused) {
    throw new CliError(`${head} attach to a paused container, unpause it first`);
  }
  if (State.Restarting) {
    throw new CliError(`${head} attach to a restarting container, wait until it is running`);
  }
}

export const attach = defineCommand({
  path: "container attach",
  shortcut: "attach",
  usage: "[OPTIONS] CONTAINER",
  summary: "Attach local standard input, output, and error streams to a running container",
  flags: {
    "--detach-keys string": "Override the key sequence for detaching a container",
    "--no-stdin": "Do not attach STDIN",
    "--sig-proxy": "Proxy all received signals to the process (default true)",
  },
  args: exactly(1),
  *run(cli, { args, flags }) {
    const [name = ""] = args;
    const container = cli.lookUp("container", name, () => cli.engine.containerInspect(name));
    checkState(cli, container);
    const { Id, Config } = container;
    const stdin = !flags.on("no-stdin") && Config.OpenStdin;
    checkTty(cli, !flags.on("no-stdin"), Config.Tty);
    const waiting = cli.engine.containerWait(Id, "not-running");
    const stream = cli.engine.containerAttach(Id, {
      stream: true,
      stdin,
      stdout: true,
      stderr: true,
    });
    const options = { stdin, tty: Config.Tty, flags };
    const end = yield* interact(cli.sys, stream, session(cli, Id, options));
    if (end === "detached") throw new CliError("read escape sequence");
    return yield* exitStatus(waiting);
  },
  complete: (cli) => containerNames(cli, isRunning),
});
