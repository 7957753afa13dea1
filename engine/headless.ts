/** The door for hosts without a window: whole commands on a lab, and the oracle's scenarios. */
import { printLab } from "./lab/file/print.ts";
import type { Lab } from "./lab/lab.ts";
import { PacketFollower } from "./lab/follow.ts";
import { loadLab } from "./lab/load.ts";
import { LabSession } from "./lab/session/lab-session.ts";
import type { Outcome, Problem, Session } from "./session.ts";
import { milliseconds, seconds } from "./sim/clock.ts";
import { runUntil } from "./sim/run-until.ts";
import { packetFilter } from "./trace/filter.ts";
import type { Journey } from "./trace/journey.ts";

export type { Session } from "./session.ts";
export { defaultMac } from "./lab/file/naming.ts";
export {
  parseScenario,
  type Scenario,
  type ScenarioStep,
  type StepResult,
  type Transcript,
} from "./lab/scenario/format.ts";
export { runScenario } from "./lab/scenario/run.ts";
export { printJourney } from "./trace/print.ts";

/** From switching on to the first command: links come up, services start. */
const SETTLE_NS = milliseconds(500);

/** A command that takes longer than this, in lab time, is killed. */
const COMMAND_LIMIT_NS = seconds(3600);
const COMMAND_EVENT_LIMIT = 200_000_000;

/** What is under way when a command ends is followed for a while. */
const LAST_PACKETS_SECONDS = 0.05;

export interface CommandOutcome {
  readonly stdout: string;
  readonly stderr: string;
  /** 128 + n for a signal. */
  readonly exit: number;
}

export interface TracedCommand extends CommandOutcome {
  readonly journeys: readonly Journey[];
  /** Packets beyond those that were asked for. */
  readonly leftOut: number;
}

/** A lab that runs only while commands do. */
export class HeadlessLab {
  constructor(private readonly lab: Lab) {
    this.pass(SETTLE_NS / seconds(1));
  }

  get name(): string {
    return this.lab.name;
  }

  get hosts(): readonly string[] {
    return [...this.lab.nodes].map((node) => node.name);
  }

  /** Lets lab time pass. */
  pass(durationSeconds: number): void {
    const { sim } = this.lab;
    sim.advanceTo(sim.nowNs + seconds(durationSeconds), COMMAND_EVENT_LIMIT);
  }

  /** Runs a command line in a shell and lets time pass until it ends. */
  run(host: string, commandLine: string): CommandOutcome {
    const { sim } = this.lab;
    const node = this.lab.node(host);
    if (!node.isOn) return { stdout: "", stderr: `${host} is switched off\n`, exit: 255 };
    const command = node.machine.run(commandLine);
    const ended = (): boolean => command.exitStatus !== undefined;
    if (!runUntil(sim, ended, sim.nowNs + COMMAND_LIMIT_NS, COMMAND_EVENT_LIMIT)) {
      command.kill();
      runUntil(sim, ended, sim.nowNs + seconds(1), COMMAND_EVENT_LIMIT);
    }
    return { stdout: command.stdout, stderr: command.stderr, exit: command.exitStatus ?? 137 };
  }

  /** Runs a command line and follows the packets that pass meanwhile, anywhere in the lab. */
  trace(
    host: string,
    commandLine: string,
    options: { readonly filter: string | undefined; readonly packets: number },
  ): Outcome<TracedCommand> {
    const wants = packetFilter(options.filter, this.lab.node(host).machine);
    if (!wants.ok) return wants;
    const follower = new PacketFollower(this.lab, wants.value, options.packets);
    const outcome = this.run(host, commandLine);
    this.pass(LAST_PACKETS_SECONDS);
    follower.stop();
    const { journeys, leftOut } = follower.recorder;
    return { ok: true, value: { ...outcome, journeys, leftOut } };
  }

  /** For a host that lets the lab run by the clock from now on. */
  session(): Session {
    return new LabSession(this.lab);
  }

  /** The lab file's text as things are now. */
  save(): string {
    return printLab(this.lab.file());
  }
}

export function openLab(text: string): Outcome<HeadlessLab> {
  const loaded = loadLab(text);
  return loaded.ok ? { ok: true, value: new HeadlessLab(loaded.value) } : loaded;
}

/** Everything that is wrong with a lab file; empty: it can be opened. */
export function checkLabText(text: string): readonly Problem[] {
  const loaded = loadLab(text);
  return loaded.ok ? [] : loaded.problems;
}
