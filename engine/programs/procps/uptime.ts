import { strftime } from "../support/calendar.ts";
import { uptimeSeconds } from "../support/process-list.ts";
import { defineTool } from "../support/tool.ts";
import { prettyUptime, uptimeLine } from "../support/uptime-text.ts";

export const uptime = defineTool({
  name: "uptime",
  package: "procps",
  summary: "tell how long the system has been running",
  usage: ["[options]"],
  options: [
    ["-p, --pretty", "show uptime in pretty format"],
    ["-s, --since", "system up since"],
  ],
  *run(tool, args) {
    const { sys } = tool;
    if (args.operands.length > 0) throw tool.usage("");
    const up = uptimeSeconds(sys);
    if (args.has("p")) yield* tool.print(`${prettyUptime(up)}\n`);
    else if (args.has("s")) yield* tool.print(`${strftime("%F %T", sys.realtimeSeconds() - up)}\n`);
    else yield* tool.print(`${uptimeLine(sys)}\n`);
  },
});
