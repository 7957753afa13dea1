import {
  matchProcesses,
  MATCHING_OPTIONS,
  UNMODELLED_MATCHING,
} from "../support/process-matching.ts";
import { defineTool } from "../support/tool.ts";

export const pgrep = defineTool({
  name: "pgrep",
  package: "procps",
  summary: "look up processes based on name and other attributes",
  usage: ["[options] <pattern>"],
  usageStatus: 2,
  options: [
    ["-d, --delimiter=<string>", "specify output delimiter"],
    ["-l, --list-name", "list PID and process name"],
    ["-a, --list-full", "list PID and full command line"],
    ["-v, --inverse", "negates the matching"],
    ["-c, --count", "count of matching processes"],
    ...MATCHING_OPTIONS,
  ],
  unmodelled: ["-w", "--lightweight", ...UNMODELLED_MATCHING],
  examples: ["pgrep -a dnsmasq"],
  *run(tool, args) {
    const found = matchProcesses(tool, args, args.has("v"));
    if (args.has("c")) yield* tool.print(`${found.length}\n`);
    else if (found.length > 0) {
      const items = found.map(({ pid, comm, argv }) => {
        if (args.has("a")) return `${pid} ${argv.join(" ") || comm}`;
        return args.has("l") ? `${pid} ${comm}` : String(pid);
      });
      yield* tool.print(`${items.join(args.value("d") ?? "\n")}\n`);
    }
    return found.length > 0 ? 0 : 1;
  },
});
