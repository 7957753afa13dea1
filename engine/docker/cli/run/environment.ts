/** Environment variables and labels from flags and files. */
import { strerror, KernelError } from "../../../kernel/errno.ts";
import type { Sys } from "../../../kernel/process/sys.ts";
import { CliError } from "../cli.ts";

/** Lines of a file of `KEY=VALUE`; comments and empty lines left out. Throws CliError. */
export function readKeyValueFile(sys: Sys, path: string, kind: string): readonly string[] {
  let text: string;
  try {
    text = sys.readTextFile(path);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    const why = strerror(error.errno).toLowerCase();
    throw new CliError(`open ${path}: ${why}`);
  }
  const out: string[] = [];
  for (const raw of text.split("\n")) {
    const line = raw.replace(/^[ \t]+/, "").replace(/\r$/, "");
    if (line === "" || line.startsWith("#")) continue;
    const name = line.split("=", 1)[0] ?? "";
    if (name === "")
      throw new CliError(`invalid ${kind} file (${path}): no variable name on line '${line}'`);
    if (/[ \t]/.test(name)) {
      throw new CliError(`invalid ${kind} file (${path}): variable '${name}' contains whitespaces`);
    }
    out.push(line);
  }
  return out;
}

/** A variable without a value is ours; one that we do not have either is removed from the image's. */
export function environment(
  sys: Sys,
  files: readonly string[],
  given: readonly string[],
): readonly string[] {
  const lines = files.flatMap((file) =>
    readKeyValueFile(sys, file, "env").filter((line) => line.includes("=") || sys.env.has(line)),
  );
  return [...lines, ...given].map((item) => {
    if (item.includes("=")) return item;
    const own = sys.env.get(item);
    return own === undefined ? item : `${item}=${own}`;
  });
}

/** `k=v` and `k` as a map. */
export function keyValues(items: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    items.map((item) => {
      const equals = item.indexOf("=");
      return equals < 0 ? [item, ""] : [item.slice(0, equals), item.slice(equals + 1)];
    }),
  );
}
