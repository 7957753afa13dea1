import { byteString, stringToBytes } from "../support/bytes.ts";
import { defineTool } from "../support/tool.ts";

const BLOCK_BYTES = 8192;

export const yes = defineTool({
  name: "yes",
  package: "coreutils",
  summary: "output a string repeatedly until killed",
  usage: ["[STRING]..."],
  description: "Repeatedly output a line with all specified STRING(s), or 'y'.",
  *run(tool, args) {
    const line = `${byteString(args.operands.length === 0 ? "y" : args.operands.join(" "))}\n`;
    const block = stringToBytes(line.repeat(Math.max(1, Math.floor(BLOCK_BYTES / line.length))));
    for (;;) {
      yield* tool.sys.write(1, block);
      yield* tool.sys.yieldCpu();
    }
  },
});
