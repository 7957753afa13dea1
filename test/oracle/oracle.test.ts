import { afterAll, describe, expect, test } from "vitest";
import { areaTable, evaluate, type Evaluation } from "./evaluate.ts";
import { judge, readKnownMismatches } from "./known-mismatches.ts";
import { areaOf, scenarioNames } from "./scenarios.ts";

const known = readKnownMismatches();
const evaluations: Evaluation[] = [];

describe("the recorded scenarios print what the real kernel printed", () => {
  for (const name of scenarioNames()) {
    test(name, () => {
      const evaluation = evaluate(name);
      evaluations.push(evaluation);
      const { regressions, stale } = judge(evaluation.verdicts, known[name] ?? []);
      expect(evaluation.failure).toBeUndefined();
      expect(
        regressions.map(({ number, title, differences }) => [
          `step ${number} ${title}`,
          ...differences,
        ]),
      ).toEqual([]);
      expect(stale, "these steps match now: run `npm run test:oracle -- --update`").toEqual([]);
    });
  }

  afterAll(() => {
    console.log(areaTable(evaluations, areaOf));
  });
});

test("the list of known mismatches names scenarios that exist", () => {
  const names = new Set(scenarioNames());
  expect(Object.keys(known).filter((name) => !names.has(name))).toEqual([]);
});
