/** The commands below `docker compose`. */
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { stringify } from "yaml";
import { CliError, type Cli } from "../cli/cli.ts";
import { atLeast, defineCommand, none, type Command, type Invocation } from "../cli/command.ts";
import { exec as dockerExec } from "../cli/commands/container/exec.ts";
import { FlagValues } from "../cli/command.ts";
import { containerContext } from "../cli/format/containers.ts";
import { formatList } from "../cli/format/formatter.ts";
import { ignoreUnchanged } from "../cli/commands/container/unchanged.ts";
import type { ContainerSummary } from "../api/container.ts";
import { canonical } from "./canonical.ts";
import { down, inOrder, nameOf, projectContainers, serviceOf, tell, up } from "./lifecycle.ts";
import { viewLogs } from "./log-view.ts";
import type { Project } from "./model.ts";

type Act = (cli: Cli, project: Project, invocation: Invocation) => Blocking<number>;

interface Spec extends Omit<Command, "run" | "path"> {
  readonly name: string;
  readonly act: Act;
}

export interface ComposeCommand {
  readonly command: Command;
  readonly act: Act;
}

const compose = ({ name, act, ...rest }: Spec): ComposeCommand => ({
  act,
  command: defineCommand({
    ...rest,
    path: `compose ${name}`,
    *run() {
      throw new CliError(`docker compose ${name}: no project`);
    },
  }),
});

/** Containers of the services named, of all when none is. */
function chosen(
  cli: Cli,
  project: Project,
  names: readonly string[],
  all = true,
): ContainerSummary[] {
  for (const name of names) {
    if (!project.services.some((service) => service.name === name)) {
      throw new CliError(`no such service: ${name}`);
    }
  }
  return projectContainers(cli, project.name, all).filter(
    (item) => names.length === 0 || names.includes(serviceOf(item)),
  );
}

const STOPPING = "Gracefully stopping... (press Ctrl+C again to force)\n";

function* stopAll(
  cli: Cli,
  containers: readonly ContainerSummary[],
  seconds?: number,
): Blocking<void> {
  for (const item of containers) {
    yield* tell(cli, "Container", nameOf(item), "Stopping");
    yield* ignoreUnchanged(cli.engine.containerStop(item.Id, seconds));
    yield* tell(cli, "Container", nameOf(item), "Stopped");
  }
}

const upCommand = compose({
  name: "up",
  usage: "[OPTIONS] [SERVICE...]",
  summary: "Create and start containers",
  flags: {
    "--build": "Build images before starting containers",
    "-d, --detach": "Detached mode: Run containers in the background",
    "--force-recreate": "Recreate containers even if their configuration and image haven't changed",
    "--no-start": "Don't start the services after creating them",
    "--wait": "Wait for services to be running|healthy. Implies detached mode.",
  },
  unmodelled: ["wait"],
  args: atLeast(0),
  *act(cli, project, { args, flags }) {
    const services = yield* up(cli, project, {
      services: args,
      rebuild: flags.on("build"),
      recreate: flags.on("force-recreate"),
      start: !flags.on("no-start"),
    });
    if (flags.on("detach") || flags.on("no-start")) return 0;
    const names = services.map(({ name }) => name);
    const containers = chosen(cli, project, names);
    const shown = containers.map((item) => nameOf(item).slice(project.name.length + 1));
    yield* cli.print(`Attaching to ${shown.join(", ")}\n`);
    const view = { follow: true, prefix: true, exits: true };
    const signal = yield* viewLogs(cli, project.name, containers, view);
    if (signal === undefined) return 0;
    yield* cli.printError(STOPPING);
    yield* stopAll(cli, chosen(cli, project, names, false));
    return 130;
  },
});

const downCommand = compose({
  name: "down",
  usage: "[OPTIONS] [SERVICES]",
  summary: "Stop and remove containers, networks",
  flags: {
    "-v, --volumes":
      'Remove named volumes declared in the "volumes" section of the Compose file and anonymous volumes attached to containers',
  },
  args: none,
  *act(cli, project, { flags }) {
    yield* down(cli, project, flags.on("volumes"));
    return 0;
  },
});

const psCommand = compose({
  name: "ps",
  usage: "[OPTIONS] [SERVICE...]",
  summary: "List containers",
  flags: {
    "-a, --all": "Show all stopped containers (including those created by the run command)",
    "--format string":
      "Format output using a custom template: 'table', 'table TEMPLATE', 'json' or 'TEMPLATE' (default \"table\")",
    "--no-trunc": "Don't truncate output",
    "-q, --quiet": "Only display IDs",
    "--services": "Display services",
  },
  args: atLeast(0),
  *act(cli, project, { args, flags }) {
    const items = chosen(cli, project, args, flags.on("all"));
    if (flags.on("services")) {
      yield* cli.print([...new Set(items.map(serviceOf))].map((name) => `${name}\n`).join(""));
      return 0;
    }
    const base = containerContext({
      nowSeconds: cli.sys.realtimeSeconds(),
      truncate: !flags.on("no-trunc"),
      version: cli.version,
    });
    const context = {
      ...base,
      headers: { ...base.headers, Name: "NAME", Service: "SERVICE", Project: "PROJECT" },
      fields: {
        ...base.fields,
        ID: (item: ContainerSummary) => item.Id,
        Name: nameOf,
        Project: () => project.name,
        Service: serviceOf,
      },
    };
    const text = formatList(context, items, {
      format: flags.text("format") ?? "",
      table:
        "{{.Name}}\t{{.Image}}\t{{.Command}}\t{{.Service}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}",
      quiet: flags.on("quiet"),
      version: cli.version,
    });
    yield* cli.print(text);
    return 0;
  },
});

