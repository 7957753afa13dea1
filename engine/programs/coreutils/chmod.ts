import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { applyMode, modeText } from "../support/file-mode.ts";
import { quoteIfNeeded, quoteName, quoteText } from "../support/quote.ts";
import { defineTool, reason, type Arguments, type Tool } from "../support/tool.ts";
import { walk } from "../support/walk.ts";

export const chmod = defineTool({
  name: "chmod",
  package: "coreutils",
  summary: "change file mode bits",
  usage: [
    "[OPTION]... MODE[,MODE]... FILE...",
    "[OPTION]... OCTAL-MODE FILE...",
    "[OPTION]... --reference=RFILE FILE...",
  ],
  description: "Change the mode of each FILE to MODE.",
  options: [
    ["-c, --changes", "like verbose but report only when a change is made"],
    ["-f, --silent, --quiet", "suppress most error messages"],
    ["-v, --verbose", "output a diagnostic for every file processed"],
    ["--reference=RFILE", "use RFILE's mode instead of MODE values"],
    ["-R, --recursive", "change files and directories recursively"],
  ],
  unmodelled: ["--preserve-root", "--no-preserve-root"],
  examples: ["chmod +x run.sh", "chmod -R u+rwX,go=rX site"],
  // `-x` is a mode here, not an option.
  rewrite: (argv) => {
    const index = argv.findIndex(
      (word, at) =>
        at > 0 && /^-[rwxXstugoa0-7,=+-]*[rwxXst0-7][rwxXst,ugoa=+-]*$/.test(word) && word !== "--",
    );
    if (index < 0 || argv.slice(1, index).some((word) => !word.startsWith("-"))) return argv;
    return [...argv.slice(0, index), "--", ...argv.slice(index)];
  },
  *run(tool, args) {
    const { sys } = tool;
    const reference = args.value("reference");
    const operands = [...args.operands];
    const mode = reference === undefined ? operands.shift() : undefined;
    if (reference === undefined && mode === undefined) throw tool.usage("missing operand");
    if (operands.length === 0) {
      throw tool.usage(
        mode === undefined ? "missing operand" : `missing operand after ${quoteText(mode)}`,
      );
    }
    let wanted: (old: number, isDirectory: boolean) => number;
    if (reference !== undefined) {
      const bits = referenceMode(tool, reference);
      wanted = () => bits;
    } else {
      const typed = mode as string;
      if (applyMode(typed, 0, false, 0) === undefined)
        throw tool.usage(`invalid mode: ${quoteText(typed)}`);
      wanted = (old, isDirectory) => applyMode(typed, old, isDirectory, sys.umask()) as number;
    }
    for (const path of operands) {
      try {
        if (args.has("R")) {
          yield* walk(tool, path, function* (at, stat): Blocking<void> {
            if (stat.kind !== "symlink") yield* change(tool, args, at, wanted);
          });
        } else yield* change(tool, args, path, wanted);
      } catch (error) {
        const text = `cannot access ${quoteName(path)}: ${reason(error)}`;
        if (args.has("f")) tool.status = 1;
        else yield* tool.warn(text);
      }
    }
  },
});

function referenceMode(tool: Tool, path: string): number {
  try {
    return tool.sys.stat(path).mode;
  } catch (error) {
    throw tool.fail(`failed to get attributes of ${quoteIfNeeded(path)}: ${reason(error)}`);
  }
}

function* change(
  tool: Tool,
  args: Arguments,
  path: string,
  wanted: (old: number, isDirectory: boolean) => number,
): Blocking<void> {
  const { sys } = tool;
  const stat = sys.stat(path);
  const mode = wanted(stat.mode, stat.kind === "directory");
  try {
    sys.chmod(path, mode);
  } catch (error) {
    const text = `changing permissions of ${quoteName(path)}: ${reason(error)}`;
    if (args.has("f")) tool.status = 1;
    else yield* tool.warn(text);
    return;
  }
  const show = (bits: number) =>
    `${bits.toString(8).padStart(4, "0")} (${modeText({ kind: stat.kind, mode: bits }).slice(1)})`;
  if (mode !== stat.mode && args.has("v", "c")) {
    yield* tool.print(
      `mode of ${quoteName(path)} changed from ${show(stat.mode)} to ${show(mode)}\n`,
    );
  } else if (args.has("v")) {
    yield* tool.print(`mode of ${quoteName(path)} retained as ${show(mode)}\n`);
  }
}
