import { expect, test } from "vitest";
import { DEFAULT_IMAGE, getImage, imageNames } from "../../engine/images/index.ts";
import { Machine } from "../../engine/machine/machine.ts";
import { programKeyOf } from "../../engine/kernel/fs/executable.ts";
import type { Sys } from "../../engine/kernel/process/sys.ts";
import { PROGRAMS } from "../../engine/programs/index.ts";
import { SECOND } from "../../engine/sim/clock.ts";
import { Simulation } from "../../engine/sim/simulation.ts";

function booted(): { machine: Machine; sim: Simulation; sys: Sys } {
  const sim = new Simulation(1);
  const image = getImage(DEFAULT_IMAGE);
  if (!image) throw new Error("no default image");
  const machine = new Machine({ sim, name: "web1", image });
  machine.powerOn();
  sim.advanceTo(SECOND);
  return { machine, sim, sys: machine.kernel.processes.get(1).sys as Sys };
}

test("images are known by name and built once", () => {
  expect(imageNames()).toContain(DEFAULT_IMAGE);
  expect(getImage(DEFAULT_IMAGE)).toBe(getImage(DEFAULT_IMAGE));
  expect(getImage("windows-3.11")).toBeUndefined();
});

test("every program is a file that can be executed", () => {
  const { machine, sys } = booted();
  for (const program of PROGRAMS) {
    const path = `${program.directory ?? "/usr/bin"}/${program.name}`;
    expect(sys.access(path, { execute: true }), path).toBe(true);
    const key = programKeyOf(sys.readFile(path));
    expect(machine.image.programs.get(key ?? ""), path).toBe(program);
  }
});

test("no two programs have the same name or key", () => {
  const paths = PROGRAMS.map(({ directory, name }) => `${directory ?? "/usr/bin"}/${name}`);
  expect(paths.filter((path, index) => paths.indexOf(path) !== index)).toEqual([]);
});

test("the machine knows its name", () => {
  const { sys } = booted();
  expect(sys.hostname()).toBe("web1");
  expect(sys.readTextFile("/etc/hostname")).toBe("web1\n");
  expect(sys.readTextFile("/etc/hosts")).toBe("127.0.0.1\tlocalhost\n127.0.1.1\tweb1\n");
});

test("the tree is laid out as Debian's", () => {
  const { sys } = booted();
  expect(sys.readlink("/bin")).toBe("usr/bin");
  expect(sys.realpath("/var/run")).toBe("/run");
  expect(sys.readTextFile("/etc/os-release")).toContain("VERSION_CODENAME=bookworm\n");
  expect(sys.readTextFile("/etc/services")).toContain("\nhttp\t80/tcp\twww\n");
  expect(sys.readTextFile("/etc/iproute2/rt_tables")).toContain("254\tmain\n");
  expect(sys.stat("/tmp").mode).toBe(0o1777);
  expect(sys.stat("/root").mode).toBe(0o700);
});

test("bash runs a pipeline", () => {
  const { machine, sim } = booted();
  const command = machine.run("for i in 1 2 3; do echo line $i; done | tail -n 1; exit 3");
  sim.advanceTo(sim.nowNs + SECOND);
  expect([command.stdout, command.stderr, command.exitStatus]).toEqual(["line 3\n", "", 3]);
});