const logsCommand = compose({
  name: "logs",
  usage: "[OPTIONS] [SERVICE...]",
  summary: "View output from containers",
  flags: {
    "-f, --follow": "Follow log output",
    "--no-color": "Produce monochrome output",
    "--no-log-prefix": "Don't print prefix in logs",
    "-n, --tail string":
      'Number of lines to show from the end of the logs for each container (default "all")',
    "-t, --timestamps": "Show timestamps",
  },
  args: atLeast(0),
  *act(cli, project, { args, flags }) {
    const tail = Number(flags.text("tail") ?? NaN);
    yield* viewLogs(cli, project.name, chosen(cli, project, args), {
      follow: flags.on("follow"),
      prefix: !flags.on("no-log-prefix"),
      exits: false,
      timestamps: flags.on("timestamps"),
      ...(Number.isInteger(tail) && tail >= 0 && { tail }),
    });
    return 0;
  },
});

const execCommand = compose({
  name: "exec",
  usage: "[OPTIONS] SERVICE COMMAND [ARGS...]",
  summary: "Execute a command in a running container",
  flags: {
    "-d, --detach": "Detached mode: Run command in the background",
    "-e, --env stringArray": "Set environment variables",
    "-T, --no-tty":
      "Disable pseudo-TTY allocation. By default 'docker compose exec' allocates a TTY.",
    "--privileged": "Give extended privileges to the process",
    "-u, --user string": "Run the command as this user",
    "-w, --workdir string": "Path to workdir directory for this command",
  },
  args: atLeast(2),
  stopsAtOperand: true,
  *act(cli, project, { args, flags }) {
    const [service = "", ...command] = args;
    const [container] = chosen(cli, project, [service], false);
    if (container === undefined) throw new CliError(`service "${service}" is not running`);
    const tty =
      !flags.on("no-tty") && !flags.on("detach") && cli.sys.isatty(0) && cli.sys.isatty(1);
    const passed = ["env", "user", "workdir", "privileged", "detach"].flatMap((name) =>
      flags.has(name) ? [[name, flags.list(name)] as const] : [],
    );
    const given = new Map<string, readonly string[]>([
      ...passed,
      ["interactive", [String(!flags.on("detach"))]],
      ["tty", [String(tty)]],
    ]);
    return yield* dockerExec.run(cli, {
      args: [container.Id, ...command],
      flags: new FlagValues(given),
    });
  },
});

const configCommand = compose({
  name: "config",
  usage: "[OPTIONS] [SERVICE...]",
  summary: "Parse, resolve and render compose file in canonical format",
  flags: {
    "-q, --quiet": "Only validate the configuration, don't print anything",
    "--services": "Print the service names, one per line.",
    "--volumes": "Print the volume names, one per line.",
  },
  args: none,
  *act(cli, project, { flags }) {
    const names = (list: readonly string[]) => list.map((name) => `${name}\n`).join("");
    if (flags.on("quiet")) return 0;
    if (flags.on("services")) {
      yield* cli.print(names(inOrder(project, []).map(({ name }) => name)));
    } else if (flags.on("volumes")) {
      yield* cli.print(names(project.volumes.map(({ key }) => key)));
    } else {
      yield* cli.print(stringify(canonical(project), { version: "1.1", lineWidth: 0 }));
    }
    return 0;
  },
});

const TIMEOUT = { "-t, --timeout int": "Specify a shutdown timeout in seconds" };

const stopCommand = compose({
  name: "stop",
  usage: "[OPTIONS] [SERVICE...]",
  summary: "Stop services",
  flags: TIMEOUT,
  args: atLeast(0),
  *act(cli, project, { args, flags }) {
    yield* stopAll(cli, chosen(cli, project, args, false), flags.integer("timeout"));
    return 0;
  },
});

const startCommand = compose({
  name: "start",
  usage: "[SERVICE...]",
  summary: "Start services",
  flags: {},
  args: atLeast(0),
  *act(cli, project, { args }) {
    for (const item of chosen(cli, project, args)) {
      yield* tell(cli, "Container", nameOf(item), "Starting");
      yield* ignoreUnchanged(cli.engine.containerStart(item.Id));
      yield* tell(cli, "Container", nameOf(item), "Started");
    }
    return 0;
  },
});

const restartCommand = compose({
  name: "restart",
  usage: "[OPTIONS] [SERVICE...]",
  summary: "Restart service containers",
  flags: TIMEOUT,
  args: atLeast(0),
  *act(cli, project, { args, flags }) {
    for (const item of chosen(cli, project, args)) {
      yield* tell(cli, "Container", nameOf(item), "Restarting");
      yield* cli.engine.containerRestart(item.Id, flags.integer("timeout"));
      yield* tell(cli, "Container", nameOf(item), "Started");
    }
    return 0;
  },
});

/** In the order of help. */
export const COMPOSE_COMMANDS: readonly ComposeCommand[] = [
  configCommand,
  downCommand,
  execCommand,
  logsCommand,
  psCommand,
  restartCommand,
  startCommand,
  stopCommand,
  upCommand,
];
