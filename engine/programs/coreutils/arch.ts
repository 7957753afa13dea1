import { defineTool } from "../support/tool.ts";

export const arch = defineTool({
  name: "arch",
  package: "coreutils",
  summary: "print machine hardware name (same as uname -m)",
  usage: ["[OPTION]..."],
  *run(tool) {
    yield* tool.print(`${tool.sys.uname().machine}\n`);
  },
});
