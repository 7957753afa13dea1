/** The oracle's recordings in this folder: of a Linux kernel, and of Docker on one. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { parseScenario, type Scenario, type Transcript } from "../../engine/lab/scenario/format.ts";

const FOLDERS = ["kernel", "docker"].map((name) => new URL(`./${name}/`, import.meta.url));

export function scenarioNames(): string[] {
  return FOLDERS.flatMap((folder) => readdirSync(new URL("scenarios/", folder)))
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
  const found = FOLDERS.map((folder) => new URL(path, folder)).find((url) => existsSync(url));
  if (!found) throw new Error(`no ${path}`);
  return JSON.parse(readFileSync(found, "utf8"));
}
