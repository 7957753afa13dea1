import { findGroup, findUser } from "../support/accounts.ts";
import { copyBytes, destinationOf, lookAt } from "../support/copying.ts";
import { applyMode } from "../support/file-mode.ts";
import { dirName } from "../support/paths.ts";
import { quoteName, quoteText } from "../support/quote.ts";
import { defineTool, reason, type Arguments, type Tool } from "../support/tool.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";

export const install = defineTool({
  name: "install",
  package: "coreutils",
  summary: "copy files and set attributes",
  usage: [
    "[OPTION]... [-T] SOURCE DEST",
    "[OPTION]... SOURCE... DIRECTORY",
    "[OPTION]... -d DIRECTORY...",
  ],
  options: [
    ["-d, --directory", "treat all arguments as directory names; create them"],
    ["-D", "create all leading components of DEST, then copy SOURCE to DEST"],
    ["-g, --group=GROUP", "set group ownership"],
    ["-m, --mode=MODE", "set permission mode (as in chmod), instead of rwxr-xr-x"],
    ["-o, --owner=OWNER", "set ownership"],
    ["-p, --preserve-timestamps", "apply modification times of SOURCE files"],
    ["-t, --target-directory=DIR", "copy all SOURCE arguments into DIRECTORY"],
    ["-T, --no-target-directory", "treat DEST as a normal file"],
    ["-v, --verbose", "print the name of each file as it is created"],
  ],
  unmodelled: [
    "-b",
    "--backup[=CONTROL]",
    "-c",
    "-C",
    "--compare",
    "-s",
    "--strip",
    "--strip-program=PROGRAM",
    "-S SUFFIX",
    "--suffix=SUFFIX",
    "-Z",
    "--context[=CTX]",
  ],
  *run(tool, args) {
    const { sys } = tool;
    const typed = args.value("m") ?? "0755";
    const mode = applyMode(typed, 0, false, 0);
    if (mode === undefined) throw tool.fail(`invalid mode ${quoteText(typed)}`);
    if (args.has("d")) {
      if (args.operands.length === 0) throw tool.usage("missing file operand");
      for (const path of args.operands) yield* makeDirectories(tool, path, mode, args);
      return;
    }
    if (args.has("D") && args.operands.length === 2) {
      yield* makeDirectories(tool, dirName(args.operands[1] as string), 0o755, undefined);
    }
    const { sources, intoDirectory } = destinationOf(tool, args);
    for (const source of sources) {
      const to = intoDirectory(source);
      const from = lookAt(tool, source, true);
      if (!from) {
        yield* tool.warn(`cannot stat ${quoteName(source)}: No such file or directory`);
        continue;
      }
      if (from.kind === "directory") {
        yield* tool.warn(`omitting directory ${quoteName(source)}`);
        continue;
      }
      if (lookAt(tool, to, false)) sys.unlink(to);
      if (!(yield* copyBytes(tool, source, to, 0o600, false))) continue;
      if (args.has("v")) yield* tool.print(`${quoteName(source)} -> ${quoteName(to)}\n`);
      own(tool, to, args);
      sys.chmod(to, mode);
      if (args.has("p")) sys.utimes(to, from.modifiedSeconds);
    }
  },
});

function own(tool: Tool, path: string, args: Arguments): void {
  const owner = args.value("o");
  const group = args.value("g");
  const stat = tool.sys.stat(path);
  const uid = owner === undefined ? stat.uid : findUser(tool.sys, owner);
  const gid = group === undefined ? stat.gid : findGroup(tool.sys, group);
  if (uid === undefined) throw tool.fail(`invalid user ${quoteText(owner ?? "")}`);
  if (gid === undefined) throw tool.fail(`invalid group ${quoteText(group ?? "")}`);
  if (uid !== stat.uid || gid !== stat.gid) tool.sys.chown(path, uid, gid);
}

function* makeDirectories(
  tool: Tool,
  path: string,
  mode: number,
  args: Arguments | undefined,
): Blocking<void> {
  const steps = [...path.matchAll(/[^/]+\/*/g)].map((part) =>
    path.slice(0, part.index + part[0].length),
  );
  for (const step of steps) {
    if (lookAt(tool, step, true)?.kind === "directory") continue;
    try {
      tool.sys.mkdir(step, 0o755);
    } catch (error) {
      yield* tool.warn(`cannot create directory ${quoteName(step)}: ${reason(error)}`);
      return;
    }
    if (args?.has("v")) yield* tool.print(`${tool.name}: creating directory ${quoteName(step)}\n`);
  }
  if (!args) return;
  own(tool, path, args);
  tool.sys.chmod(path, mode);
}
