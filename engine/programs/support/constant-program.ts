import type { Program } from "../../kernel/process/program.ts";
import { versionText } from "./tool.ts";

/** `true` and `false`: every argument is ignored, but a lone --help or --version. */
export function constantProgram(name: string, summary: string, status: number): Program {
  return {
    name,
    package: "coreutils",
    docs: { summary, synopsis: `${name} [ignored command line arguments]` },
    *main(sys, argv) {
      if (argv.length === 2 && argv[1] === "--version") {
        yield* sys.print(`${versionText("coreutils", name)}\n`);
      } else if (argv.length === 2 && argv[1] === "--help") {
        yield* sys.print(
          `Usage: ${argv[0]} [ignored command line arguments]\n  or:  ${argv[0]} OPTION\nExit with a status code indicating ${status === 0 ? "success" : "failure"}.\n`,
        );
      }
      return status;
    },
  };
}
