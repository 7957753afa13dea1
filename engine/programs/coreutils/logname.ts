import { defineTool } from "../support/tool.ts";

export const logname = defineTool({
  name: "logname",
  package: "coreutils",
  summary: "print user's login name",
  usage: ["[OPTION]"],
  *run(tool) {
    // utmp is not kept: whoever has a terminal logged in as root.
    if (!tool.sys.isatty(0)) throw tool.fail("no login name");
    yield* tool.print("root\n");
  },
});
