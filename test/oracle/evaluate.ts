/** Runs one recorded scenario in Podwire and judges it against the recording. */
import { runScenario } from "../../engine/lab/scenario/run.ts";
import { compareTranscripts, type StepVerdict } from "../../app/cli/record/compare.ts";
import { loadScenario, loadTranscript } from "./scenarios.ts";

export interface Evaluation {
  readonly name: string;
  readonly verdicts: readonly StepVerdict[];
  readonly matched: number;
  /** The engine broke down; every step counts as different. */
  readonly failure?: string;
}

export function evaluate(name: string): Evaluation {
  const scenario = loadScenario(name);
  const recorded = loadTranscript(name);
  try {
    const verdicts = compareTranscripts(scenario, runScenario(scenario), recorded);
    const matched = verdicts.filter((verdict) => verdict.differences.length === 0).length;
    return { name, verdicts, matched };
  } catch (error) {
    const failure = (error as Error).stack ?? String(error);
    const verdicts = compareTranscripts(scenario, recorded, recorded).map((verdict) => ({
      ...verdict,
      differences: ["the engine broke down"],
    }));
    return { name, verdicts, matched: 0, failure };
  }
}

/** `br     30/41   73.2 %`, one line an area, and the sum. */
export function areaTable(
  evaluations: readonly Evaluation[],
  areaOf: (name: string) => string,
): string {
  const areas = new Map<string, { matched: number; total: number }>();
  const sum = { matched: 0, total: 0 };
  for (const { name, verdicts, matched } of evaluations) {
    const area = areas.get(areaOf(name)) ?? { matched: 0, total: 0 };
    areas.set(areaOf(name), area);
    for (const counter of [area, sum]) {
      counter.matched += matched;
      counter.total += verdicts.length;
    }
  }
  const row = (name: string, { matched, total }: { matched: number; total: number }): string => {
    const percent = total === 0 ? 100 : (100 * matched) / total;
    return `${name.padEnd(8)}${`${matched}/${total}`.padStart(10)}${percent.toFixed(1).padStart(8)} %`;
  };
  return [...[...areas].map(([name, counts]) => row(name, counts)), row("all", sum)].join("\n");
}
