import { parseDuration, secondsToNs } from "../support/numbers.ts";
import { quoteText } from "../support/quote.ts";
import { defineTool } from "../support/tool.ts";

export const sleep = defineTool({
  name: "sleep",
  package: "coreutils",
  summary: "delay for a specified amount of time",
  usage: ["NUMBER[SUFFIX]...", "OPTION"],
  description:
    "Pause for NUMBER seconds.  SUFFIX may be 's' for seconds (the default),\n'm' for minutes, 'h' for hours or 'd' for days.",
  examples: ["sleep 0.5", "sleep 1m"],
  *run(tool, args) {
    if (args.operands.length === 0) throw tool.usage("missing operand");
    let total = 0;
    for (const text of args.operands) {
      const seconds = parseDuration(text);
      if (seconds === undefined) {
        yield* tool.warn(`invalid time interval ${quoteText(text)}`);
      } else {
        total += seconds;
      }
    }
    if (tool.status !== 0) throw tool.usage("");
    yield* tool.sys.sleep(secondsToNs(total));
  },
});
