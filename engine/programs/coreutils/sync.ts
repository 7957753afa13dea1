import { defineTool } from "../support/tool.ts";

export const sync = defineTool({
  name: "sync",
  package: "coreutils",
  summary: "synchronize cached writes to persistent storage",
  usage: ["[OPTION] [FILE]..."],
  options: [
    ["-d, --data", "sync only file data, no unneeded metadata"],
    ["-f, --file-system", "sync the file systems that contain the files"],
  ],
  limitations: ["A file written is on the emulated disk at once: there is nothing to wait for."],
  *run() {
    return 0;
  },
});
