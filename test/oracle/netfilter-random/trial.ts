/** Cases as a scenario, and what Linux and Podwire say differently about each. */
import { compareTranscripts } from "../../../app/cli/record/compare.ts";
import { recordScenario } from "../../../app/cli/record/record.ts";
import { parseScenario } from "../../../engine/lab/scenario/format.ts";
import { runScenario } from "../../../engine/lab/scenario/run.ts";
import type { Case, Part, Step, World } from "./worlds.ts";

const VOLATILE = [
  ["^# (Generated|Completed) .*$", "# $1"],
  ["^(\\S+ +[0-9]+ )[0-9]+ ", "$1T "],
  ["\\bid=[0-9]+", "id=N"],
  ["\\buse=[0-9]+", "use=N"],
  ["(timeout )[0-9]+", "$1T"],
  ["initval 0x[0-9a-f]+", "initval X"],
];

function stepOf({ host, how, lines }: Part): Step {
  const text = lines.join("\n");
  if (how === "restore") {
    return { host, stdin: `${text}\n`, run: "iptables-restore; echo $?; iptables-save" };
  }
  return { host, run: lines.map((line) => `(${line}) 2>&1; echo $?`).join("\n"), wait: 60 };
}

/** `name` and the scenario, as engine/lab/scenario/format.ts has it. */
export function scenarioOf(
  name: string,
  world: World,
  cases: readonly Case[],
  flavour: string,
): object {
  return {
    name,
    purpose: "random rule sets and packets",
    iptables: flavour,
    topology: world.topology,
    volatile: VOLATILE,
    steps: [
      ...world.setup.map((step) => ({ ...step, compare: "ignore" })),
      ...cases.flatMap((one) => [world.reset, ...one.map(stepOf), ...world.show]),
    ],
  };
}

/** Per case that differs: the lines that tell how. */
export async function differencesOf(
  scenario: object,
  world: World,
  cases: readonly Case[],
): Promise<ReadonlyMap<number, readonly string[]>> {
  const parsed = parseScenario(structuredClone(scenario));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed));
  const recorded = await recordScenario(parsed.value);
  const verdicts = compareTranscripts(parsed.value, runScenario(parsed.value), recorded);
  const owners = ownersOf(world, cases);
  const found = new Map<number, string[]>();
  for (const { number, title, differences } of verdicts) {
    const owner = owners[number - 1 - world.setup.length];
    if (differences.length === 0 || owner === undefined) continue;
    const lines = found.get(owner) ?? [];
    found.set(owner, lines);
    lines.push(title.split("\n")[0] ?? "", ...differences.slice(0, 16));
  }
  return found;
}

/** Step → case. */
function ownersOf(world: World, cases: readonly Case[]): readonly number[] {
  return cases.flatMap((one, index) =>
    Array.from({ length: 1 + one.length + world.show.length }, () => index),
  );
}
