import { expect, test } from "vitest";
import type { Scenario, Transcript } from "../../engine/lab/scenario/format.ts";
import { compareTranscripts, normalise } from "../../app/cli/record/compare.ts";
import { judge } from "./known-mismatches.ts";
import { loadScenario, loadTranscript, scenarioNames } from "./scenarios.ts";

function oneStep(step: Partial<Scenario["steps"][number]>): Scenario {
  return {
    name: "x",
    topology: { hosts: [{ name: "a" }] },
    steps: [{ host: "a", run: "true", ...step }],
  };
}

function printed(stdout: string, exit = 0, stderr = ""): Transcript {
  return { name: "x", kernel: "6", macs: {}, steps: [{ host: "a", stdout, stderr, exit }] };
}

test("every recording matches itself", () => {
  for (const name of scenarioNames()) {
    const recorded = loadTranscript(name);
    const verdicts = compareTranscripts(loadScenario(name), recorded, recorded);
    expect(verdicts.filter((verdict) => verdict.differences.length > 0)).toEqual([]);
  }
});

test("a differing line is shown from both sides", () => {
  const [verdict] = compareTranscripts(oneStep({}), printed("a\nb\n"), printed("a\nc\n"));
  expect(verdict?.differences).toEqual(["stdout differs", "    ours   | b", "    kernel | c"]);
});

test("lines in another order differ, unless the set of lines is compared", () => {
  const [ours, theirs] = [printed("b\na\n"), printed("a\nb\n")];
  expect(compareTranscripts(oneStep({}), ours, theirs)[0]?.differences).not.toEqual([]);
  const sets = oneStep({ compare: "set-of-lines" });
  expect(compareTranscripts(sets, ours, theirs)[0]?.differences).toEqual([]);
});

test("the exit code counts in every way of comparing but ignore", () => {
  for (const compare of ["exact", "set-of-lines", "exit-code", "regex:^a"]) {
    const [verdict] = compareTranscripts(oneStep({ compare }), printed("a", 1), printed("a", 0));
    expect(verdict?.differences).toEqual(["exit 1, kernel 0"]);
  }
  expect(compareTranscripts(oneStep({ compare: "ignore" }), printed("a", 1), printed("b"))).toEqual(
    [],
  );
});

test("a background step is ignored unless it says how to compare", () => {
  const background = oneStep({ background: true });
  expect(compareTranscripts(background, printed("a"), printed("b"))).toEqual([]);
});

test("volatile rules apply to every line and may use groups", () => {
  expect(normalise("t=1\nt=2", [["^t=(\\d)", "T$1$1"]])).toBe("T11\nT22");
  expect(normalise("cost $5", [["5", "$"]])).toBe("cost $$");
});

test("a new mismatch is a regression; a listed one that matches is stale", () => {
  const verdict = (number: number, ...differences: string[]) => ({
    number,
    title: "",
    differences,
  });
  const judgement = judge([verdict(1, "x"), verdict(2, "x"), verdict(3)], [2, 3]);
  expect(judgement.regressions.map(({ number }) => number)).toEqual([1]);
  expect(judgement.stale).toEqual([3]);
});
