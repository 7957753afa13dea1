import type { Program } from "../../kernel/process/program.ts";
import { byteString } from "../support/bytes.ts";
import { reason, runTool, Tool, ToolExit } from "../support/tool.ts";
import { Interpreter } from "./interpreter.ts";
import { unescapeString } from "./lexer.ts";
import { parseAwk } from "./parser.ts";
import { AwkSyntaxError, type AwkProgram } from "./syntax.ts";

const USAGE = `Usage: mawk [Options] [Program] [file ...]

Program:
    The -f option value is the name of a file containing program text.
    If no -f option is given, a "--" ends option processing; the following
    parameters are the program text.

Options:
    -f program-file  Program  text is read from file instead of from the
                     command-line.  Multiple -f options are accepted.
    -F value         sets the field separator, FS, to value.
    -v var=value     assigns value to program variable var.
    --               unambiguous end of options.

    Implementation-specific options are prefixed with "-W".  They can be
    abbreviated:

    -W version       show version information and exit.
    -W help          show this message and exit.
    -W interactive   set unbuffered output, line-buffered input.
    -W usage         show this message and exit.
`;

interface CommandLine {
  readonly sources: readonly string[];
  readonly assignments: readonly string[];
  readonly separator: string | undefined;
  readonly interactive: boolean;
  readonly operands: readonly string[];
  /** What to print and be done. */
  readonly answer: string | undefined;
}

export const mawk: Program = {
  name: "mawk",
  package: "mawk",
  docs: {
    summary: "pattern scanning and text processing language",
    synopsis:
      "mawk [-F value] [-v var=value] [--] 'program text' [file ...]\nmawk [-F value] [-v var=value] [-f program-file] [--] [file ...]",
    options: [
      ["-F value", "sets the field separator, FS, to value"],
      ["-f program-file", "program text is read from file"],
      ["-v var=value", "assigns value to program variable var"],
      ["-W version|help|usage|interactive", "show information; unbuffered output"],
    ],
    examples: ["awk '{print $1}'", "awk -F: '$3 >= 1000 {print $1}' /etc/passwd"],
    limitations: ["rand() gives the lab's numbers whatever srand() was given."],
  },
  *main(sys, argv) {
    // Messages name mawk, whatever link it was started by.
    return yield* runTool(new Tool(sys, "mawk", { usageStatus: 2 }), function* (tool) {
      const line = readCommandLine(tool, argv);
      if (line.answer !== undefined) {
        yield* tool.print(line.answer);
        return 0;
      }
      let program: AwkProgram;
      try {
        program = parseAwk(byteString(line.sources.join("\n")));
      } catch (error) {
        if (error instanceof AwkSyntaxError) throw tool.fail(error.message, 2);
        throw error;
      }
      const awk = new Interpreter(tool, program);
      if (line.interactive) tool.out.buffering = "line";
      awk.setArguments([argv[0] ?? "mawk", ...line.operands]);
      if (line.separator !== undefined)
        awk.setVariable("FS", unescapeString(byteString(line.separator)));
      for (const assignment of line.assignments) awk.assignFromText(assignment);
      return yield* awk.run();
    });
  },
};

function readCommandLine(tool: Tool, argv: readonly string[]): CommandLine {
  const sources: string[] = [];
  const assignments: string[] = [];
  let separator: string | undefined;
  let interactive = false;
  let answer: string | undefined;
  let at = 1;
  for (; at < argv.length; at++) {
    const word = argv[at] as string;
    if (word === "--") {
      at += 1;
      break;
    }
    if (!word.startsWith("-") || word === "-") break;
    const letter = word[1] as string;
    if (!"FfvW".includes(letter)) throw tool.fail(`not an option: ${word}`, 2);
    let value = word.slice(2);
    if (value === "") {
      at += 1;
      if (at >= argv.length) throw tool.fail(`option -${letter} lacks argument`, 2);
      value = argv[at] as string;
    }
    if (letter === "F") separator = value;
    else if (letter === "v") {
      if (!/^[A-Za-z_]\w*=/.test(value)) throw tool.fail(`improper assignment: -v ${value}`, 2);
      assignments.push(value);
    } else if (letter === "f") {
      try {
        sources.push(tool.sys.readTextFile(value === "-" ? "/dev/stdin" : value));
      } catch (error) {
        throw tool.fail(`cannot open ${value} (${reason(error)})`, 2);
      }
    } else if ("version".startsWith(value) && value !== "") answer = "mawk 1.3.4 20200120\n";
    else if ("help".startsWith(value) || "usage".startsWith(value)) answer = USAGE;
    else if ("interactive".startsWith(value)) interactive = true;
    else throw tool.refuse(`the option '-W ${value}'`);
  }
  const operands = argv.slice(at);
  if (answer === undefined && sources.length === 0) {
    const source = operands.shift();
    if (source === undefined) throw new ToolExit(0, USAGE);
    sources.push(source);
  }
  return { sources, assignments, separator, interactive, operands, answer };
}
