import { isErrno } from "../support/command.ts";
import { applyMode } from "../support/file-mode.ts";
import { quoteName, quoteText } from "../support/quote.ts";
import { defineTool, reason, type Tool } from "../support/tool.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";

export const mkdir = defineTool({
  name: "mkdir",
  package: "coreutils",
  summary: "make directories",
  usage: ["[OPTION]... DIRECTORY..."],
  description: "Create the DIRECTORY(ies), if they do not already exist.",
  options: [
    ["-m, --mode=MODE", "set file mode (as in chmod), not a=rwx - umask"],
    ["-p, --parents", "no error if existing, make parent directories as needed"],
    ["-v, --verbose", "print a message for each created directory"],
  ],
  unmodelled: ["-Z", "--context[=CTX]"],
  examples: ["mkdir -p /srv/www"],
  *run(tool, args) {
    if (args.operands.length === 0) throw tool.usage("missing operand");
    const typed = args.value("m");
    const mode = typed === undefined ? 0o777 : applyMode(typed, 0o777, true, tool.sys.umask());
    if (mode === undefined) throw tool.fail(`invalid mode ${quoteText(typed ?? "")}`);
    for (const path of args.operands) {
      yield* make(tool, path, mode, typed !== undefined, args.has("p"), args.has("v"));
    }
  },
});

function* make(
  tool: Tool,
  path: string,
  mode: number,
  exact: boolean,
  parents: boolean,
  verbose: boolean,
): Blocking<void> {
  const { sys } = tool;
  const steps = parents
    ? [...path.matchAll(/[^/]+\/*/g)].map((part) =>
        path.slice(0, part.index + part[0].length).replace(/(.)\/+$/, "$1"),
      )
    : [path];
  for (const [index, step] of steps.entries()) {
    const last = index === steps.length - 1;
    try {
      sys.mkdir(step, last ? mode : 0o777);
      if (last && exact) sys.chmod(step, mode);
      if (verbose)
        yield* tool.print(`${tool.name}: created directory ${quoteName(last ? path : step)}\n`);
    } catch (error) {
      if (parents && isErrno(error, "EEXIST", "EISDIR") && isDirectory(tool, step)) continue;
      const text = parents && !last && isErrno(error, "EEXIST") ? "Not a directory" : reason(error);
      yield* tool.warn(`cannot create directory ${quoteText(last ? path : step)}: ${text}`);
      return;
    }
  }
}

function isDirectory(tool: Tool, path: string): boolean {
  try {
    return tool.sys.stat(path).kind === "directory";
  } catch (error) {
    if (isErrno(error)) return false;
    throw error;
  }
}
