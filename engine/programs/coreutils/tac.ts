import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { readText } from "../support/input.ts";
import { defineTool } from "../support/tool.ts";

export const tac = defineTool({
  name: "tac",
  package: "coreutils",
  summary: "concatenate and print files in reverse",
  usage: ["[OPTION]... [FILE]..."],
  description: "Write each FILE to standard output, last line first.",
  unmodelled: ["-b", "--before", "-r", "--regex", "-s STRING", "--separator=STRING"],
  *run(tool, args) {
    yield* tool.eachInput(args.operands, function* (source): Blocking<void> {
      const text = yield* readText(tool.sys, source.fd);
      const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
      yield* tool.out.write(lines.reverse().join(""));
    });
  },
});
