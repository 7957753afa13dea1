import type { Stat } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { isErrno } from "../support/command.ts";
import { confirm } from "../support/confirm.ts";
import { baseName, joinPath } from "../support/paths.ts";
import { quoteName } from "../support/quote.ts";
import { defineTool, reason, type Arguments, type Tool } from "../support/tool.ts";

export const rm = defineTool({
  name: "rm",
  package: "coreutils",
  summary: "remove files or directories",
  usage: ["[OPTION]... [FILE]..."],
  description: "Remove (unlink) the FILE(s).",
  options: [
    ["-d, --dir", "remove empty directories"],
    ["-f, --force", "ignore nonexistent files and arguments, never prompt"],
    ["-i", "prompt before every removal"],
    ["--no-preserve-root", "do not treat '/' specially"],
    ["--preserve-root[=all]", "do not remove '/' (default)"],
    ["-r, --recursive", "remove directories and their contents recursively"],
    ["-R", "same as -r"],
    ["-v, --verbose", "explain what is being done"],
  ],
  unmodelled: ["-I", "--interactive[=WHEN]", "--one-file-system"],
  examples: ["rm -rf /tmp/work"],
  *run(tool, args) {
    const force = args.lastOf("f", "i") === "f";
    if (args.operands.length === 0) {
      if (force) return;
      throw tool.usage("missing operand");
    }
    for (const path of args.operands) {
      if (/^\.\.?$/.test(baseName(path)) && args.has("r", "R")) {
        yield* tool.warn(`refusing to remove '.' or '..' directory: skipping ${quoteName(path)}`);
      } else if (/^\/+$/.test(path) && args.has("r", "R") && !args.has("no-preserve-root")) {
        yield* tool.warn(
          `it is dangerous to operate recursively on ${quoteName(path)}\n${tool.name}: use --no-preserve-root to override this failsafe`,
        );
      } else {
        yield* remove(tool, args, path, force);
      }
    }
  },
});

function* remove(tool: Tool, args: Arguments, path: string, force: boolean): Blocking<void> {
  const { sys } = tool;
  let stat: Stat;
  try {
    stat = sys.stat(path, { followLinks: false });
  } catch (error) {
    if (force && isErrno(error, "ENOENT", "ENOTDIR")) return;
    yield* tool.warn(`cannot remove ${quoteName(path)}: ${reason(error)}`);
    return;
  }
  const interactive = args.lastOf("f", "i") === "i";
  if (stat.kind !== "directory") {
    if (interactive && !(yield* confirm(tool, `remove ${describe(stat)} ${quoteName(path)}? `)))
      return;
    yield* attempt(tool, path, () => sys.unlink(path), args.has("v") ? "removed" : undefined);
    return;
  }
  if (!args.has("r", "R")) {
    if (!args.has("d")) {
      yield* tool.warn(`cannot remove ${quoteName(path)}: Is a directory`);
      return;
    }
  } else {
    const names = sys.readdir(path);
    if (
      interactive &&
      names.length > 0 &&
      !(yield* confirm(tool, `descend into directory ${quoteName(path)}? `))
    ) {
      return;
    }
    for (const name of names) yield* remove(tool, args, joinPath(path, name), force);
  }
  if (interactive && !(yield* confirm(tool, `remove directory ${quoteName(path)}? `))) return;
  yield* attempt(
    tool,
    path,
    () => sys.rmdir(path),
    args.has("v") ? "removed directory" : undefined,
  );
}

function* attempt(
  tool: Tool,
  path: string,
  act: () => void,
  said: string | undefined,
): Blocking<void> {
  try {
    act();
  } catch (error) {
    yield* tool.warn(`cannot remove ${quoteName(path)}: ${reason(error)}`);
    return;
  }
  if (said !== undefined) yield* tool.print(`${said} ${quoteName(path)}\n`);
}

function describe(stat: Stat): string {
  if (stat.kind === "symlink") return "symbolic link";
  if (stat.kind === "file") return stat.sizeBytes === 0 ? "regular empty file" : "regular file";
  return stat.kind === "char" ? "character special file" : stat.kind;
}
