import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { isErrno } from "../support/command.ts";
import { confirm } from "../support/confirm.ts";
import { isSameFile, lookAt } from "../support/copying.ts";
import { baseName, dirName, joinPath, normalisePath } from "../support/paths.ts";
import { quoteName } from "../support/quote.ts";
import { defineTool, reason, type Arguments, type Tool } from "../support/tool.ts";
import { relativePath } from "../support/relative-path.ts";

export const ln = defineTool({
  name: "ln",
  package: "coreutils",
  summary: "make links between files",
  usage: [
    "[OPTION]... [-T] TARGET LINK_NAME",
    "[OPTION]... TARGET",
    "[OPTION]... TARGET... DIRECTORY",
    "[OPTION]... -t DIRECTORY TARGET...",
  ],
  description: "Create hard links by default, symbolic links with --symbolic.",
  options: [
    ["-f, --force", "remove existing destination files"],
    ["-i, --interactive", "prompt whether to remove destinations"],
    ["-n, --no-dereference", "treat LINK_NAME as a normal file if it is a link to a directory"],
    ["-P, --physical", "(the default)"],
    ["-r, --relative", "with -s, create links relative to link location"],
    ["-s, --symbolic", "make symbolic links instead of hard links"],
    ["-t, --target-directory=DIR", "specify the DIRECTORY in which to create the links"],
    ["-T, --no-target-directory", "treat LINK_NAME as a normal file always"],
    ["-v, --verbose", "print name of each linked file"],
  ],
  unmodelled: [
    "-b",
    "--backup[=CONTROL]",
    "-d",
    "-F",
    "--directory",
    "-L",
    "--logical",
    "-S SUFFIX",
    "--suffix=SUFFIX",
  ],
  examples: ["ln -s /etc/hosts h", "ln -sf new current"],
  *run(tool, args) {
    const { operands } = args;
    if (operands.length === 0) throw tool.usage("missing file operand");
    if (args.has("r") && !args.has("s")) throw tool.fail("cannot do --relative without --symbolic");
    const given = args.value("t");
    let targets = operands;
    let directory = given;
    if (given === undefined && operands.length > 1) {
      const last = operands.at(-1) as string;
      const stat = lookAt(tool, last, !args.has("n"));
      targets = operands.slice(0, -1);
      if (stat?.kind === "directory" && !args.has("T")) directory = last;
      else if (targets.length > 1) {
        throw tool.fail(
          `target ${quoteName(last)}: ${stat ? "Not a directory" : "No such file or directory"}`,
        );
      } else {
        yield* link(tool, args, targets[0] as string, last);
        return;
      }
    }
    for (const target of targets) {
      yield* link(tool, args, target, joinPath(directory ?? ".", baseName(target)));
    }
  },
});

function* link(tool: Tool, args: Arguments, target: string, name: string): Blocking<void> {
  const { sys } = tool;
  const symbolic = args.has("s");
  const old = lookAt(tool, name, false);
  const from = symbolic ? undefined : lookAt(tool, target, false);
  if (!symbolic) {
    if (!from) {
      yield* tool.warn(`failed to access ${quoteName(target)}: No such file or directory`);
      return;
    }
    if (from.kind === "directory") {
      yield* tool.warn(`${target}: hard link not allowed for directory`);
      return;
    }
  }
  if (old) {
    const how = args.lastOf("f", "i");
    if (old.kind === "directory" && how !== undefined) {
      yield* tool.warn(`${name}: cannot overwrite directory`);
      return;
    }
    if (how === "i" && !(yield* confirm(tool, `replace ${quoteName(name)}? `))) return;
    if (how !== undefined) {
      if (from && isSameFile(from, old)) {
        yield* tool.warn(`${quoteName(target)} and ${quoteName(name)} are the same file`);
        return;
      }
      sys.unlink(name);
    }
  }
  const written = args.has("r")
    ? relativePath(normalisePath(target, sys.cwd()), normalisePath(dirName(name), sys.cwd()))
    : target;
  try {
    if (symbolic) sys.symlink(written, name);
    else sys.link(target, name);
  } catch (error) {
    const kind = symbolic ? "symbolic" : "hard";
    const both = symbolic || isErrno(error, "EEXIST") ? "" : ` => ${quoteName(target)}`;
    yield* tool.warn(`failed to create ${kind} link ${quoteName(name)}${both}: ${reason(error)}`);
    return;
  }
  if (args.has("v"))
    yield* tool.print(`${quoteName(name)} ${symbolic ? "->" : "=>"} ${quoteName(written)}\n`);
}
