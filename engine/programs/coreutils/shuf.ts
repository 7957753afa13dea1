import { byteString } from "../support/bytes.ts";
import { readText, splitLines } from "../support/input.ts";
import { quoteIfNeeded, quoteText } from "../support/quote.ts";
import { defineTool, reason } from "../support/tool.ts";

const MAX_RANGE = 1_000_000;

export const shuf = defineTool({
  name: "shuf",
  package: "coreutils",
  summary: "generate random permutations",
  usage: ["[OPTION]... [FILE]", "-e [OPTION]... [ARG]...", "-i LO-HI [OPTION]..."],
  description: "Write a random permutation of the input lines to standard output.",
  options: [
    ["-e, --echo", "treat each ARG as an input line"],
    ["-i, --input-range=LO-HI", "treat each number LO through HI as an input line"],
    ["-n, --head-count=COUNT", "output at most COUNT lines"],
    ["-r, --repeat", "output lines can be repeated"],
    ["-z, --zero-terminated", "line delimiter is NUL, not newline"],
  ],
  unmodelled: ["-o FILE", "--output=FILE", "--random-source=FILE"],
  *run(tool, args) {
    const end = args.has("z") ? "\0" : "\n";
    const range = args.value("i");
    let lines: string[];
    if (range !== undefined) {
      const found = /^(\d+)-(\d+)$/.exec(range);
      if (!found || Number(found[2]) < Number(found[1]))
        throw tool.fail(`invalid input range: ${quoteText(range)}`);
      const [low, high] = [Number(found[1]), Number(found[2])];
      if (high - low >= MAX_RANGE) throw tool.fail("memory exhausted");
      lines = Array.from({ length: high - low + 1 }, (_, index) => String(low + index));
    } else if (args.has("e")) {
      lines = args.operands.map(byteString);
    } else {
      const [path = "-", extra] = args.operands;
      if (extra !== undefined) throw tool.usage(`extra operand ${quoteText(extra)}`);
      try {
        lines = splitLines(
          yield* readText(tool.sys, path === "-" ? 0 : tool.sys.open(path, { read: true })),
          end,
        );
      } catch (error) {
        throw tool.fail(`${quoteIfNeeded(path)}: ${reason(error)}`);
      }
    }
    const typed = args.value("n");
    if (typed !== undefined && !/^\d+$/.test(typed))
      throw tool.fail(`invalid line count: ${quoteText(typed)}`);
    const limit = typed === undefined ? Infinity : Number(typed);
    const { random } = tool.sys;
    if (args.has("r")) {
      if (lines.length === 0 && limit > 0) throw tool.fail("no lines to repeat");
      for (let count = 0; count < limit; count++)
        yield* tool.out.write((lines[random.below(lines.length)] as string) + end);
      return;
    }
    for (let count = 0; count < limit && lines.length > 0; count++) {
      const index = random.below(lines.length);
      const chosen = lines[index] as string;
      // The last takes the place of the one drawn: no shifting.
      lines[index] = lines[lines.length - 1] as string;
      lines.pop();
      yield* tool.out.write(chosen + end);
    }
  },
});
