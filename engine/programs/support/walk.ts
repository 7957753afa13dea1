/** Recursion into directories for chmod, chown and du: parents before or after their children. */
import type { Stat } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { isErrno } from "./command.ts";
import { joinPath } from "./paths.ts";
import { quoteName } from "./quote.ts";
import { reason, type Tool } from "./tool.ts";

/** The path and all below it, parents first; links are not followed. */
export function* walk(
  tool: Tool,
  path: string,
  visit: (path: string, stat: Stat) => Blocking<void>,
): Blocking<void> {
  const stat = tool.sys.stat(path, { followLinks: false });
  yield* visit(path, stat);
  if (stat.kind !== "directory") return;
  let names: readonly string[];
  try {
    names = tool.sys.readdir(path);
  } catch (error) {
    if (!isErrno(error)) throw error;
    yield* tool.warn(`cannot read directory ${quoteName(path)}: ${reason(error)}`);
    return;
  }
  for (const name of names) yield* walk(tool, joinPath(path, name), visit);
}
