import { DAYS, MONTHS, toCalendar } from "../../../../programs/support/calendar.ts";
import { alignTabs } from "../../../../programs/support/go/tabwriter.ts";
import { parseTemplate } from "../../../../programs/support/go/template/template.ts";
import { TemplateError } from "../../../../programs/support/go/template/parse.ts";
import { fromJson, pointerTo } from "../../../../programs/support/go/type.ts";
import type { Version } from "../../../api/system.ts";
import { CliError, errorText, type Cli } from "../../cli.ts";
import { defineCommand, none } from "../../command.ts";
import { DOCKER_FUNCTIONS } from "../../template-functions.ts";
import { secondsOf } from "../../format/times.ts";
import { VERSION } from "../../types/system.ts";
import { stringifyJson } from "../../../../programs/support/go/json.ts";

const CLIENT = {
  "28": {
    Version: "28.2.2",
    ApiVersion: "1.50",
    DefaultAPIVersion: "1.50",
    GitCommit: "e6534b4",
    GoVersion: "go1.24.3",
    Os: "linux",
    Arch: "amd64",
    BuildTime: "Fri May 30 12:07:14 2025",
    Context: "default",
  },
  "20.10": {
    Platform: { Name: "" },
    Version: "20.10.24+dfsg1",
    ApiVersion: "1.41",
    DefaultAPIVersion: "1.41",
    GitCommit: "297e128",
    GoVersion: "go1.19.8",
    Os: "linux",
    Arch: "amd64",
    BuildTime: "Thu May  7 21:09:36 2026",
    Context: "default",
    Experimental: true,
  },
} as const;

/** The client speaks the older of both API versions. */
function negotiated(own: string, server: Version | undefined): string {
  if (server === undefined) return own;
  const minor = (text: string) => Number(text.split(".")[1]);
  return minor(server.ApiVersion) < minor(own) ? server.ApiVersion : own;
}

function clientText(cli: Cli, api: string): string {
  const client = CLIENT[cli.version];
  const { DefaultAPIVersion: own } = client;
  const downgraded = api === own ? "" : ` (downgraded from ${own})`;
  const rows = [
    ["Version", client.Version],
    ["API version", api + downgraded],
    ["Go version", client.GoVersion],
    ["Git commit", client.GitCommit],
    ["Built", client.BuildTime],
    ["OS/Arch", `${client.Os}/${client.Arch}`],
    ["Context", client.Context],
    ...(cli.recent ? [] : [["Experimental", "true"]]),
  ];
  return `Client:\n${rows.map(([name, value]) => ` ${name}:\t${value}\n`).join("")}`;
}

function serverText(server: Version): string {
  const platform = server.Platform.Name === "" ? "" : ` ${server.Platform.Name}`;
  const components = server.Components.map(({ Name, Version: version, Details }) => {
    const rows = componentRows(Name, version, Details);
    return ` ${Name}:\n${rows.map(([name, value]) => `  ${name}:\t${value}\n`).join("")}`;
  });
  return `\nServer:${platform}\n${components.join("")}`;
}

/** `2025-11-05T14:43:25.000000000+00:00` as `Wed Nov  5 14:43:25 2025`; another text as it is. */
function ansic(text: string): string {
  const seconds = secondsOf(text);
  if (Number.isNaN(seconds)) return text;
  const { weekday, month, day, hour, minute, second, year } = toCalendar(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  const name = `${DAYS[weekday]?.slice(0, 3)} ${MONTHS[month]?.slice(0, 3)}`;
  return `${name} ${String(day).padStart(2)} ${two(hour)}:${two(minute)}:${two(second)} ${year}`;
}

function componentRows(
  name: string,
  version: string,
  details: Readonly<Record<string, string>>,
): readonly (readonly [string, string])[] {
  if (name !== "Engine") {
    return [["Version", version], ...Object.entries(details).sort(([a], [b]) => (a < b ? -1 : 1))];
  }
  return [
    ["Version", version],
    ["API version", `${details["ApiVersion"]} (minimum version ${details["MinAPIVersion"]})`],
    ["Go version", details["GoVersion"] ?? ""],
    ["Git commit", details["GitCommit"] ?? ""],
    ["Built", ansic(details["BuildTime"] ?? "")],
    ["OS/Arch", `${details["Os"]}/${details["Arch"]}`],
    ["Experimental", details["Experimental"] ?? "false"],
  ];
}

function formatted(cli: Cli, format: string, json: unknown): string {
  if (format === "json" && cli.recent) return `${stringifyJson(json)}\n`;
  try {
    const template = parseTemplate("version", format, DOCKER_FUNCTIONS);
    const type = pointerTo(VERSION[cli.version]);
    return `${template.execute({ type, data: fromJson(type, json) })}\n`;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new CliError(error.message);
  }
}

export const version = defineCommand({
  path: "version",
  usage: "[OPTIONS]",
  summary: "Show the Docker version information",
  flags: {
    "-f, --format string": [
      "Format output using a custom template:\n'json':             Print in JSON format\n'TEMPLATE':         Print output using the given Go template.\nRefer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates",
      "Format the output using the given Go template",
    ],
    "--kubeconfig string": [undefined, "Kubernetes config file"],
  },
  args: none,
  *run(cli, { flags }) {
    let server: Version | undefined;
    let failure: unknown;
    try {
      server = cli.engine.version();
    } catch (error) {
      failure = error;
    }
    const api = negotiated(CLIENT[cli.version].DefaultAPIVersion, server);
    const format = flags.text("format") ?? "";
    if (format !== "") {
      const Client = { ...CLIENT[cli.version], ApiVersion: api };
      yield* cli.print(formatted(cli, format, { Client, Server: server ?? null }));
    } else {
      const text = clientText(cli, api) + (server === undefined ? "" : serverText(server));
      yield* cli.print(alignTabs(text, 20, 1));
    }
    if (failure === undefined) return 0;
    yield* cli.printError(`${errorText(failure)}\n`);
    return 1;
  },
});
