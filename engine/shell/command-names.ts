/** Every name that can be typed as a command. */
import { KernelError } from "../kernel/errno.ts";
import { BUILTINS, findBuiltin } from "./builtins/index.ts";
import { isExecutable } from "./external.ts";
import type { Shell } from "./shell.ts";

const KEYWORDS =
  "if then else elif fi for while until do done case esac in function select time".split(" ");

export function commandNames(shell: Shell): string[] {
  const names = new Set<string>([...KEYWORDS, ...shell.aliases.keys(), ...shell.functions.keys()]);
  for (const name of BUILTINS.keys()) if (findBuiltin(shell, name)) names.add(name);
  for (const directory of (shell.variables.value("PATH") ?? "").split(":")) {
    for (const name of list(shell, directory)) {
      if (isExecutable(shell, `${directory}/${name}`)) names.add(name);
    }
  }
  return [...names].sort();
}

function list(shell: Shell, directory: string): readonly string[] {
  try {
    return shell.sys.readdir(directory === "" ? "." : directory);
  } catch (error) {
    if (error instanceof KernelError) return [];
    throw error;
  }
}
