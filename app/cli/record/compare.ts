/** Compares two transcripts of one scenario exactly as the oracle's `run-on-linux --compare` does. */
import type { Scenario, ScenarioStep, StepResult, Transcript } from "../../../engine/headless.ts";

/** One step that was judged. */
export interface StepVerdict {
  /** From 1, as in the oracle's reports. */
  readonly number: number;
  readonly title: string;
  /** Empty: both sides say the same. */
  readonly differences: readonly string[];
}

/** Verdicts on every step whose comparison is not `ignore`. */
export function compareTranscripts(
  scenario: Scenario,
  ours: Transcript,
  recorded: Transcript,
): StepVerdict[] {
  const verdicts: StepVerdict[] = [];
  scenario.steps.forEach((step, index) => {
    const how = step.compare ?? (step.background ? "ignore" : "exact");
    if (how === "ignore") return;
    const rules = [...(scenario.volatile ?? []), ...(step.volatile ?? [])];
    const differences = compareStep(
      how,
      rules,
      ours.steps[index] as StepResult,
      recorded.steps[index] as StepResult,
    );
    verdicts.push({ number: index + 1, title: titleOf(step), differences });
  });
  return verdicts;
}

function titleOf(step: ScenarioStep): string {
  return `[${step.host}] ${step.run ?? `(${step.await ?? step.interrupt})`}`;
}

function compareStep(
  how: string,
  rules: readonly (readonly [string, string])[],
  ours: StepResult,
  recorded: StepResult,
): string[] {
  const differences: string[] = [];
  if (ours.exit !== recorded.exit) {
    differences.push(`exit ${ours.exit}, kernel ${recorded.exit}`);
  }
  if (how === "exit-code") return differences;
  if (how.startsWith("regex:")) {
    const pattern = new RegExp(how.slice("regex:".length), "m");
    for (const [which, side] of [
      ["ours", ours],
      ["kernel", recorded],
    ] as const) {
      const text = (side.stdout ?? "") + (side.stderr ?? "");
      if (!pattern.test(text)) {
        differences.push(`${which} does not match ${how}`, ...quote(which, text.split("\n")));
      }
    }
    return differences;
  }
  for (const stream of ["stdout", "stderr"] as const) {
    const left = normalise(ours[stream] ?? "", rules).split("\n");
    const right = normalise(recorded[stream] ?? "", rules).split("\n");
    if (how === "set-of-lines") {
      left.sort();
      right.sort();
    }
    if (left.length === right.length && left.every((line, index) => line === right[index]))
      continue;
    differences.push(`${stream} differs`);
    const onlyOurs = left.filter((line) => !right.includes(line));
    const onlyTheirs = right.filter((line) => !left.includes(line));
    if (onlyOurs.length + onlyTheirs.length === 0)
      differences.push("    (same lines, another order)");
    differences.push(...quote("ours", onlyOurs), ...quote("kernel", onlyTheirs));
  }
  return differences;
}

function quote(who: string, lines: readonly string[]): string[] {
  return lines.map((line) => `    ${who.padEnd(6)} | ${line}`);
}

/** Applies the scenario's `volatile` rules, in order, to every match. */
export function normalise(text: string, rules: readonly (readonly [string, string])[]): string {
  for (const [pattern, replacement] of rules) {
    text = text.replace(new RegExp(pattern, "gm"), (...match: unknown[]) =>
      replacement.replace(/\$(\d)/g, (_, group) => String(match[Number(group)] ?? "")),
    );
  }
  return text;
}
