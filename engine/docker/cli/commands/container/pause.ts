import { atLeast, defineCommand } from "../../command.ts";
import { containerNames, isRunning } from "../../completion.ts";

export const pause = defineCommand({
  path: "container pause",
  shortcut: "pause",
  usage: "CONTAINER [CONTAINER...]",
  summary: "Pause all processes within one or more containers",
  flags: {},
  args: atLeast(1),
  *run(cli, { args }) {
    return yield* cli.forEach(args, (name) => cli.engine.containerPause(name));
  },
  complete: (cli) => containerNames(cli, isRunning),
});

export const unpause = defineCommand({
  path: "container unpause",
  shortcut: "unpause",
  usage: "CONTAINER [CONTAINER...]",
  summary: "Unpause all processes within one or more containers",
  flags: {},
  args: atLeast(1),
  *run(cli, { args }) {
    return yield* cli.forEach(args, (name) => cli.engine.containerUnpause(name));
  },
  complete: (cli) => containerNames(cli, (state) => state === "paused"),
});
