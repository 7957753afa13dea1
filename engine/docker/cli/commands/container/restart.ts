import { atLeast, defineCommand } from "../../command.ts";
import { containerNames } from "../../completion.ts";

export const restart = defineCommand({
  path: "container restart",
  shortcut: "restart",
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Restart one or more containers",
  flags: {
    "-s, --signal string": ["Signal to send to the container", undefined],
    "-t, --time int": [
      undefined,
      "Seconds to wait for stop before killing the container (default 10)",
    ],
    "-t, --timeout int": ["Seconds to wait before killing the container", undefined],
  },
  hidden: { "--time int": ["", undefined] },
  args: atLeast(1),
  *run(cli, { args, flags }) {
    const seconds = flags.integer("timeout") ?? flags.integer("time");
    return yield* cli.forEach(args, (name) =>
      cli.engine.containerRestart(name, seconds, flags.text("signal")),
    );
  },
  complete: (cli) => containerNames(cli),
});
