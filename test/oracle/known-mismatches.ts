/**
 * The steps in which Podwire is known to differ from the recorded kernel. The list may only
 * shrink: a step that is not in it must match, and a step in it that matches must be removed.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { StepVerdict } from "../../app/cli/record/compare.ts";

const PATH = fileURLToPath(new URL("./known-mismatches.json", import.meta.url));

/** Scenario name → step numbers, ascending. */
export type KnownMismatches = Readonly<Record<string, readonly number[]>>;

export function readKnownMismatches(): KnownMismatches {
  return JSON.parse(readFileSync(PATH, "utf8")) as KnownMismatches;
}

export interface Judgement {
  /** Differ, and did not before. */
  readonly regressions: readonly StepVerdict[];
  /** Step numbers that match now (or are no longer there) although they are listed. */
  readonly stale: readonly number[];
}

export function judge(verdicts: readonly StepVerdict[], known: readonly number[]): Judgement {
  const differing = verdicts.filter((verdict) => verdict.differences.length > 0);
  const numbers = new Set(differing.map((verdict) => verdict.number));
  return {
    regressions: differing.filter((verdict) => !known.includes(verdict.number)),
    stale: known.filter((number) => !numbers.has(number)),
  };
}

/** Removes stale entries; never adds one. Returns how many went. */
export function removeStale(stale: ReadonlyMap<string, readonly number[]>): number {
  const known = readKnownMismatches();
  const kept: Record<string, readonly number[]> = {};
  let removed = 0;
  for (const [name, numbers] of Object.entries(known)) {
    const gone = stale.get(name) ?? [];
    const rest = numbers.filter((number) => !gone.includes(number));
    removed += numbers.length - rest.length;
    if (rest.length > 0) kept[name] = rest;
  }
  const lines = Object.entries(kept).map(
    ([name, numbers]) => `  "${name}": [${numbers.join(", ")}]`,
  );
  writeFileSync(PATH, lines.length === 0 ? "{}\n" : `{\n${lines.join(",\n")}\n}\n`);
  return removed;
}
