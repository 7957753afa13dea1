import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { LineSource } from "../support/input.ts";
import { quoteText } from "../support/quote.ts";
import { defineTool, type Tool } from "../support/tool.ts";

/** Trial division beyond this would hold the machine too long. */
const MAX_NUMBER = 2 ** 53 - 1;

export const factor = defineTool({
  name: "factor",
  package: "coreutils",
  summary: "factor numbers",
  usage: ["[NUMBER]..."],
  description: "Print the prime factors of each specified integer NUMBER.",
  limitations: ["Numbers of more than 53 bits are not modelled."],
  *run(tool, args) {
    if (args.operands.length > 0) {
      for (const text of args.operands) yield* one(tool, text);
      return;
    }
    const source = new LineSource(tool.sys, 0);
    for (let line = yield* source.next(); line !== undefined; line = yield* source.next()) {
      for (const text of line.split(/[ \t]+/).filter(Boolean)) yield* one(tool, text);
    }
  },
});

function* one(tool: Tool, text: string): Blocking<void> {
  const trimmed = text.trim().replace(/^\+/, "");
  if (!/^\d+$/.test(trimmed)) {
    yield* tool.warn(`${quoteText(text)} is not a valid positive integer`);
    return;
  }
  let rest = Number(trimmed);
  if (rest > MAX_NUMBER) throw tool.refuse(`numbers as large as ${trimmed}`);
  const factors: number[] = [];
  for (let divisor = 2; divisor * divisor <= rest; divisor += divisor === 2 ? 1 : 2) {
    for (; rest % divisor === 0; rest /= divisor) factors.push(divisor);
    if (divisor % 1000 === 1) yield* tool.sys.yieldCpu();
  }
  if (rest > 1) factors.push(rest);
  yield* tool.out.write(`${Number(trimmed)}:${factors.map((prime) => ` ${prime}`).join("")}\n`);
}
