import { parseDuration } from "../../../../programs/support/go/units.ts";
import { CliError, type Cli } from "../../cli.ts";
import { defineCommand, exactly } from "../../command.ts";
import { containerNames } from "../../completion.ts";
import { momentOf } from "../../moments.ts";
import { copyOutput } from "../../streams.ts";

function moment(cli: Cli, name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = momentOf(text, cli.sys.realtimeSeconds(), parseDuration);
  if (seconds === undefined) {
    throw new CliError(
      `invalid value for "${name}": failed to parse value as time or duration: "${text}"`,
    );
  }
  return seconds;
}

export const logs = defineCommand({
  path: "container logs",
  shortcut: "logs",
  usage: "[OPTIONS] CONTAINER",
  summary: "Fetch the logs of a container",
  flags: {
    "--details": "Show extra details provided to logs",
    "-f, --follow": "Follow log output",
    "--since string": [
      'Show logs since timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)',
      "Show logs since timestamp (e.g. 2013-01-02T13:23:37Z) or relative (e.g. 42m for 42 minutes)",
    ],
    "-n, --tail string": 'Number of lines to show from the end of the logs (default "all")',
    "-t, --timestamps": "Show timestamps",
    "--until string": [
      'Show logs before a timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)',
      "Show logs before a timestamp (e.g. 2013-01-02T13:23:37Z) or relative (e.g. 42m for 42 minutes)",
    ],
  },
  args: exactly(1),
  *run(cli, { args, flags }) {
    const [name = ""] = args;
    const container = cli.lookUp("container", name, () => cli.engine.containerInspect(name));
    const since = moment(cli, "since", flags.text("since"));
    const until = moment(cli, "until", flags.text("until"));
    const tail = /^\d+$/.test(flags.text("tail") ?? "") ? Number(flags.text("tail")) : undefined;
    const stream = cli.engine.containerLogs(container.Id, {
      stdout: true,
      stderr: true,
      follow: flags.on("follow"),
      timestamps: flags.on("timestamps"),
      ...(flags.on("details") && { details: true }),
      ...(since !== undefined && { since }),
      ...(until !== undefined && { until }),
      ...(tail !== undefined && { tail }),
    });
    yield* copyOutput(cli.sys, stream);
    return 0;
  },
  complete: (cli) => containerNames(cli),
});
