import { defineTool } from "../support/tool.ts";

export const hostid = defineTool({
  name: "hostid",
  package: "coreutils",
  summary: "print the numeric identifier for the current host",
  usage: ["[OPTION]"],
  limitations: [
    "Without /etc/hostid glibc asks for the host's address; here that is always 127.0.1.1.",
  ],
  *run(tool) {
    yield* tool.print("007f0101\n");
  },
});
