import { canonicalise } from "../support/canonical-path.ts";
import { normalisePath } from "../support/paths.ts";
import { quoteIfNeeded } from "../support/quote.ts";
import { relativePath } from "../support/relative-path.ts";
import { defineTool, reason } from "../support/tool.ts";

export const realpath = defineTool({
  name: "realpath",
  package: "coreutils",
  summary: "print the resolved path",
  usage: ["[OPTION]... FILE..."],
  description: "Print the resolved absolute file name;\nall but the last component must exist",
  options: [
    ["-e, --canonicalize-existing", "all components of the path must exist"],
    ["-m, --canonicalize-missing", "no path components need exist or be a directory"],
    ["-P, --physical", "resolve symlinks as encountered (default)"],
    ["-q, --quiet", "suppress most error messages"],
    ["--relative-to=DIR", "print the resolved path relative to DIR"],
    ["-s, --no-symlinks", "don't expand symlinks"],
    ["--strip", "same as --no-symlinks"],
    ["-z, --zero", "end each output line with NUL, not newline"],
  ],
  unmodelled: ["-L", "--logical", "--relative-base=DIR"],
  *run(tool, args) {
    if (args.operands.length === 0) throw tool.usage("missing operand");
    const how = args.lastOf("e", "m") === "e" ? "e" : args.has("m") ? "m" : "f";
    const resolve = (path: string) =>
      args.has("s", "strip")
        ? normalisePath(path, tool.sys.cwd())
        : canonicalise(tool.sys, path, how);
    const base = args.value("relative-to");
    for (const path of args.operands) {
      try {
        const found = resolve(path);
        const shown = base === undefined ? found : relativePath(found, resolve(base));
        yield* tool.print(shown + (args.has("z") ? "\0" : "\n"));
      } catch (error) {
        const text = `${quoteIfNeeded(path)}: ${reason(error)}`;
        if (args.has("q")) tool.status = 1;
        else yield* tool.warn(text);
      }
    }
  },
});
