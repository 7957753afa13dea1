/** A Debian machine for tests of the everyday tools: command lines, and a terminal to type in. */
import { getImage } from "../../../engine/images/index.ts";
import type { DiskImage } from "../../../engine/machine/disk-image.ts";
import { Machine } from "../../../engine/machine/machine.ts";
import { SECOND } from "../../../engine/sim/clock.ts";
import { Simulation } from "../../../engine/sim/simulation.ts";

export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Undefined: still running after a minute. */
  readonly exit: number | undefined;
}

export interface EverydayMachine {
  run(commandLine: string): CommandResult;
  /** A login shell in a terminal of 80 by 24, its prompt taken. */
  openTerminal(): Typist;
}

export interface Typist {
  /** Types keys, lets a tenth of a second pass and returns what appeared. */
  type(keys: string): string;
}

export function everydayMachine(): EverydayMachine {
  const sim = new Simulation(1);
  const machine = new Machine({ sim, name: "vm", image: getImage("debian-12") as DiskImage });
  machine.powerOn();
  sim.advanceTo(SECOND);
  return {
    run(commandLine) {
      const command = machine.run(commandLine);
      const deadline = sim.nowNs + 60 * SECOND;
      while (command.exitStatus === undefined) {
        const next = sim.nextEventNs();
        if (next === undefined || next > deadline) break;
        sim.step();
      }
      return { stdout: command.stdout, stderr: command.stderr, exit: command.exitStatus };
    },
    openTerminal() {
      const session = machine.openTerminal({ columns: 80, rows: 24 });
      const take = () => {
        sim.advanceTo(sim.nowNs + SECOND / 10);
        let text = "";
        for (let bytes = session.takeOutput(); bytes.length > 0; bytes = session.takeOutput()) {
          text += Buffer.from(bytes).toString("utf8");
        }
        return text;
      };
      take();
      return {
        type(keys) {
          session.input(keys);
          return take();
        },
      };
    },
  };
}

/** The rows of a full screen as they stand after these bytes (cursor home, text, erase to the end). */
export function screenAfter(output: string): readonly string[] {
  const frame = output.slice(output.lastIndexOf("\x1b[H") + 3);

  const plain = frame.replace(/\x1b\[[?\d;]*[A-Za-z]/g, "");
  return plain.split("\r\n").map((row) => row.trimEnd());
}
