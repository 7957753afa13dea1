/** What cp, mv, ln and install share: where a source goes, and copying a file's bytes. */
import type { Stat } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { isErrno } from "./command.ts";
import { baseName, joinPath } from "./paths.ts";
import { quoteName } from "./quote.ts";
import { reason, type Arguments, type Tool } from "./tool.ts";

/** Whether two names are of one file. */
export function isSameFile(a: Stat, b: Stat): boolean {
  return a.inode === b.inode && a.device === b.device;
}

/** The file, or undefined if there is none. */
export function lookAt(tool: Tool, path: string, followLinks: boolean): Stat | undefined {
  try {
    return tool.sys.stat(path, { followLinks });
  } catch (error) {
    if (isErrno(error)) return undefined;
    throw error;
  }
}

export interface Destination {
  readonly sources: readonly string[];
  readonly target: string;
  /** The path that a source gets. */
  readonly intoDirectory: (source: string) => string;
}

/** `SOURCE DEST`, `SOURCE... DIRECTORY`, `-t DIRECTORY SOURCE...`, with `-T`. */
export function destinationOf(tool: Tool, args: Arguments): Destination {
  const { operands } = args;
  const given = args.value("t");
  if (operands.length === 0) throw tool.usage("missing file operand");
  if (given !== undefined) {
    const stat = lookAt(tool, given, true);
    if (stat?.kind !== "directory") {
      throw tool.fail(
        `target directory ${quoteName(given)}: ${stat ? "Not a directory" : "No such file or directory"}`,
      );
    }
    return {
      sources: operands,
      target: given,
      intoDirectory: (source) => joinPath(given, baseName(source)),
    };
  }
  if (operands.length === 1) {
    throw tool.usage(`missing destination file operand after ${quoteName(operands[0] as string)}`);
  }
  const target = operands.at(-1) as string;
  const sources = operands.slice(0, -1);
  if (args.has("T")) {
    if (sources.length > 1) throw tool.usage(`extra operand ${quoteName(operands[2] as string)}`);
    return { sources, target, intoDirectory: () => target };
  }
  const stat = lookAt(tool, target, true);
  if (stat?.kind === "directory") {
    return { sources, target, intoDirectory: (source) => joinPath(target, baseName(source)) };
  }
  if (sources.length > 1) {
    throw tool.fail(
      `target ${quoteName(target)}: ${stat ? "Not a directory" : "No such file or directory"}`,
    );
  }
  return { sources, target, intoDirectory: () => target };
}

/** Copies a regular file's bytes; false after a message. */
export function* copyBytes(
  tool: Tool,
  from: string,
  to: string,
  mode: number,
  force: boolean,
): Blocking<boolean> {
  const { sys } = tool;
  let input: number;
  try {
    input = sys.open(from, { read: true });
  } catch (error) {
    yield* tool.warn(`cannot open ${quoteName(from)} for reading: ${reason(error)}`);
    return false;
  }
  try {
    let output: number;
    const flags = { write: true, create: true, truncate: true };
    try {
      output = sys.open(to, flags, mode);
    } catch (error) {
      if (!force || !isErrno(error, "EACCES", "ETXTBSY")) {
        yield* tool.warn(`cannot create regular file ${quoteName(to)}: ${reason(error)}`);
        return false;
      }
      sys.unlink(to);
      output = sys.open(to, flags, mode);
    }
    try {
      for (;;) {
        const chunk = yield* sys.read(input, 131072);
        if (chunk.length === 0) return true;
        yield* sys.write(output, chunk);
        yield* sys.yieldCpu();
      }
    } finally {
      sys.close(output);
    }
  } catch (error) {
    yield* tool.warn(`error copying ${quoteName(from)} to ${quoteName(to)}: ${reason(error)}`);
    return false;
  } finally {
    sys.close(input);
  }
}
