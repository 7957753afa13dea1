/**
 * Small labs for tests that read like terminal transcripts:
 *
 *     const { client, server } = lab("client -- server");
 *     client.types("ping -c1 10.0.0.2").prints("1 received");
 *
 * A name that starts with `sw` is a switch, one that starts with `r` and a digit a router. In a
 * lab without routers the hosts have the addresses 10.0.0.1/24, 10.0.0.2/24 … in the order in
 * which they are named. Time passes only while commands run, and when the test says so.
 */
import { expect } from "vitest";
import { Lab } from "../../engine/lab/lab.ts";
import type { CableFile, LabFile, NodeFile } from "../../engine/lab/file/schema.ts";
import type { LabCable } from "../../engine/lab/model/lab-cable.ts";
import type { LabNode } from "../../engine/lab/model/lab-node.ts";
import type { CommandRun } from "../../engine/machine/command.ts";
import type { CableProperties } from "../../engine/session.ts";
import { seconds } from "../../engine/sim/clock.ts";
import { runUntil } from "../../engine/sim/run-until.ts";

/** `"a -- b, c -- b"` → `"a" | "b" | "c"` */
type Names<Topology extends string> = Topology extends `${infer One}, ${infer More}`
  ? Names<One> | Names<More>
  : Topology extends `${infer One} -- ${infer More}`
    ? One | Names<More>
    : Topology;

export interface LabOptions {
  /** False: no addresses. */
  readonly addresses?: boolean;
  readonly seed?: number;
}

/** Commands and pauses must be over within so many events. */
const EVENT_LIMIT = 5_000_000;

export function lab<const Topology extends string>(
  topology: Topology,
  options: LabOptions = {},
): Record<Names<Topology>, TestHost> & { readonly world: World } {
  const file = fileOf(topology, options);
  const refused: string[] = [];
  const built = new Lab(file, (path, message) => refused.push(`${path.join(".")}: ${message}`));
  expect(refused).toEqual([]);
  const world = new World(built);
  world.pass(1);
  const hosts = Object.fromEntries(
    (file.nodes ?? []).map(({ name }) => [name, new TestHost(world, built.node(name))]),
  );
  return { ...hosts, world } as Record<Names<Topology>, TestHost> & { readonly world: World };
}

function fileOf(topology: string, options: LabOptions): LabFile {
  const names = new Set<string>();
  const used = new Map<string, number>();
  const cables: CableFile[] = [];
  const endOf = (name: string): string => {
    const number = used.get(name) ?? 0;
    used.set(name, number + 1);
    return kindOf(name) === "switch" ? `${name}:p${number + 1}` : `${name}:eth${number}`;
  };
  for (const chain of topology.split(",")) {
    const links = chain.split("--").map((name) => name.trim());
    for (const name of links) names.add(name);
    links.slice(1).forEach((name, index) => {
      cables.push({ ends: [endOf(links[index] as string), endOf(name)] });
    });
  }
  const isRouted = [...names].some((name) => kindOf(name) === "router");
  let host = 0;
  const nodes = [...names].map((name): NodeFile => {
    const kind = kindOf(name);
    if (kind !== "host" || isRouted || options.addresses === false) return { name, kind };
    host += 1;
    const addresses = [`10.0.0.${host}/24 brd +`];
    const others = Array.from({ length: Math.max(0, (used.get(name) ?? 0) - 1) }, (_, index) => ({
      name: `eth${index + 1}`,
    }));
    return { name, kind, interfaces: [{ name: "eth0", addresses }, ...others] };
  });
  return { podwire: 1, seed: options.seed ?? 1, nodes, cables };
}

function kindOf(name: string): NodeFile["kind"] {
  if (name.startsWith("sw")) return "switch";
  return /^r\d/.test(name) ? "router" : "host";
}

/** The lab around the hosts: its clock and its cables. */
export class World {
  constructor(readonly lab: Lab) {}

  /** Lets lab time pass. */
  pass(durationSeconds: number): void {
    const { sim } = this.lab;
    const { reached } = sim.advanceTo(sim.nowNs + seconds(durationSeconds), EVENT_LIMIT);
    expect(reached, "too much happened").toBe(true);
  }

