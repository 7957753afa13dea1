import { stringifyJson } from "../../../../programs/support/go/json.ts";
import { parseTemplate, type Template } from "../../../../programs/support/go/template/template.ts";
import { TemplateError } from "../../../../programs/support/go/template/parse.ts";
import { fromJson } from "../../../../programs/support/go/type.ts";
import { parseDuration } from "../../../../programs/support/go/units.ts";
import type { EventMessage } from "../../../api/system.ts";
import { CliError, type Cli } from "../../cli.ts";
import { defineCommand, none } from "../../command.ts";
import { filterProblem, parseFilters } from "../../filters.ts";
import { rfc3339 } from "../../format/times.ts";
import { momentOf } from "../../moments.ts";
import { DOCKER_FUNCTIONS } from "../../template-functions.ts";
import { EVENT } from "../../types/system.ts";

/** `2026-11-24T17:00:33.598010520Z container create ID (image=busybox, name=x)` */
function eventLine(event: EventMessage): string {
  const whole = rfc3339(Number(event.timeNano / 1_000_000_000n)).slice(0, -1);
  const nanos = String(event.timeNano % 1_000_000_000n).padStart(9, "0");
  const { ID, Attributes } = event.Actor;
  const attributes = Object.entries(Attributes)
    .map(([key, value]) => `${key}=${value}`)
    .sort();
  const shown = attributes.length === 0 ? "" : ` (${attributes.join(", ")})`;
  return `${whole}.${nanos}Z ${event.Type} ${event.Action} ${ID}${shown}\n`;
}

function printer(cli: Cli, format: string): (event: EventMessage) => string {
  if (format === "") return eventLine;
  if (format === "json" && cli.recent) return (event) => `${stringifyJson(event)}\n`;
  let template: Template;
  try {
    template = parseTemplate("", format, DOCKER_FUNCTIONS);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new CliError(`Error parsing format: ${error.message}`, 64);
  }
  return (event) => {
    try {
      return `${template.execute({ type: EVENT, data: fromJson(EVENT, event) })}\n`;
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      throw new CliError(error.message);
    }
  };
}

function moment(cli: Cli, text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  const seconds = momentOf(text, cli.sys.realtimeSeconds(), parseDuration);
  if (seconds === undefined) {
    throw new CliError(`failed to parse value as time or duration: "${text}"`);
  }
  return seconds;
}

export const events = defineCommand({
  path: "system events",
  shortcut: "events",
  usage: "[OPTIONS]",
  summary: "Get real time events from the server",
  flags: {
    "-f, --filter filter": "Filter output based on conditions provided",
    "--format string": [
      "Format output using a custom template:\n'json':             Print in JSON format\n'TEMPLATE':         Print output using the given Go template.\nRefer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates",
      "Format the output using the given Go template",
    ],
    "--since string": "Show all events created since timestamp",
    "--until string": "Stream events until this timestamp",
  },
  args: none,
  checks: { filter: filterProblem },
  *run(cli, { flags }) {
    const show = printer(cli, flags.text("format") ?? "");
    const since = moment(cli, flags.text("since"));
    const until = moment(cli, flags.text("until"));
    const stream = cli.engine.events({
      ...(since !== undefined && { since }),
      ...(until !== undefined && { until }),
      filters: parseFilters(flags.list("filter")),
    });
    try {
      for (;;) {
        const event = yield* stream.next();
        if (event === undefined) return 0;
        yield* cli.print(show(event));
      }
    } finally {
      stream.close();
    }
  },
});
