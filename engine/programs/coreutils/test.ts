import type { Program } from "../../kernel/process/program.ts";
import { quoteText, localiseQuotes } from "../support/quote.ts";
import { evaluateTest, TestError } from "../support/test-expression.ts";

const DOCS = {
  options: [
    ["-e -f -d -h -L -p -S -c -b FILE", "the file exists, and is of that kind"],
    ["-s -r -w -x -u -g -k -O -G FILE", "not empty, permissions, owner"],
    ["-t FD", "the descriptor is a terminal"],
    ["FILE1 -nt -ot -ef FILE2", "newer, older, the same file"],
    ["-n -z STRING, STRING = != < > STRING", "strings"],
    ["INTEGER -eq -ne -lt -le -gt -ge INTEGER", "numbers"],
    ["! ( ) -a -o", "logic"],
  ],
} as const;

function testProgram(name: string): Program {
  return {
    name,
    package: "coreutils",
    docs: {
      summary: "check file types and compare values",
      synopsis: name === "[" ? "[ EXPRESSION ]" : "test EXPRESSION",
      ...DOCS,
    },
    *main(sys, argv) {
      let words = argv.slice(1);
      try {
        if (name === "[") {
          if (words.at(-1) !== "]") throw new TestError(`missing ${quoteText("]")}`);
          words = words.slice(0, -1);
        }
        return evaluateTest(sys, words) ? 0 : 1;
      } catch (error) {
        if (!(error instanceof TestError)) throw error;
        yield* sys.printError(localiseQuotes(`${argv[0]}: ${error.message}\n`, sys.env));
        return 2;
      }
    },
  };
}

export const test: Program = testProgram("test");
export const bracket: Program = testProgram("[");
