/**
 * A scenario: a topology and the commands that are typed on it; and a transcript: what they
 * printed. The format is that of the oracle, where real Linux kernels run the same scenarios.
 */
import { z } from "zod";
import type { Problem } from "../../session.ts";
import { problemsInData } from "../file/problems.ts";

z.config({ jitless: true });

const portSchema = z.strictObject({
  name: z.string().min(1).max(15),
  address: z.union([z.string(), z.array(z.string())]).optional(),
  mac: z.string().optional(),
  mtu: z.int().optional(),
  up: z.boolean().optional(),
});

const hostSchema = z.strictObject({
  name: z.string().min(1).max(63),
  interfaces: z.array(portSchema).optional(),
  files: z.record(z.string(), z.string()).optional(),
});

const volatileSchema = z.array(z.tuple([z.string(), z.string()]));

const stepSchema = z.strictObject({
  host: z.string(),
  run: z.string().optional(),
  await: z.string().optional(),
  interrupt: z.string().optional(),
  stdin: z.string().optional(),
  /** Columns of a terminal to run it on. */
  tty: z.int().positive().optional(),
  /** Milliseconds to let pass after the step. */
  wait: z.number().min(0).optional(),
  /** Milliseconds after which the command is killed. */
  limit: z.number().positive().optional(),
  background: z.boolean().optional(),
  id: z.string().optional(),
  compare: z.string().optional(),
  volatile: volatileSchema.optional(),
});

const scenarioSchema = z.strictObject({
  name: z.string(),
  purpose: z.string().optional(),
  requires: z.array(z.string()).optional(),
  iptables: z.enum(["nft", "legacy"]).optional(),
  ipv6: z.boolean().optional(),
  rootSysctl: z.record(z.string(), z.string()).optional(),
  /** The host runs Docker, and a machine `outside` answers it. */
  docker: z
    .strictObject({
      /** Versions of the engine and of the command line. */
      engine: z.string(),
      cli: z.string(),
      /** The engine has been started before the first step. */
      running: z.boolean(),
    })
    .optional(),
  topology: z.strictObject({
    hosts: z.array(hostSchema),
    switches: z.array(z.union([z.string(), z.strictObject({ name: z.string() })])).optional(),
    cables: z.array(z.tuple([z.string(), z.string()])).optional(),
  }),
  steps: z.array(stepSchema),
  volatile: volatileSchema.optional(),
});

export type Scenario = z.infer<typeof scenarioSchema>;
export type ScenarioStep = Scenario["steps"][number];
export type ScenarioPort = z.infer<typeof portSchema>;
export type ScenarioHost = z.infer<typeof hostSchema>;

/** What a step printed. A background step has its output only if it was never awaited. */
export interface StepResult {
  readonly host: string;
  readonly run?: string;
  readonly await?: string;
  readonly interrupt?: string;
  readonly background?: true;
  readonly stdout?: string;
  readonly stderr?: string;
  /** 128 + n for a signal. */
  readonly exit?: number;
  /** Virtual milliseconds from its start to its end. */
  readonly ms?: number;
  readonly timedOut?: true;
}

export interface Transcript {
  readonly name: string;
  readonly kernel: string;
  readonly macs: Readonly<Record<string, string>>;
  readonly steps: readonly StepResult[];
}

export type ScenarioResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export function parseScenario(data: unknown): ScenarioResult<Scenario> {
  const result = scenarioSchema.safeParse(data);
  if (!result.success) return { ok: false, problems: problemsInData(result.error, data) };
  const problem = contradiction(result.data);
  return problem
    ? { ok: false, problems: [{ message: problem }] }
    : { ok: true, value: result.data };
}

/** What the schema cannot see: unknown hosts, jobs that were never started. */
function contradiction(scenario: Scenario): string | undefined {
  const { hosts, switches = [] } = scenario.topology;
  const names = new Set<string>();
  for (const name of [...hosts.map((host) => host.name), ...switches.map(switchName)]) {
    if (names.has(name)) return `two hosts are named "${name}"`;
    names.add(name);
  }
  const jobs = new Set<string>();
  for (const [index, step] of scenario.steps.entries()) {
    const here = `steps[${index}]`;
    if (!names.has(step.host)) return `${here}: there is no host "${step.host}"`;
    const ended = step.await ?? step.interrupt;
    const verbs = [step.run, step.await, step.interrupt].filter((verb) => verb !== undefined);
    if (verbs.length !== 1) return `${here}: expected one of run, await and interrupt`;
    if (ended !== undefined && !jobs.delete(ended)) {
      return `${here}: no background step "${ended}" is running`;
    }
    if (step.background) jobs.add(step.id ?? `step${index}`);
  }
  return undefined;
}

export function switchName(entry: string | { readonly name: string }): string {
  return typeof entry === "string" ? entry : entry.name;
}
