import { CliError, errorText } from "../../cli.ts";
import { defineCommand, exactly } from "../../command.ts";
import { containerNames } from "../../completion.ts";

export const rename = defineCommand({
  path: "container rename",
  shortcut: "rename",
  usage: "CONTAINER NEW_NAME",
  summary: "Rename a container",
  flags: {},
  args: exactly(2),
  *run(cli, { args }) {
    const [from = "", to = ""] = args.map((arg) => arg.trim());
    if (from === "" || to === "")
      throw new CliError("Error: Neither old nor new names may be empty");
    try {
      cli.engine.containerRename(from, to);
    } catch (error) {
      throw new CliError(`${errorText(error)}\nError: failed to rename container named ${from}`);
    }
    return 0;
  },
  complete: (cli, before) => (before.length === 0 ? containerNames(cli) : { candidates: [] }),
});
