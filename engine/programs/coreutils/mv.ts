import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { isErrno, runCommand } from "../support/command.ts";
import { confirm } from "../support/confirm.ts";
import { destinationOf, isSameFile, lookAt } from "../support/copying.ts";
import { quoteName } from "../support/quote.ts";
import { defineTool, reason, type Arguments, type Tool } from "../support/tool.ts";

export const mv = defineTool({
  name: "mv",
  package: "coreutils",
  summary: "move (rename) files",
  usage: [
    "[OPTION]... [-T] SOURCE DEST",
    "[OPTION]... SOURCE... DIRECTORY",
    "[OPTION]... -t DIRECTORY SOURCE...",
  ],
  description: "Rename SOURCE to DEST, or move SOURCE(s) to DIRECTORY.",
  options: [
    ["-f, --force", "do not prompt before overwriting"],
    ["-i, --interactive", "prompt before overwrite"],
    ["-n, --no-clobber", "do not overwrite an existing file"],
    ["-t, --target-directory=DIR", "move all SOURCE arguments into DIRECTORY"],
    ["-T, --no-target-directory", "treat DEST as a normal file"],
    ["-u, --update", "move only when the SOURCE file is newer"],
    ["-v, --verbose", "explain what is being done"],
  ],
  unmodelled: [
    "-b",
    "--backup[=CONTROL]",
    "--strip-trailing-slashes",
    "-S SUFFIX",
    "--suffix=SUFFIX",
    "-Z",
    "--context",
  ],
  *run(tool, args) {
    const { sources, intoDirectory } = destinationOf(tool, args);
    for (const source of sources) yield* move(tool, args, source, intoDirectory(source));
  },
});

function* move(tool: Tool, args: Arguments, source: string, to: string): Blocking<void> {
  const { sys } = tool;
  const from = lookAt(tool, source, false);
  if (!from) {
    yield* tool.warn(`cannot stat ${quoteName(source)}: No such file or directory`);
    return;
  }
  const old = lookAt(tool, to, false);
  if (old && isSameFile(old, from)) {
    yield* tool.warn(`${quoteName(source)} and ${quoteName(to)} are the same file`);
    return;
  }
  if (old?.kind === "directory" && from.kind !== "directory") {
    yield* tool.warn(`cannot overwrite directory ${quoteName(to)} with non-directory`);
    return;
  }
  if (old && old.kind !== "directory" && from.kind === "directory") {
    yield* tool.warn(
      `cannot overwrite non-directory ${quoteName(to)} with directory ${quoteName(source)}`,
    );
    return;
  }
  if (old) {
    const last = args.lastOf("f", "i", "n");
    if (last === "n" || (args.has("u") && old.modifiedSeconds >= from.modifiedSeconds)) return;
    if (last === "i" && !(yield* confirm(tool, `overwrite ${quoteName(to)}? `))) return;
  }
  try {
    sys.rename(source, to);
  } catch (error) {
    if (isErrno(error, "EXDEV")) {
      yield* moveAcross(tool, source, to);
    } else if (isErrno(error, "EINVAL")) {
      yield* tool.warn(
        `cannot move ${quoteName(source)} to a subdirectory of itself, ${quoteName(to)}`,
      );
      return;
    } else {
      yield* tool.warn(`cannot move ${quoteName(source)} to ${quoteName(to)}: ${reason(error)}`);
      return;
    }
  }
  if (args.has("v")) yield* tool.print(`renamed ${quoteName(source)} -> ${quoteName(to)}\n`);
}

/** Another file system: copied, then removed. */
function* moveAcross(tool: Tool, source: string, to: string): Blocking<void> {
  const copied = yield* runCommand(tool.sys, ["cp", "-aT", "--", source, to]);
  if (copied === 0) yield* runCommand(tool.sys, ["rm", "-rf", "--", source]);
  tool.status = Math.max(tool.status, copied);
}