  cut(one: TestHost, other: TestHost): void {
    this.configure(one, other, { cut: true });
  }

  restore(one: TestHost, other: TestHost): void {
    this.configure(one, other, { cut: false });
  }

  /** The first cable between two hosts. */
  configure(one: TestHost, other: TestHost, changes: Partial<CableProperties>): void {
    const { id, properties } = this.cable(one, other);
    this.lab.configureCable(id, { ...properties, ...changes });
  }

  cable(one: TestHost, other: TestHost): LabCable {
    const found = [...this.lab.cables].find(({ ends }) => {
      const nodes = ends.map((card) => card.node);
      return nodes.includes(one.node) && nodes.includes(other.node);
    });
    if (!found) throw new Error(`no cable between ${one.node.name} and ${other.node.name}`);
    return found;
  }

  /** Lets time pass until the command ends. */
  finish(command: CommandRun, limitSeconds: number): void {
    const { sim } = this.lab;
    const ended = (): boolean => command.exitStatus !== undefined;
    runUntil(sim, ended, sim.nowNs + seconds(limitSeconds), EVENT_LIMIT);
  }
}

export class TestHost {
  constructor(
    private readonly world: World,
    readonly node: LabNode,
  ) {}

  /** Runs a command line in bash and lets time pass until it ends, at most `limitSeconds`. */
  types(commandLine: string, limitSeconds = 120): Printed {
    const command = this.node.machine.run(commandLine);
    this.world.finish(command, limitSeconds);
    return new Printed(commandLine, command);
  }

  /** Starts a command line; `finishes` and `interrupted` wait for its end. */
  starts(commandLine: string): Background {
    const command = this.node.machine.run(commandLine);
    this.world.pass(0.3);
    return new Background(this.world, commandLine, command);
  }
}

/** A command that runs while the test goes on. */
export class Background {
  constructor(
    private readonly world: World,
    private readonly commandLine: string,
    private readonly command: CommandRun,
  ) {}

  finishes(limitSeconds = 120): Printed {
    this.world.finish(this.command, limitSeconds);
    return new Printed(this.commandLine, this.command);
  }

  /** Ctrl-C */
  interrupted(): Printed {
    this.command.interrupt();
    return this.finishes(5);
  }
}

/** What a command printed. */
export class Printed {
  readonly stdout: string;
  readonly stderr: string;
  /** Undefined: it is still running. */
  readonly exit: number | undefined;

  constructor(
    private readonly commandLine: string,
    command: CommandRun,
  ) {
    this.stdout = command.stdout;
    this.stderr = command.stderr;
    this.exit = command.exitStatus;
  }

  /** Standard output has these texts, in this order, and the command succeeded. */
  prints(...texts: readonly string[]): this {
    this.exits(0);
    return this.shows(...texts);
  }

  /** Standard output has these texts, in this order, whatever the exit status is. */
  shows(...texts: readonly string[]): this {
    let at = 0;
    for (const text of texts) {
      const found = this.stdout.indexOf(text, at);
      if (found < 0) expect(this.stdout, `${this.commandLine} prints ${text}`).toContain(text);
      at = found + text.length;
    }
    return this;
  }

  printsExactly(text: string): this {
    this.exits(0);
    expect(this.stdout, this.commandLine).toBe(text);
    return this;
  }

  /** Standard error is this, and the command failed. */
  complains(text: string, exit?: number): this {
    expect(this.stderr, this.commandLine).toContain(text);
    if (exit === undefined) expect(this.exit, this.commandLine).not.toBe(0);
    else this.exits(exit);
    return this;
  }

  /** Standard error has these texts, in this order, whatever the exit status is. */
  warns(...texts: readonly string[]): this {
    let at = 0;
    for (const text of texts) {
      const found = this.stderr.indexOf(text, at);
      if (found < 0) expect(this.stderr, `${this.commandLine} says ${text}`).toContain(text);
      at = found + text.length;
    }
    return this;
  }

  exits(code: number): this {
    expect([this.exit, code === 0 ? this.stderr : ""], this.commandLine).toEqual([
      code,
      code === 0 ? this.stderr : "",
    ]);
    return this;
  }
}
