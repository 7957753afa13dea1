import { atLeast, defineCommand } from "../../command.ts";
import { containerNames, isRunning } from "../../completion.ts";

export const kill = defineCommand({
  path: "container kill",
  shortcut: "kill",
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Kill one or more running containers",
  flags: {
    "-s, --signal string": [
      "Signal to send to the container",
      'Signal to send to the container (default "KILL")',
    ],
  },
  args: atLeast(1),
  *run(cli, { args, flags }) {
    const signal = flags.text("signal") ?? (cli.recent ? "" : "KILL");
    return yield* cli.forEach(args, (name) => cli.engine.containerKill(name, signal));
  },
  complete: (cli) => containerNames(cli, isRunning),
});
