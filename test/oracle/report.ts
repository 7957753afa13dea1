/**
 * `npm run test:oracle -- [--diff] [--update] [NAME…]`: runs the recorded scenarios (those whose
 * names start with NAME) and prints, per area, the steps that match. Fails when a step differs
 * that is not a known mismatch, or when a known one matches; `--update` takes the latter off the
 * list. `--diff` prints every difference.
 */
import { areaTable, evaluate, type Evaluation } from "./evaluate.ts";
import { judge, readKnownMismatches, removeStale } from "./known-mismatches.ts";
import { areaOf, scenarioNames } from "./scenarios.ts";

function main(argv: readonly string[]): number {
  const flags = argv.filter((word) => word.startsWith("-"));
  const prefixes = argv.filter((word) => !word.startsWith("-"));
  const unknown = flags.find((flag) => flag !== "--diff" && flag !== "--update");
  if (unknown !== undefined) {
    console.error(`unknown option ${unknown}; there are --diff and --update`);
    return 2;
  }
  const names = scenarioNames().filter(
    (name) => prefixes.length === 0 || prefixes.some((prefix) => name.startsWith(prefix)),
  );
  if (names.length === 0) {
    console.error(`no scenario's name starts with ${prefixes.join(" or ")}`);
    return 2;
  }
  const known = readKnownMismatches();
  const stale = new Map<string, readonly number[]>();
  const evaluations: Evaluation[] = [];
  let regressions = 0;
  for (const name of names) {
    const evaluation = evaluate(name);
    evaluations.push(evaluation);
    if (evaluation.failure !== undefined) console.log(`${name}: ${evaluation.failure}`);
    const judgement = judge(evaluation.verdicts, known[name] ?? []);
    if (judgement.stale.length > 0) stale.set(name, judgement.stale);
    regressions += judgement.regressions.length;
    for (const verdict of evaluation.verdicts) {
      const fresh = judgement.regressions.includes(verdict);
      if (verdict.differences.length === 0 || !(fresh || flags.includes("--diff"))) continue;
      console.log(`${name} step ${verdict.number} ${verdict.title}${fresh ? "  (new)" : ""}`);
      for (const line of verdict.differences) console.log(`  ${line}`);
    }
  }
  console.log(areaTable(evaluations, areaOf));
  if (flags.includes("--update")) {
    console.log(`${removeStale(stale)} entries removed from test/oracle/known-mismatches.json`);
  } else if (stale.size > 0) {
    console.log(staleMessage(stale));
  }
  if (regressions > 0) console.log(`${regressions} steps differ that are not known mismatches`);
  return regressions > 0 || (stale.size > 0 && !flags.includes("--update")) ? 1 : 0;
}

function staleMessage(stale: ReadonlyMap<string, readonly number[]>): string {
  const lines = [...stale].map(([name, numbers]) => `  ${name}: ${numbers.join(", ")}`);
  return [
    "These known mismatches match now; take them off the list with `npm run test:oracle -- --update`:",
    ...lines,
  ].join("\n");
}

process.exitCode = main(process.argv.slice(2));
