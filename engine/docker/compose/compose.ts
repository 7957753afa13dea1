/** `docker compose`: its own flags, and the commands below it. */
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { CliError, type Cli } from "../cli/cli.ts";
import { atLeast, defineCommand, wordsFor, type Command, type FlagValues } from "../cli/command.ts";
import { groupHelp, helpColumns } from "../cli/help.ts";
import { rfc3339 } from "../cli/format/times.ts";
import { runCommand } from "../cli/run-command.ts";
import { COMPOSE_COMMANDS, type ComposeCommand } from "./commands.ts";
import { loadProject } from "./load.ts";

const VERSION = "v2.36.2";

function help(cli: Cli): string {
  const rows = COMPOSE_COMMANDS.map(({ command }) => {
    const name = command.path.split(" ")[1] ?? "";
    return [name, wordsFor(command.summary, cli.version) ?? ""] as const;
  });
  const version = ["version", "Show the Docker Compose version information"] as const;
  return groupHelp({
    path: "docker compose",
    usage: "docker compose [OPTIONS] COMMAND",
    summary: "Define and run multi-container applications with Docker",
    sections: [{ title: "Commands", rows: [...rows, version] }],
    version: cli.version,
    columns: helpColumns(cli.sys),
  });
}

/** The command, its project read once its own flags are known to be right. */
function withProject({ command, act }: ComposeCommand, globals: FlagValues): Command {
  return {
    ...command,
    *run(cli, invocation) {
      const file = globals.text("file");
      const projectName = globals.text("project-name");
      const { project, warnings } = loadProject(cli.sys, {
        ...(file !== undefined && { file }),
        ...(projectName !== undefined && { projectName }),
        profiles: globals.list("profile"),
      });
      const time = rfc3339(cli.sys.realtimeSeconds());
      for (const warning of warnings) {
        const text = warning.replaceAll('"', '\\"');
        yield* cli.printError(`time="${time}" level=warning msg="${text}"\n`);
      }
      return yield* act(cli, project, invocation);
    },
  };
}

function* showVersion(cli: Cli, argv: readonly string[]): Blocking<number> {
  const text = argv.includes("--short") ? VERSION.slice(1) : `Docker Compose version ${VERSION}`;
  yield* cli.print(`${text}\n`);
  return 0;
}

export const compose = defineCommand({
  path: "compose",
  usage: ["[OPTIONS] COMMAND", undefined],
  summary: ["Docker Compose", undefined],
  description: ["Define and run multi-container applications with Docker", undefined],
  flags: {
    "-f, --file stringArray": "Compose configuration files",
    "--profile stringArray": "Specify a profile to enable",
    "-p, --project-name string": "Project name",
  },
  args: atLeast(0),
  stopsAtOperand: true,
  *run(cli, { args, flags }) {
    const [name, ...rest] = args;
    if (name === undefined) {
      yield* cli.print(help(cli));
      return 0;
    }
    if (flags.list("file").length > 1) {
      throw new CliError("docker compose: Podwire does not model more than one file");
    }
    if (name === "version") return yield* showVersion(cli, rest);
    const found = COMPOSE_COMMANDS.find(({ command }) => command.path === `compose ${name}`);
    if (found === undefined) {
      throw new CliError(`unknown docker command: "compose ${name}"`);
    }
    return yield* runCommand(cli.at(`docker compose ${name}`), withProject(found, flags), rest);
  },
  complete: () => ({
    candidates: COMPOSE_COMMANDS.map(({ command }) => command.path.split(" ")[1] ?? ""),
  }),
});
