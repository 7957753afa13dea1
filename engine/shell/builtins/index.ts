/** Every builtin, by name. */
import type { Shell } from "../shell.ts";
import type { Builtin } from "./builtin.ts";
import { commandBuiltins } from "./commands.ts";
import { completionBuiltins } from "./completion.ts";
import { declareBuiltins } from "./declare.ts";
import { directoryBuiltins } from "./directories.ts";
import { echo } from "./echo.ts";
import { flowBuiltins } from "./flow.ts";
import { getopts } from "./getopts.ts";
import { help } from "./help.ts";
import { historyBuiltins } from "./history.ts";
import { jobBuiltins } from "./jobs.ts";
import { mapfileBuiltins } from "./mapfile.ts";
import { optionBuiltins } from "./options.ts";
import { printf } from "./printf.ts";
import { read } from "./read.ts";
import { systemBuiltins } from "./system.ts";
import { testBuiltins } from "./test.ts";
import { trap } from "./trap.ts";

export const BUILTINS: ReadonlyMap<string, Builtin> = new Map(
  [
    ...commandBuiltins,
    ...completionBuiltins,
    ...declareBuiltins,
    ...directoryBuiltins,
    ...flowBuiltins,
    ...historyBuiltins,
    ...jobBuiltins,
    ...mapfileBuiltins,
    ...optionBuiltins,
    ...systemBuiltins,
    ...testBuiltins,
    echo,
    getopts,
    help,
    printf,
    read,
    trap,
  ]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((builtin) => [builtin.name, builtin]),
);

/** The builtin of that name that this shell has, and has not disabled. */
export function findBuiltin(shell: Shell, name: string): Builtin | undefined {
  const builtin = BUILTINS.get(name);
  if (!builtin || shell.disabledBuiltins.has(name)) return undefined;
  return shell.isBash || builtin.posix ? builtin : undefined;
}
