import { stringifyJson } from "../../../../programs/support/go/json.ts";
import { parseTemplate } from "../../../../programs/support/go/template/template.ts";
import { TemplateError } from "../../../../programs/support/go/template/parse.ts";
import { fromJson } from "../../../../programs/support/go/type.ts";
import { bytesSize } from "../../../../programs/support/go/units.ts";
import type { Info } from "../../../api/system.ts";
import { CliError, errorText, type Cli } from "../../cli.ts";
import { defineCommand, none } from "../../command.ts";
import { DOCKER_FUNCTIONS } from "../../template-functions.ts";
import { INFO } from "../../types/system.ts";

const CLIENT = { Debug: false, Context: "default", Plugins: [], Warnings: null };

function clientText(cli: Cli): string {
  const version = cli.recent ? " Version:    28.2.2\n" : "";
  return `Client:\n${version} Context:    default\n Debug Mode: false\n\nServer:\n`;
}

function commit({ ID }: { readonly ID: string }): string {
  return ID === "" ? "N/A" : ID;
}

function securityLines(options: readonly string[]): string[] {
  if (options.length === 0) return [];
  const lines = options.flatMap((option) => {
    const fields = new Map(
      option.split(",").map((field) => field.split("=", 2) as [string, string]),
    );
    const name = fields.get("name") ?? option;
    const more = [...fields].filter(([key]) => key !== "name");
    return [`  ${name}`, ...more.map(([key, value]) => `   ${capital(key)}: ${value}`)];
  });
  return [" Security Options:", ...lines];
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

function serverText(cli: Cli, info: Info): string {
  const lines = [
    ` Containers: ${info.Containers}`,
    `  Running: ${info.ContainersRunning}`,
    `  Paused: ${info.ContainersPaused}`,
    `  Stopped: ${info.ContainersStopped}`,
    ` Images: ${info.Images}`,
    ` Server Version: ${info.ServerVersion}`,
    ` Storage Driver: ${info.Driver}`,
    ...info.DriverStatus.map(([name, value]) => `  ${name}: ${value}`),
    ` Logging Driver: ${info.LoggingDriver}`,
    ` Cgroup Driver: ${info.CgroupDriver}`,
    ` Cgroup Version: ${info.CgroupVersion}`,
    " Plugins:",
    `  Volume: ${info.Plugins.Volume.join(" ")}`,
    `  Network: ${info.Plugins.Network.join(" ")}`,
    `  Log: ${info.Plugins.Log.join(" ")}`,
    " Swarm: inactive",
    ` Runtimes: ${Object.keys(info.Runtimes).join(" ")}`,
    ` Default Runtime: ${info.DefaultRuntime}`,
    ` Init Binary: ${info.InitBinary}`,
    ` containerd version: ${commit(info.ContainerdCommit)}`,
    ` runc version: ${commit(info.RuncCommit)}`,
    ` init version: ${commit(info.InitCommit)}`,
    ...securityLines(info.SecurityOptions),
    ` Kernel Version: ${info.KernelVersion}`,
    ` Operating System: ${info.OperatingSystem}`,
    ` OSType: ${info.OSType}`,
    ` Architecture: ${info.Architecture}`,
    ` CPUs: ${info.NCPU}`,
    ` Total Memory: ${bytesSize(info.MemTotal)}`,
    ` Name: ${info.Name}`,
    ` ID: ${info.ID}`,
    ` Docker Root Dir: ${info.DockerRootDir}`,
    ` Debug Mode: ${info.Debug}`,
    ...(cli.recent ? [] : [` Registry: ${info.IndexServerAddress}`, " Labels:"]),
    ...(cli.recent && info.Labels.length > 0 ? [" Labels:"] : []),
    ...info.Labels.map((label) => `  ${label}`),
    ` Experimental: ${info.ExperimentalBuild}`,
    " Insecure Registries:",
    ...(cli.recent ? ["  ::1/128"] : []),
    "  127.0.0.0/8",
    ` Live Restore Enabled: ${info.LiveRestoreEnabled}`,
    ...(info.FirewallBackend === undefined
      ? []
      : [` Firewall Backend: ${info.FirewallBackend.Driver}`]),
  ];
  return `${lines.join("\n")}\n\n`;
}

function formatted(cli: Cli, format: string, info: Info): string {
  const json = { ...info, ClientInfo: CLIENT };
  if (format === "json" && cli.recent) return `${stringifyJson(json)}\n`;
  const type = INFO[cli.version];
  try {
    const template = parseTemplate("", format, DOCKER_FUNCTIONS);
    return `${template.execute({ type, data: fromJson(type, json) })}\n`;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new CliError(error.message);
  }
}

export const info = defineCommand({
  path: "system info",
  shortcut: "info",
  usage: "[OPTIONS]",
  summary: "Display system-wide information",
  flags: {
    "-f, --format string": [
      "Format output using a custom template:\n'json':             Print in JSON format\n'TEMPLATE':         Print output using the given Go template.\nRefer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates",
      "Format the output using the given Go template",
    ],
  },
  args: none,
  *run(cli, { flags }) {
    const format = flags.text("format") ?? "";
    if (format !== "") {
      yield* cli.print(formatted(cli, format, cli.engine.info()));
      return 0;
    }
    yield* cli.print(clientText(cli));
    let found: Info;
    try {
      found = cli.engine.info();
    } catch (error) {
      const text = errorText(error);
      if (cli.recent) throw new CliError(text);
      yield* cli.print(`ERROR: ${text}\n`);
      throw new CliError("errors pretty printing info");
    }
    yield* cli.print(serverText(cli, found));
    for (const warning of found.Warnings ?? []) yield* cli.printError(`${warning}\n`);
    return 0;
  },
});
