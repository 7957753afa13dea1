import { isErrno } from "../support/command.ts";
import { canonicalise } from "../support/canonical-path.ts";
import { quoteIfNeeded } from "../support/quote.ts";
import { defineTool, reason } from "../support/tool.ts";

export const readlink = defineTool({
  name: "readlink",
  package: "coreutils",
  summary: "print resolved symbolic links or canonical file names",
  usage: ["[OPTION]... FILE..."],
  description: "Print value of a symbolic link or canonical file name",
  options: [
    ["-f, --canonicalize", "follow every link of the name; all but the last part must exist"],
    ["-e, --canonicalize-existing", "follow every link; all parts must exist"],
    ["-m, --canonicalize-missing", "follow every link, without requirements on existence"],
    ["-n, --no-newline", "do not output the trailing delimiter"],
    ["-q, --quiet", "suppress most error messages (the default)"],
    ["-s, --silent", "same as --quiet"],
    ["-v, --verbose", "report error messages"],
    ["-z, --zero", "end each output line with NUL, not newline"],
  ],
  examples: ["readlink /proc/self/ns/net", "readlink -f /bin/sh"],
  *run(tool, args) {
    if (args.operands.length === 0) throw tool.usage("missing operand");
    const how = args.lastOf("f", "e", "m") as "f" | "e" | "m" | undefined;
    const end = args.has("n") && args.operands.length === 1 ? "" : args.has("z") ? "\0" : "\n";
    if (args.has("n") && args.operands.length > 1) {
      yield* tool.sys.printError(`${tool.name}: ignoring --no-newline with multiple arguments\n`);
    }
    for (const path of args.operands) {
      try {
        const found =
          how === undefined ? tool.sys.readlink(path) : canonicalise(tool.sys, path, how);
        yield* tool.print(found + end);
      } catch (error) {
        if (!isErrno(error)) throw error;
        tool.status = 1;
        if (args.lastOf("q", "s", "v") === "v")
          yield* tool.warn(`${quoteIfNeeded(path)}: ${reason(error)}`);
      }
    }
  },
});
