import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { getImage } from "../../../engine/images/index.ts";
import { Machine } from "../../../engine/machine/machine.ts";
import type { DiskImage } from "../../../engine/machine/disk-image.ts";
import { SECOND } from "../../../engine/sim/clock.ts";
import { Simulation } from "../../../engine/sim/simulation.ts";
import { SEED_DIRECTORIES, SEED_FILES, SEED_LINK, SEED_SECONDS, type Recorded } from "./seed.ts";

const folder = new URL("./commands/", import.meta.url);

/** A command line by Latin-1 bytes: what a byte string of the engine says. */
function run(machine: Machine, sim: Simulation, commandLine: string) {
  const command = machine.run(commandLine);
  const deadline = sim.nowNs + 60 * SECOND;
  while (command.exitStatus === undefined) {
    const next = sim.nextEventNs();
    if (next === undefined || next > deadline) break;
    sim.step();
  }
  return command;
}

function seeded(): { readonly machine: Machine; readonly sim: Simulation } {
  const sim = new Simulation(1);
  const machine = new Machine({ sim, name: "vm", image: getImage("debian-12") as DiskImage });
  machine.powerOn();
  sim.advanceTo(SECOND);
  const octal = (text: string) =>
    [...text].map((char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`).join("");
  const lines = ["mkdir -p /tmp/seed/d/sub", "cd /tmp/seed"];
  for (const [name, content] of Object.entries(SEED_FILES)) {
    lines.push(`printf '${octal(content)}' > ${name}`);
  }
  lines.push(`ln -s ${SEED_LINK.target} ${SEED_LINK.name}`);
  const names = [...Object.keys(SEED_FILES), ...SEED_DIRECTORIES.toReversed()].join(" ");
  lines.push(`touch -d @${SEED_SECONDS} ${names}`);
  expect(run(machine, sim, lines.join("\n")).exitStatus).toBe(0);
  return { machine, sim };
}

const { machine, sim } = seeded();

for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  const recorded = JSON.parse(readFileSync(new URL(file, folder), "utf8")) as readonly Recorded[];
  describe(`${file.replace(".json", "")} says what Debian's says`, () => {
    test.each(recorded.map((each) => [each.command, each] as const))("%s", (command, expected) => {
      run(machine, sim, "rm -rf /tmp/everyday; cp -a /tmp/seed /tmp/everyday");
      const result = run(machine, sim, `cd /tmp/everyday; ${command}`);
      // The host shows output as UTF-8, the recording is bytes.
      const bytes = (text: string) =>
        Buffer.from(text, "latin1").toString("utf8").replaceAll("\ufffd", "?");
      expect({
        stdout: result.stdout.replaceAll("\ufffd", "?"),
        stderr: result.stderr,
        exit: result.exitStatus,
      }).toEqual({ stdout: bytes(expected.stdout), stderr: expected.stderr, exit: expected.exit });
    });
  });
}
