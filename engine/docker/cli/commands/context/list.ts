import { defineCommand, exactly, none } from "../../command.ts";
import { CliError } from "../../cli.ts";
import { formatList, type ListContext } from "../../format/formatter.ts";

const OVERRIDDEN =
  "Warning: DOCKER_HOST environment variable overrides the active context. To use a context, either set the global --context flag, or unset DOCKER_HOST environment variable.";

/** The only context there is: what the environment says of the daemon. */
interface Row {
  readonly endpoint: string;
}

const contexts = (recent: boolean): ListContext<Row> => ({
  name: "ClientContextContext",
  headers: {
    Name: "NAME",
    Description: "DESCRIPTION",
    DockerEndpoint: "DOCKER ENDPOINT",
    ...(recent
      ? { Error: "ERROR" }
      : { KubernetesEndpoint: "KUBERNETES ENDPOINT", StackOrchestrator: "ORCHESTRATOR" }),
  },
  fields: {
    Current: () => "true",
    Description: () => "Current DOCKER_HOST based configuration",
    DockerEndpoint: (row) => row.endpoint,
    ...(recent
      ? { Error: () => "" }
      : { KubernetesEndpoint: () => "", StackOrchestrator: () => "swarm" }),
    Name: () => "default",
  },
});

export const list = defineCommand({
  path: "context ls",
  aliases: ["list"],
  usage: "[OPTIONS]",
  summary: "List contexts",
  flags: {
    "--format string": [
      "Format output using a custom template:\n'table':            Print output in table format with column headers (default)\n'table TEMPLATE':   Print output in table format using the given Go template\n'json':             Print in JSON format\n'TEMPLATE':         Print output using the given Go template.\nRefer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates",
      "Pretty-print contexts using a Go template",
    ],
    "-q, --quiet": "Only show context names",
  },
  args: none,
  *run(cli, { flags }) {
    const last = cli.recent ? "{{.Error}}" : "{{.KubernetesEndpoint}}\t{{.StackOrchestrator}}";
    const text = formatList(contexts(cli.recent), [{ endpoint: cli.endpoint }], {
      format: flags.text("format") ?? "",
      table: `{{.Name}}{{if .Current}} *{{end}}\t{{.Description}}\t{{.DockerEndpoint}}\t${last}`,
      quiet: flags.on("quiet"),
      quietField: "Name",
      version: cli.version,
    });
    yield* cli.print(text);
    if (cli.sys.env.has("DOCKER_HOST")) yield* cli.printError(`${OVERRIDDEN}\n`);
    return 0;
  },
});

export const show = defineCommand({
  path: "context show",
  usage: ["", undefined],
  summary: ["Print the name of the current context", undefined],
  flags: {},
  args: none,
  *run(cli) {
    yield* cli.print("default\n");
    return 0;
  },
});

export const use = defineCommand({
  path: "context use",
  usage: "CONTEXT",
  summary: "Set the current docker context",
  flags: {},
  args: exactly(1),
  *run(cli, { args }) {
    const [name = ""] = args;
    if (name !== "default") throw new CliError(`context "${name}": context not found`);
    yield* cli.print("default\n");
    yield* cli.printError('Current context is now "default"\n');
    return 0;
  },
});
