/** The oracle's recordings in this folder. */
import { readdirSync, readFileSync } from "node:fs";
import { parseScenario, type Scenario, type Transcript } from "../../engine/lab/scenario/format.ts";

const FOLDER = new URL("./kernel/", import.meta.url);

export function scenarioNames(): string[] {
  return readdirSync(new URL("scenarios/", FOLDER))
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.replace(/\.json$/, ""))
    .sort();
}

export function loadScenario(name: string): Scenario {
  const result = parseScenario(readJson(`scenarios/${name}.json`));
  if (!result.ok) {
    throw new Error(`${name}: ${result.problems.map((problem) => problem.message).join("; ")}`);
  }
  return result.value;
}

export function loadTranscript(name: string): Transcript {
  return readJson(`transcripts/${name}.json`) as Transcript;
}

/** `br` of `br-01-brctl`. */
export function areaOf(name: string): string {
  return name.replace(/-.*$/, "");
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(new URL(path, FOLDER), "utf8"));
}
