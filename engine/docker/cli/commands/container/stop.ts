import { atLeast, defineCommand } from "../../command.ts";
import { containerNames, isRunning } from "../../completion.ts";
import { ignoreUnchanged } from "./unchanged.ts";

export const stop = defineCommand({
  path: "container stop",
  shortcut: "stop",
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Stop one or more running containers",
  flags: {
    "-s, --signal string": ["Signal to send to the container", undefined],
    "-t, --time int": [undefined, "Seconds to wait for stop before killing it (default 10)"],
    "-t, --timeout int": ["Seconds to wait before killing the container", undefined],
  },
  hidden: { "--time int": ["", undefined] },
  args: atLeast(1),
  *run(cli, { args, flags }) {
    const seconds = flags.integer("timeout") ?? flags.integer("time");
    return yield* cli.forEach(args, (name) =>
      ignoreUnchanged(cli.engine.containerStop(name, seconds, flags.text("signal"))),
    );
  },
  complete: (cli) => containerNames(cli, isRunning),
});
