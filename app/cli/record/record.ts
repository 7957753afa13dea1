/** Runs scenarios on this machine's own kernel, as engine/lab/scenario/format.ts describes them. */
import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import {
  runScenario,
  type Scenario,
  type StepResult,
  type Transcript,
} from "../../../engine/headless.ts";
import { Failure, UsageError } from "../failure.ts";
import { writeText } from "../files.ts";
import type { Output } from "../output.ts";
import { readScenario } from "../scenario.ts";
import { compareTranscripts } from "./compare.ts";
import { type Linux, type Namespaces, realLinux, type Running } from "./linux.ts";
import { build } from "./topology.ts";

const STEP_LIMIT_MS = 60_000;
/** A background step gets so long to start, and an interrupted one to end. */
const START_MS = 300;
const INTERRUPTED_LIMIT_MS = 5000;

const PROBES: Readonly<Record<string, string>> = {
  ip_vs: "cat /proc/net/ip_vs || { modprobe ip_vs && cat /proc/net/ip_vs; }",
  vlan: "ip link add v0 type veth && ip link add link v0 name v0.5 type vlan id 5",
  netem: "tc qdisc add dev lo root netem delay 1ms",
  dummy: "ip link add d0 type dummy",
  vxlan: "ip link add x0 type vxlan id 1 dstport 4789 remote 1.1.1.1",
};

/** Writes a transcript for each scenario and prints where Podwire's differs from it. */
export async function record(
  args: readonly string[],
  output: Output,
  linux: Linux = realLinux,
): Promise<number> {
  const option = args.find((word) => word.startsWith("-"));
  if (option !== undefined) throw new UsageError(`unknown option "${option}"`);
  if (args.length === 0) throw new UsageError("expected a scenario file");
  linux.check();
  let status = 0;
  for (const file of args) {
    const scenario = readScenario(file);
    refuse(scenario, linux);
    const recorded = await recordScenario(scenario, linux);
    const path = transcriptPath(file);
    writeText(path, `${JSON.stringify(recorded, null, 1)}\n`);
    output.print(`${scenario.name}: recorded in ${path}\n`);
    const wrong = compareTranscripts(scenario, runScenario(scenario), recorded).filter(
      ({ differences }) => differences.length > 0,
    );
    for (const { number, title, differences } of wrong) {
      output.print(`step ${number} ${title}\n${differences.map((line) => `  ${line}\n`).join("")}`);
    }
    output.print(
      wrong.length === 0 ? "Podwire says the same.\n" : `${wrong.length} steps differ.\n`,
    );
    if (wrong.length > 0) status = 1;
  }
  return status;
}

function refuse(scenario: Scenario, linux: Linux): void {
  const { name } = scenario;
  if (scenario.docker) throw new Failure(`${name}: record does not run Docker`);
  if (scenario.rootSysctl)
    throw new Failure(`${name}: record does not change the machine's sysctls`);
  if (scenario.steps.some((step) => step.tty !== undefined)) {
    throw new Failure(`${name}: record has no terminals`);
  }
  for (const feature of scenario.requires ?? []) {
    const probe = PROBES[feature];
    if (probe === undefined || !linux.run(["unshare", "-n", "sh", "-c", probe])) {
      throw new Failure(`${name}: this kernel has no ${feature}`);
    }
  }
}

/** `../transcripts/NAME.json` of a folder called scenarios; else beside the scenario. */
function transcriptPath(file: string): string {
  const folder = dirname(resolve(file));
  const beside = join(dirname(folder), "transcripts");
  if (basename(folder) === "scenarios" && existsSync(beside)) return join(beside, basename(file));
  return join(folder, basename(file).replace(/\.json$/, ".transcript.json"));
}

/** What the machine's own kernel answers. */
export async function recordScenario(
  scenario: Scenario,
  linux: Linux = realLinux,
): Promise<Transcript> {
  const nodes = new Map<string, Namespaces>();
  try {
    const { macs } = await build(linux, scenario, nodes);
    const steps = await runSteps(scenario, linux, nodes);
    return { name: scenario.name, kernel: linux.kernel(), macs, steps };
  } finally {
    for (const node of nodes.values()) node.close();
  }
}

async function runSteps(
  scenario: Scenario,
  linux: Linux,
  nodes: ReadonlyMap<string, Namespaces>,
): Promise<StepResult[]> {
  const results: StepResult[] = [];
  const background = new Map<string, { readonly command: Running; readonly index: number }>();
  for (const [index, step] of scenario.steps.entries()) {
    const limit = step.limit ?? STEP_LIMIT_MS;
    const ended = step.await ?? step.interrupt;
    const { host } = step;
    if (step.run !== undefined) {
      const command = (nodes.get(host) as Namespaces).start(step.run, step.stdin ?? "");
      if (step.background) {
        background.set(step.id ?? `step${index}`, { command, index });
        results.push({ host, run: step.run, background: true });
        await linux.sleep(START_MS);
      } else results.push({ host, run: step.run, ...(await finished(command, limit)) });
    } else if (ended !== undefined) {
      const { command } = background.get(ended) as { readonly command: Running };
      background.delete(ended);
      const shown = step.await === undefined ? { interrupt: ended } : { await: ended };
      if (step.interrupt !== undefined) command.interrupt();
      const most = step.interrupt === undefined ? limit : Math.min(limit, INTERRUPTED_LIMIT_MS);
      results.push({ host, ...shown, ...(await finished(command, most)) });
    }
    await linux.sleep(step.wait ?? 0);
  }
  for (const { command, index } of background.values()) {
    const { stdout = "", stderr = "" } = await finished(command, 0);
    results[index] = { ...(results[index] as StepResult), stdout, stderr };
  }
  return results;
}

async function finished(command: Running, limitMs: number): Promise<Partial<StepResult>> {
  const { stdout, stderr, exit, timedOut } = await command.wait(limitMs);
  return { stdout, stderr, exit, ...(timedOut ? { timedOut: true } : {}) };
}
