/**
 * Runs a scenario as the oracle's `run-on-linux` runs it on a real kernel, with the same pauses;
 * only that time is virtual.
 */
import type { CommandRun } from "../../machine/command.ts";
import type { Machine } from "../../machine/machine.ts";
import { milliseconds, seconds, type Ns } from "../../sim/clock.ts";
import { runUntil } from "../../sim/run-until.ts";
import { Simulation } from "../../sim/simulation.ts";
import type { Scenario, ScenarioStep, StepResult, Transcript } from "./format.ts";
import { buildDockerTopology } from "./docker-topology.ts";
import { buildTopology } from "./topology.ts";

const SEED = 1;

/** Until the command is killed, unless the step says otherwise. */
const STEP_LIMIT_NS = seconds(60);
/** An interrupted command has this long to end. */
const INTERRUPT_LIMIT_NS = seconds(5);
/** A background command has this long to start before the next step. */
const BACKGROUND_START_NS = milliseconds(300);
/** What starting a command costs on the machine that records: steps are never closer. */
const STEP_OVERHEAD_NS = milliseconds(4);

/** When the scenarios with Docker were recorded: images have an age. 2026-11-24 01:40 UTC */
const DOCKER_EPOCH_SECONDS = 1795484400;

/** After a step of a scenario with Docker that says nothing else. */
const DOCKER_STEP_WAIT_MS = 100;

/** A command that does nothing but run events for ever is killed, too. */
const STEP_EVENT_LIMIT = 50_000_000;

const PATH = "/run/alt:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin";

export function runScenario(scenario: Scenario): Transcript {
  return new ScenarioRun(scenario).transcript();
}

interface RunningCommand {
  readonly command: CommandRun;
  readonly begunNs: Ns;
  /** Set when it has ended. */
  endedNs: Ns | undefined;
}

class ScenarioRun {
  private readonly sim: Simulation;
  private readonly machines: ReadonlyMap<string, Machine>;
  private readonly macs: Readonly<Record<string, string>>;
  private readonly background = new Map<string, { running: RunningCommand; step: number }>();

  constructor(private readonly scenario: Scenario) {
    this.sim = scenario.docker ? new Simulation(SEED, DOCKER_EPOCH_SECONDS) : new Simulation(SEED);
    const build = scenario.docker ? buildDockerTopology : buildTopology;
    const built = build(this.sim, scenario);
    this.machines = built.machines;
    this.macs = built.macs;
  }

  transcript(): Transcript {
    const { scenario } = this;
    const results: StepResult[] = [];
    let kernel = "";
    for (const machine of this.machines.values()) kernel ||= machine.kernel.release.release;
    for (const [index, step] of scenario.steps.entries()) {
      results.push(this.step(step, index));
      this.pass(milliseconds(step.wait ?? (scenario.docker ? DOCKER_STEP_WAIT_MS : 0)));
    }
    for (const { running, step } of this.background.values()) {
      const { stdout, stderr, exitStatus } = running.command;
      results[step] = {
        ...(results[step] as StepResult),
        stdout,
        stderr,
        ...(exitStatus === undefined ? {} : { exit: exitStatus }),
      };
    }
    return {
      name: scenario.name,
      kernel: /^[0-9.]+/.exec(kernel)?.[0].replace(/\.+$/, "") ?? kernel,
      macs: this.macs,
      steps: results,
    };
  }

  private step(step: ScenarioStep, index: number): StepResult {
    const limitNs = step.limit === undefined ? STEP_LIMIT_NS : milliseconds(step.limit);
    const { host } = step;
    if (step.run !== undefined) {
      const running = this.start(step.host, step);
      if (step.background) {
        this.background.set(step.id ?? `step${index}`, { running, step: index });
        this.pass(BACKGROUND_START_NS);
        return { host, run: step.run, background: true };
      }
      return { host, run: step.run, ...this.finish(running, limitNs) };
    }
    const id = (step.await ?? step.interrupt) as string;
    const { running } = this.background.get(id) as { running: RunningCommand };
    this.background.delete(id);
    if (step.await !== undefined) {
      return { host, await: id, ...this.finish(running, limitNs) };
    }
    running.command.interrupt();
    return {
      host,
      interrupt: id,
      ...this.finish(running, Math.min(limitNs, INTERRUPT_LIMIT_NS)),
    };
  }

  private start(host: string, step: ScenarioStep): RunningCommand {
    const machine = this.machines.get(host) as Machine;
    const command = machine.run(step.run as string, {
      env: { PATH },
      ...(step.stdin === undefined ? {} : { stdin: step.stdin }),
      ...(step.tty === undefined ? {} : { ttyColumns: step.tty }),
    });
    const running: RunningCommand = { command, begunNs: this.sim.nowNs, endedNs: undefined };
    command.onExit = () => {
      running.endedNs = this.sim.nowNs;
    };
    return running;
  }

  /** Lets time pass until the command ends, or kills it after `limitNs`. */
  private finish(
    running: RunningCommand,
    limitNs: Ns,
  ): Pick<StepResult, "stdout" | "stderr" | "exit" | "ms" | "timedOut"> {
    const { sim } = this;
    const { command } = running;
    const ended = (): boolean => command.exitStatus !== undefined;
    const inTime = runUntil(sim, ended, sim.nowNs + limitNs, STEP_EVENT_LIMIT);
    if (!inTime) {
      command.kill();
      runUntil(sim, ended, sim.nowNs + INTERRUPT_LIMIT_NS, STEP_EVENT_LIMIT);
    }
    const result = {
      stdout: command.stdout,
      stderr: command.stderr,
      exit: command.exitStatus ?? 137,
      ms: Math.floor((sim.nowNs - running.begunNs) / milliseconds(1)),
      ...(inTime ? {} : { timedOut: true as const }),
    };
    this.pass(STEP_OVERHEAD_NS);
    return result;
  }

  private pass(durationNs: Ns): void {
    this.sim.advanceTo(this.sim.nowNs + durationNs, STEP_EVENT_LIMIT);
  }
}
