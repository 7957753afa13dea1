import { checkLabText } from "../../engine/headless.ts";
import { UsageError } from "./failure.ts";
import type { Output } from "./output.ts";
import { describeProblem, readText } from "./files.ts";

export function check(args: readonly string[], output: Output): number {
  const option = args.find((word) => word.startsWith("-") && word !== "-");
  if (option !== undefined) throw new UsageError(`unknown option "${option}"`);
  if (args.length === 0) throw new UsageError("expected a lab file");
  let broken = 0;
  for (const file of args) {
    const problems = checkLabText(readText(file));
    if (problems.length > 0) broken += 1;
    for (const problem of problems) output.error(`${describeProblem(file, problem)}\n`);
    if (problems.length === 0) output.print(`${file}: fine\n`);
  }
  return broken > 0 ? 1 : 0;
}
