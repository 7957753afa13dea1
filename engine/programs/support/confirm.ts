/** Questions on the terminal: `rm: remove regular file 'x'? `. */
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { bytesToString } from "./bytes.ts";
import type { Tool } from "./tool.ts";

/**
 * Whether the line typed begins with y or Y; the end of the input is a no. Undefined: the
 * question was put already.
 */
export function* confirm(tool: Tool, question: string | undefined): Blocking<boolean> {
  yield* tool.out.flush();
  if (question !== undefined) yield* tool.sys.printError(`${tool.name}: ${question}`);
  let answer = "";
  while (!answer.endsWith("\n")) {
    // Byte by byte, so that the next question finds its own line.
    const byte = yield* tool.sys.read(0, 1);
    if (byte.length === 0) break;
    if (answer.length < 4096) answer += bytesToString(byte);
  }
  return /^[yY]/.test(answer);
}
