import type { Stat } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { isErrno } from "../support/command.ts";
import { confirm } from "../support/confirm.ts";
import { copyBytes, destinationOf, isSameFile, lookAt } from "../support/copying.ts";
import { joinPath } from "../support/paths.ts";
import { quoteName } from "../support/quote.ts";
import { defineTool, reason, type Arguments, type Tool } from "../support/tool.ts";

export const cp = defineTool({
  name: "cp",
  package: "coreutils",
  summary: "copy files and directories",
  usage: [
    "[OPTION]... [-T] SOURCE DEST",
    "[OPTION]... SOURCE... DIRECTORY",
    "[OPTION]... -t DIRECTORY SOURCE...",
  ],
  description: "Copy SOURCE to DEST, or multiple SOURCE(s) to DIRECTORY.",
  options: [
    ["-a, --archive", "same as -dR --preserve=all"],
    ["-d", "same as --no-dereference --preserve=links"],
    ["-f, --force", "if a file cannot be opened, remove it and try again"],
    ["-i, --interactive", "prompt before overwrite"],
    ["-l, --link", "hard link files instead of copying"],
    ["-L, --dereference", "always follow symbolic links in SOURCE"],
    ["-n, --no-clobber", "do not overwrite an existing file"],
    ["-P, --no-dereference", "never follow symbolic links in SOURCE"],
    ["-p", "same as --preserve=mode,ownership,timestamps"],
    ["--preserve[=ATTR_LIST]", "preserve mode, ownership and timestamps"],
    ["-R, -r, --recursive", "copy directories recursively"],
    ["-s, --symbolic-link", "make symbolic links instead of copying"],
    ["-t, --target-directory=DIR", "copy all SOURCE arguments into DIRECTORY"],
    ["-T, --no-target-directory", "treat DEST as a normal file"],
    ["-u, --update", "copy only when the SOURCE file is newer"],
    ["-v, --verbose", "explain what is being done"],
  ],
  unmodelled: [
    "--attributes-only",
    "-b",
    "--backup[=CONTROL]",
    "--copy-contents",
    "-H",
    "--no-preserve=LIST",
    "--parents",
    "--reflink[=WHEN]",
    "--remove-destination",
    "--sparse=WHEN",
    "--strip-trailing-slashes",
    "-S SUFFIX",
    "--suffix=SUFFIX",
    "-x",
    "--one-file-system",
    "-Z",
    "--context[=CTX]",
  ],
  examples: ["cp -r site /var/www", "cp -a /etc /backup"],
  *run(tool, args) {
    const { sources, target, intoDirectory } = destinationOf(tool, args);
    for (const source of sources) {
      yield* new Copier(tool, args).copy(source, intoDirectory(source), target);
    }
  },
});

class Copier {
  private readonly recursive: boolean;
  private readonly preserve: boolean;

  constructor(
    private readonly tool: Tool,
    private readonly args: Arguments,
  ) {
    this.recursive = args.has("R", "a");
    this.preserve = args.has("a", "p", "preserve");
  }

  *copy(source: string, to: string, root: string): Blocking<void> {
    const { tool, args } = this;
    const { sys } = tool;
    const choice = args.lastOf("L", "P", "d", "a");
    const follow = choice === "L" || (choice === undefined && !this.recursive);
    let from: Stat;
    try {
      from = sys.stat(source, { followLinks: follow });
    } catch (error) {
      yield* tool.warn(`cannot stat ${quoteName(source)}: ${reason(error)}`);
      return;
    }
    const old = lookAt(tool, to, true);
    if (from.kind === "directory") {
      if (!this.recursive) {
        yield* tool.warn(`-r not specified; omitting directory ${quoteName(source)}`);
        return;
      }
      yield* this.directory(source, from, to, old, root);
      return;
    }
    if (old?.kind === "directory") {
      yield* tool.warn(
        `cannot overwrite directory ${quoteName(to)} with non-directory ${quoteName(source)}`.replace(
          / '[^']*'$/,
          "",
        ),
      );
      return;
    }
    if (old && isSameFile(old, from) && !args.has("l", "s")) {
      yield* tool.warn(`${quoteName(source)} and ${quoteName(to)} are the same file`);
      return;
    }
    if (old && (args.has("n") || (args.has("u") && old.modifiedSeconds >= from.modifiedSeconds)))
      return;
    if (old && args.has("i") && !(yield* confirm(tool, `overwrite ${quoteName(to)}? `))) return;
    if (args.has("v")) yield* tool.print(`${quoteName(source)} -> ${quoteName(to)}\n`);
    yield* this.leaf(source, from, to, old);
  }

  private *leaf(source: string, from: Stat, to: string, old: Stat | undefined): Blocking<void> {
    const { tool, args } = this;
    const { sys } = tool;
    try {
      if (args.has("l", "s") || from.kind === "symlink") {
        if (old || lookAt(tool, to, false)) sys.unlink(to);
        if (args.has("l")) sys.link(source, to);
        else sys.symlink(args.has("s") ? source : sys.readlink(source), to);
        return;
      }
    } catch (error) {
      const kind = args.has("l") ? "hard link" : "symbolic link";
      yield* tool.warn(`cannot create ${kind} ${quoteName(to)}: ${reason(error)}`);
      return;
    }
    if (!(yield* copyBytes(tool, source, to, from.mode & 0o777, args.has("f")))) return;
    if (this.preserve) this.keepAttributes(from, to);
  }

  private *directory(
    source: string,
    from: Stat,
    to: string,
    old: Stat | undefined,
    root: string,
  ): Blocking<void> {
    const { tool, args } = this;
    const { sys } = tool;
    if (old && old.kind !== "directory") {
      yield* tool.warn(
        `cannot overwrite non-directory ${quoteName(to)} with directory ${quoteName(source)}`,
      );
      return;
    }
    if (
      `${sys.realpath(".")}/${to}`.startsWith(`${sys.realpath(source)}/`) ||
      `${to}/`.startsWith(`${source.replace(/\/+$/, "")}/`)
    ) {
      yield* tool.warn(
        `cannot copy a directory, ${quoteName(source)}, into itself, ${quoteName(to || root)}`,
      );
      return;
    }
    try {
      if (!old) {
        sys.mkdir(to, from.mode & 0o777);
        if (args.has("v")) yield* tool.print(`${quoteName(source)} -> ${quoteName(to)}\n`);
      }
    } catch (error) {
      yield* tool.warn(`cannot create directory ${quoteName(to)}: ${reason(error)}`);
      return;
    }
    try {
      for (const name of sys.readdir(source)) {
        yield* this.copy(joinPath(source, name), joinPath(to, name), root);
      }
    } catch (error) {
      if (!isErrno(error, "EACCES")) throw error;
      yield* tool.warn(`cannot access ${quoteName(source)}: ${reason(error)}`);
    }
    if (this.preserve) this.keepAttributes(from, to);
  }

  private keepAttributes(from: Stat, to: string): void {
    const { sys } = this.tool;
    sys.chown(to, from.uid, from.gid);
    sys.chmod(to, from.mode);
    sys.utimes(to, from.modifiedSeconds);
  }
}
