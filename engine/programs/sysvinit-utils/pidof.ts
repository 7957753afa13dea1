import type { Program } from "../../kernel/process/program.ts";
import { baseName } from "../support/paths.ts";
import { listProcesses, type ProcessInfo } from "../support/process-list.ts";
import { runTool, Tool } from "../support/tool.ts";

export const pidof: Program = {
  name: "pidof",
  package: "sysvinit-utils",
  directory: "/bin",
  docs: {
    summary: "find the process ID of a running program",
    synopsis: "pidof [-s] [-q] [-x] [-o omitpid[,omitpid...]] [-S separator] program [program...]",
    options: [
      ["-s", "single shot: only one process ID"],
      ["-q", "quiet: only the exit status"],
      ["-x", "scripts too"],
      ["-o omitpid", "omit processes with these process IDs"],
      ["-S separator", "between process IDs"],
    ],
  },
  *main(sys, argv) {
    return yield* runTool(new Tool(sys, "pidof"), function* (tool) {
      let single = false;
      let quiet = false;
      let separator = " ";
      const omitted = new Set([sys.pid]);
      let at = 1;
      for (; argv[at]?.startsWith("-"); at++) {
        const word = argv[at] as string;
        if (word === "-o" || word === "-S") {
          at += 1;
          const value = argv[at] ?? "";
          if (word === "-S") separator = value;
          else
            for (const pid of value.split(","))
              omitted.add(pid === "%PPID" ? sys.ppid : Number(pid));
          continue;
        }
        for (const letter of word.slice(1)) {
          if (letter === "s") single = true;
          else if (letter === "q") quiet = true;
          else if (!"xz".includes(letter)) throw tool.refuse(`the option '-${letter}'`);
        }
      }
      const names = argv.slice(at);
      // The youngest first.
      const found = listProcesses(sys)
        .filter(
          (process) => !omitted.has(process.pid) && names.some((name) => isNamed(process, name)),
        )
        .map(({ pid }) => pid)
        .reverse();
      const shown = single ? found.slice(0, 1) : found;
      if (!quiet && shown.length > 0) yield* tool.print(`${shown.join(separator)}\n`);
      return shown.length > 0 ? 0 : 1;
    });
  },
};

function isNamed(process: ProcessInfo, name: string): boolean {
  const first = process.argv[0];
  if (first === undefined) return false;
  if (name.includes("/")) return first === name;
  return baseName(first.replace(/^-/, "")) === name || process.comm === name;
}
