/** `set -x`: commands as they are about to run. */
import type { Blocking } from "../kernel/process/wait-queue.ts";
import { expandPrompt } from "./prompt.ts";
import { quoteIfNeeded } from "./quoting.ts";
import type { Shell } from "./shell.ts";

/** `raw` words are printed as they stand. */
export function* trace(shell: Shell, words: readonly string[], raw = false): Blocking<void> {
  if (!shell.options.has("xtrace")) return;
  shell.options.change("xtrace", false);
  const { status } = shell;
  let prefix: string;
  try {
    prefix = yield* expandPrompt(shell, shell.variables.value("PS4") ?? "");
  } finally {
    shell.options.change("xtrace", true);
    shell.status = status;
  }
  const first = prefix.charAt(0).repeat(shell.traceDepth);
  const text = (raw ? words : words.map(quoteIfNeeded)).join(" ");
  yield* shell.write(2, `${first}${prefix}${text}\n`, true);
}
