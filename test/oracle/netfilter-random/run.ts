/**
 * Random rule sets, commands and packets, in a real Linux kernel and in Podwire: `iptables-save`,
 * listings, counters, connections and what the sender sees have to be the same.
 *
 *   npm run test:netfilter -- [--cases N] [--seed N] [--flavour nft|legacy] [--world NAME] [--shrink N]
 *
 * Needs Linux and root. What differs is shrunk (with at most N trials a case) and printed; the
 * batches stay as scenarios in the folder that is printed.
 */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import fc from "fast-check";
import { shrink } from "./shrink.ts";
import { differencesOf, scenarioOf } from "./trial.ts";
import { WORLDS, type Case, type World } from "./worlds.ts";

const BATCH = 25;

function show(one: Case): string {
  return one
    .map(
      ({ host, how, lines }) =>
        `  [${host}] ${how}\n${lines.map((line) => `    ${line}`).join("\n")}`,
    )
    .join("\n");
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      cases: { type: "string", default: "100" },
      seed: { type: "string", default: "1" },
      flavour: { type: "string" },
      world: { type: "string" },
      shrink: { type: "string", default: "40" },
    },
  });
  const folder = mkdtempSync(join(tmpdir(), "netfilter-random-"));
  const wanted = Number(values.cases);
  const names = values.world === undefined ? Object.keys(WORLDS) : [values.world];
  let ran = 0;
  let differing = 0;
  for (let batch = 0; ran < wanted; batch++) {
    const seed = Number(values.seed) * 1000 + batch;
    const flavour = values.flavour ?? (batch % 2 === 0 ? "nft" : "legacy");
    const worldName = names[Math.floor(batch / 2) % names.length] ?? "";
    const world = WORLDS[worldName];
    if (!world) throw new Error(`no world is called ${worldName}`);
    const cases = fc.sample(world.cases, { seed, numRuns: Math.min(BATCH, wanted - ran) });
    ran += cases.length;
    const name = `random-${seed}-${worldName}-${flavour}`;
    const scenario = scenarioOf(name, world, cases, flavour);
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(scenario, null, 1));
    for (const [index, lines] of await differencesOf(scenario, world, cases)) {
      differing += 1;
      console.log(`${name} case ${index}\n${lines.map((line) => `  ${line}`).join("\n")}`);
      await explain(name, world, cases[index] as Case, flavour, Number(values.shrink));
    }
  }
  console.log(`${ran} cases, ${differing} differ; ${folder}`);
}

async function explain(
  name: string,
  world: World,
  one: Case,
  flavour: string,
  trials: number,
): Promise<void> {
  const differences = async (candidate: Case) =>
    (await differencesOf(scenarioOf(name, world, [candidate], flavour), world, [candidate])).get(0);
  const isSame = async (candidate: Case) => (await differences(candidate)) === undefined;
  if (trials === 0) return;
  if (await isSame(one)) {
    console.log("  does not differ on its own");
    return;
  }
  const least = await shrink(one, async (candidate) => !(await isSame(candidate)), trials);
  const lines = (await differences(least)) ?? [];
  console.log(`shrunk:\n${show(least)}\n${lines.map((line) => `  ${line}`).join("\n")}\n`);
}

await main();
