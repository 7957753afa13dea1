import type { Program } from "../../kernel/process/program.ts";
import { byteString } from "../support/bytes.ts";
import { expandEscapes } from "../support/escapes.ts";
import { runTool, Tool, versionText } from "../support/tool.ts";

const HELP = `Usage: /bin/echo [SHORT-OPTION]... [STRING]...
  or:  /bin/echo LONG-OPTION
Echo the STRING(s) to standard output.

  -n             do not output the trailing newline
  -e             enable interpretation of backslash escapes
  -E             disable interpretation of backslash escapes (default)
      --help     display this help and exit
      --version  output version information and exit
`;

/** Takes its words as they are: what is not an option of its own is text. */
export const echo: Program = {
  name: "echo",
  package: "coreutils",
  docs: {
    summary: "display a line of text",
    synopsis: "echo [SHORT-OPTION]... [STRING]...",
    options: [
      ["-n", "do not output the trailing newline"],
      ["-e", "enable interpretation of backslash escapes"],
      ["-E", "disable interpretation of backslash escapes (default)"],
    ],
    examples: ["echo hello", "echo -e 'a\\tb'"],
  },
  *main(sys, argv) {
    return yield* runTool(new Tool(sys, argv[0] ?? "echo"), function* (tool) {
      if (argv.length === 2 && argv[1] === "--help") {
        yield* tool.print(HELP);
        return;
      }
      if (argv.length === 2 && argv[1] === "--version") {
        yield* tool.print(`${versionText("coreutils", "echo")}\n`);
        return;
      }
      let newline = true;
      let escapes = false;
      let at = 1;
      for (; /^-[neE]+$/.test(argv[at] ?? ""); at++) {
        for (const letter of (argv[at] as string).slice(1)) {
          if (letter === "n") newline = false;
          else escapes = letter === "e";
        }
      }
      const text = byteString(argv.slice(at).join(" "));
      if (!escapes) {
        yield* tool.out.write(newline ? `${text}\n` : text);
        return;
      }
      const expanded = expandEscapes(text, "echo");
      yield* tool.out.write(expanded.stopped || !newline ? expanded.text : `${expanded.text}\n`);
    });
  },
};
