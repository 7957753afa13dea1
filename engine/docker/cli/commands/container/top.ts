import { alignTabs } from "../../../../programs/support/go/tabwriter.ts";
import { atLeast, defineCommand } from "../../command.ts";
import { containerNames, isRunning } from "../../completion.ts";

export const top = defineCommand({
  path: "container top",
  shortcut: "top",
  usage: "CONTAINER [ps OPTIONS]",
  summary: "Display the running processes of a container",
  flags: {},
  args: atLeast(1),
  stopsAtOperand: true,
  *run(cli, { args }) {
    const [name = "", ...psArgs] = args;
    const { Titles, Processes } = cli.engine.containerTop(name, psArgs.join(" "));
    const rows = [Titles, ...Processes].map((row) => row.join("\t"));
    yield* cli.print(`${alignTabs(rows.join("\n"), 20, 3)}\n`);
    return 0;
  },
  complete: (cli) => containerNames(cli, isRunning),
});
