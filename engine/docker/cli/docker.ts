/** The `docker` program. */
import type { CompletionAnswer, CompletionRequest, Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { FlagError, HelpRequest, parseFlags, type Flag } from "../../programs/support/go/pflag.ts";
import { ApiError } from "../api/errors.ts";
import { Cli, CliError, errorText } from "./cli.ts";
import { COMMANDS } from "./commands/index.ts";
import { flagsOf, FlagValues, wordsFor } from "./command.ts";
import { childNames, findTarget, groupSections, rootSections, type Group } from "./groups.ts";
import { commandHelp, flagError, groupHelp, helpColumns } from "./help.ts";
import { printHelp, refuseFlags, runCommand } from "./run-command.ts";
import type { CliVersion } from "./version.ts";

const IDENTITY: Readonly<Record<CliVersion, string>> = {
  "28": "Docker version 28.2.2, build e6534b4",
  "20.10": "Docker version 20.10.24+dfsg1, build 297e128",
};

function globalFlags(version: CliVersion): Flag[] {
  const recent = version === "28";
  const levels = recent
    ? '("debug", "info", "warn", "error", "fatal")'
    : '("debug"|"info"|"warn"|"error"|"fatal")';
  const text = (name: string, usage: string, short?: string): Flag => ({
    name,
    type: "string",
    usage,
    ...(short !== undefined && { short }),
  });
  const onOff = (name: string, usage: string, short?: string): Flag => ({
    ...text(name, usage, short),
    type: "",
  });
  return [
    text("config", 'Location of client config files (default "/root/.docker")'),
    text(
      "context",
      'Name of the context to use to connect to the daemon (overrides DOCKER_HOST env var and default context set with "docker context use")',
      "c",
    ),
    onOff("debug", "Enable debug mode", "D"),
    {
      name: "host",
      short: "H",
      type: "list",
      usage: `Daemon socket${recent ? "" : "(s)"} to connect to`,
    },
    text("log-level", `Set the logging level ${levels} (default "info")`, "l"),
    onOff("tls", "Use TLS; implied by --tlsverify"),
    text("tlscacert", 'Trust certs signed only by this CA (default "/root/.docker/ca.pem")'),
    text("tlscert", 'Path to TLS certificate file (default "/root/.docker/cert.pem")'),
    text("tlskey", 'Path to TLS key file (default "/root/.docker/key.pem")'),
    onOff("tlsverify", "Use TLS and verify the remote"),
    onOff("version", "Print version information and quit", "v"),
  ];
}

const UNMODELLED_GLOBALS = ["config", "tls", "tlscacert", "tlscert", "tlskey", "tlsverify"];

function rootHelp(sys: Sys, version: CliVersion): string {
  return groupHelp({
    path: "docker",
    usage: "docker [OPTIONS] COMMAND",
    summary: "A self-sufficient runtime for containers",
    sections: rootSections(version),
    flags: globalFlags(version),
    footer:
      version === "28"
        ? "For more help on how to use Docker, head to https://docs.docker.com/go/guides/"
        : "To get more help with docker, check out our guides at https://docs.docker.com/go/guides/",
    version,
    columns: helpColumns(sys),
  });
}

function helpOfGroup(sys: Sys, version: CliVersion, group: Group): string {
  return groupHelp({
    path: `docker ${group.name}`,
    usage: `docker ${group.name} COMMAND`,
    summary: group.summary,
    sections: groupSections(group.name, version),
    version,
    columns: helpColumns(sys),
  });
}

function* main(sys: Sys, argv: readonly string[], version: CliVersion): Blocking<number> {
  try {
    return yield* dispatch(sys, argv.slice(1), version);
  } catch (error) {
    if (!(error instanceof CliError) && !(error instanceof ApiError)) throw error;
    const text = errorText(error);
    if (text !== "") yield* sys.printError(`${text}\n`);
    return error instanceof CliError ? error.status : 1;
  }
}

function* dispatch(sys: Sys, argv: readonly string[], version: CliVersion): Blocking<number> {
  const recent = version === "28";
  let globals;
  try {
    globals = parseFlags(globalFlags(version), argv, false);
  } catch (error) {
    if (error instanceof HelpRequest)
      return yield* printHelp(sys, error, rootHelp(sys, version), version);
    if (!(error instanceof FlagError)) throw error;
    const usage = recent ? "Usage:  docker [OPTIONS] COMMAND [ARG...]" : "";
    const failure = flagError(error.message, "docker", usage, version);
    if (recent) throw failure;
    throw new CliError(`${failure.message}\n${rootHelp(sys, version).trimEnd()}\n`, 125);
  }
  const flags = new FlagValues(globals.values);
  if (flags.on("version")) {
    yield* sys.print(`${IDENTITY[version]}\n`);
    return 0;
  }
  refuseFlags(flags, UNMODELLED_GLOBALS);
  const [first, ...rest] = globals.args;
  if (first === undefined) {
    yield* sys.printError(rootHelp(sys, version));
    return 0;
  }
  if (first === "help") return yield* helpTopic(sys, rest, version);
  const target = findTarget(globals.args, version);
  switch (target.kind) {
    case "command": {
      const cli = new Cli(sys, version, target.path, flags.text("host"));
      return yield* runCommand(cli, target.command, globals.args.slice(target.used));
    }
    case "group":
      return yield* runGroup(sys, version, target.group, target.rest);
    case "refused":
      throw new CliError(`docker: Podwire does not model 'docker ${target.path}'`);
    case "unknown":
      throw new CliError(
        recent
          ? `docker: unknown command: docker ${first}\n\nRun 'docker --help' for more information`
          : `docker: '${first}' is not a docker command.\nSee 'docker --help'`,
      );
  }
}

function* helpTopic(sys: Sys, words: readonly string[], version: CliVersion): Blocking<number> {
  if (words.length === 0) {
    yield* sys.print(rootHelp(sys, version));
    return 0;
  }
  const target = findTarget(words, version);
  if (target.kind === "command") {
    const { answers } = new Cli(sys, version, target.path, undefined);
    yield* sys.print(commandHelp(target.command, target.path, version, helpColumns(sys), answers));
    return 0;
  }
  if (target.kind === "group") {
    yield* sys.print(helpOfGroup(sys, version, target.group));
    return 0;
  }
  if (target.kind === "refused") {
    throw new CliError(`docker: Podwire does not model 'docker ${target.path}'`);
  }
  throw new CliError(`unknown help topic: ${words.join(" ")}`);
}

/** A group without a command of its own: help, or a complaint about what follows it. */
function* runGroup(
  sys: Sys,
  version: CliVersion,
  group: Group,
  rest: readonly string[],
): Blocking<number> {
  const path = `docker ${group.name}`;
  const help = helpOfGroup(sys, version, group);
  const usage = `Usage:  docker ${group.use}`;
  try {
    parseFlags([], rest, false);
  } catch (error) {
    if (error instanceof HelpRequest) return yield* printHelp(sys, error, help, version);
    if (!(error instanceof FlagError)) throw error;
    const failure = flagError(error.message, path, usage, version);
    if (version === "28") throw failure;
    throw new CliError(`${failure.message}\n${help}`, 125);
  }
  const [first] = rest;
  if (first !== undefined && version === "28") {
    throw new CliError(
      `docker: unknown command: ${path} ${first}\n\n${usage}\n\nRun '${path} --help' for more information`,
    );
  }
  yield* sys.printError(help);
  return first === undefined ? 0 : 1;
}

// ------------------------------------------------------------------ completion

function complete(sys: Sys, request: CompletionRequest, version: CliVersion): CompletionAnswer {
  const words = request.words.slice(1);
  const current = words.at(-1) ?? "";
  const before = words.slice(0, -1).filter((word) => !word.startsWith("-"));
  if (before.length === 0) {
    return {
      candidates: current.startsWith("-")
        ? longFlags(globalFlags(version))
        : childNames(undefined, version),
    };
  }
  const target = findTarget(before, version);
  if (target.kind === "group" && target.rest.length === 0) {
    return { candidates: childNames(target.group.name, version) };
  }
  if (target.kind !== "command") return { candidates: [] };
  if (current.startsWith("-")) return { candidates: longFlags(flagsOf(target.command, version)) };
  const cli = new Cli(sys, version, target.path, undefined);
  return target.command.complete?.(cli, before.slice(target.used)) ?? { candidates: [] };
}

const longFlags = (flags: readonly Flag[]) => flags.map(({ name }) => `--${name}`);

/** What the manual says of the flags: those of the most used commands. */
function documented(version: CliVersion): readonly (readonly [string, string])[] {
  return COMMANDS.flatMap((command) => {
    const summary = wordsFor(command.summary, version);
    return summary === undefined ? [] : [[command.path, summary] as const];
  });
}

/** The program in one of its versions, as an image installs it. */
export function createDocker(version: CliVersion): Program {
  return {
    name: "docker",
    package: version === "28" ? "docker-ce-cli" : "docker.io",
    docs: {
      summary: "Docker image and container command line interface",
      synopsis: "docker [OPTIONS] COMMAND [ARG...]",
      options: documented(version),
      examples: [
        "docker run --name web -d -p 8080:80 nginx",
        "docker ps -a --format '{{.Names}}: {{.Status}}'",
        "docker network inspect bridge --format '{{range .IPAM.Config}}{{.Gateway}}{{end}}'",
      ],
      limitations: [
        "Swarm, plugins, trust, manifests, contexts other than default, and registries that are written to are refused.",
        "Devices, GPUs and Windows' limits are refused; limits of memory and processor are shown and do not limit.",
        "A daemon is reached over its local socket only.",
        "docker build is the classic builder.",
      ],
    },
    main: (sys, argv) => main(sys, argv, version),
    complete: (sys, request) => complete(sys, request, version),
  };
}
