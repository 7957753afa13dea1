import { basename } from "node:path";
import {
  parseScenario,
  runScenario,
  type Scenario,
  type Transcript,
} from "../../engine/headless.ts";
import { Failure, UsageError } from "./failure.ts";
import type { Output } from "./output.ts";
import { describeProblem, readText } from "./files.ts";

/** Prints one transcript for one file, and a list of them for several. */
export function scenario(args: readonly string[], output: Output): number {
  const option = args.find((word) => word.startsWith("-") && word !== "-");
  if (option !== undefined) throw new UsageError(`unknown option "${option}"`);
  if (args.length === 0) throw new UsageError("expected a scenario file");
  const transcripts = args.map(transcriptOf);
  output.print(
    `${JSON.stringify(transcripts.length === 1 ? transcripts[0] : transcripts, null, 1)}\n`,
  );
  return 0;
}

function transcriptOf(file: string): Transcript {
  return runScenario(readScenario(file));
}

/** Throws Failure. */
export function readScenario(file: string): Scenario {
  const parsed = parseScenario(parseJson(file, readText(file)));
  if (!parsed.ok) {
    throw new Failure(parsed.problems.map((problem) => describeProblem(file, problem)).join("\n"));
  }
  return parsed.value;
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Failure(`${basename(file)} is not JSON: ${(error as Error).message}`);
  }
}
