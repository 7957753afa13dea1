import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { LineSource } from "../support/input.ts";
import { defineTool, reason } from "../support/tool.ts";

export const rev = defineTool({
  name: "rev",
  package: "util-linux",
  summary: "reverse lines characterwise",
  usage: ["[options] [file ...]"],
  limitations: ["Characters are bytes, as in the C locale."],
  *run(tool, args) {
    for (const path of args.operands.length === 0 ? ["-"] : args.operands) {
      let fd = 0;
      try {
        if (path !== "-") fd = tool.sys.open(path, { read: true });
      } catch (error) {
        yield* tool.warn(`cannot open ${path}: ${reason(error)}`);
        continue;
      }
      yield* reverse(new LineSource(tool.sys, fd));
      if (fd !== 0) tool.sys.close(fd);
    }

    function* reverse(source: LineSource): Blocking<void> {
      for (let line = yield* source.next(); line !== undefined; line = yield* source.next()) {
        yield* tool.out.write([...line].reverse().join("") + (source.terminated ? "\n" : ""));
      }
    }
  },
});
