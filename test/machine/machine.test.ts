import { expect, test } from "vitest";
import type { Sys } from "../../engine/kernel/process/sys.ts";
import { Machine } from "../../engine/machine/machine.ts";
import type { ServiceUnit } from "../../engine/machine/service.ts";
import { SECOND } from "../../engine/sim/clock.ts";
import { Simulation } from "../../engine/sim/simulation.ts";
import { decodeUtf8 } from "../../engine/sim/utf8.ts";
import { noNetwork } from "../support/no-network.ts";
import { imageOf, program, smallMachine } from "../support/small-machine.ts";

/** Stands in for the shell: its command line says what to do. */
const bash = program("bash", function* (sys, argv) {
  const line = argv[0] === "-bash" ? "interactive" : argv[3];
  switch (line) {
    case "interactive":
      yield* sys.print(`${sys.cwd()} ${sys.env.get("TERM")} ${sys.ttyname(0)}\n$ `);
      for (;;) {
        const typed = decodeUtf8(yield* sys.read(0)).trim();
        if (typed === "exit") return 4;
        yield* sys.print(`you said ${typed}\n$ `);
      }
    case "streams":
      yield* sys.print("to out\n");
      yield* sys.printError("to err\n");
      return 3;
    case "read":
      yield* sys.write(1, yield* sys.read(0));
      return 0;
    case "where":
      yield* sys.print(`${sys.cwd()} ${[...sys.env].map((pair) => pair.join("=")).join(" ")}\n`);
      return 0;
    case "sleep":
      yield* sys.sleep(1000 * SECOND);
      return 0;
    case "write":
      sys.writeFile("/root/kept", "on disk");
      sys.writeFile("/run/lost", "in memory");
      return 0;
    case "read back":
      yield* sys.print(sys.readTextFile("/root/kept"));
      yield* sys.print(` ${sys.access("/run/lost", {})}`);
      return 0;
    default:
      return 127;
  }
});

test("a command's streams and exit status are collected apart", () => {
  const { machine, advance } = smallMachine([bash]);
  const command = machine.run("streams");
  expect(command.exitStatus).toBeUndefined();
  advance(1);
  expect([command.stdout, command.stderr, command.exitStatus]).toEqual(["to out\n", "to err\n", 3]);
});

test("with a terminal a command's streams are one", () => {
  const { machine, advance } = smallMachine([bash]);
  const command = machine.run("streams", { ttyColumns: 100 });
  advance(1);
  expect([command.stdout, command.stderr]).toEqual(["to out\nto err\n", ""]);
});

test("a command gets its standard input and the runner's environment", () => {
  const { machine, advance } = smallMachine([bash]);
  const reading = machine.run("read", { stdin: "given" });
  const where = machine.run("where", { env: { EXTRA: "1" } });
  advance(1);
  expect(reading.stdout).toBe("given");
  expect(where.stdout).toBe(
    "/root PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root USER=root LOGNAME=root " +
      "SHELL=/bin/bash LC_ALL=C TZ=UTC TERM=dumb EXTRA=1\n",
  );
});

test("a command can be interrupted and killed", () => {
  const { machine, advance } = smallMachine([bash]);
  const one = machine.run("sleep");
  const other = machine.run("sleep");
  const ended: number[] = [];
  other.onExit = (status) => ended.push(status);
  advance(1);
  one.interrupt();
  other.kill();
  advance(1);
  expect([one.exitStatus, other.exitStatus]).toEqual([130, 137]);
  expect(ended).toEqual([137]);
});

test("a terminal runs a login shell of root", () => {
  const { machine, advance } = smallMachine([bash]);
  const terminal = machine.openTerminal({ columns: 80, rows: 24 });
  let screen = "";
  let exit: number | undefined;
  terminal.onOutput = () => void (screen += decodeUtf8(terminal.takeOutput()));
  terminal.onExit = (status) => void (exit = status);
  advance(1);
  terminal.input("hi\r");
  advance(1);
  terminal.input("exit\r");
  advance(1);
  expect(screen).toBe("/root xterm-256color /dev/pts/0\r\n$ hi\r\nyou said hi\r\n$ exit\r\n");
  expect(exit).toBe(4);
});

test("closing a terminal ends its shell, and its number is free again", () => {
  const { machine, advance } = smallMachine([bash]);
  const first = machine.openTerminal({ columns: 80, rows: 24 });
  const second = machine.openTerminal({ columns: 80, rows: 24 });
  advance(1);
  let exit: number | undefined;
  first.onExit = (status) => void (exit = status);
  first.close();
  advance(1);
  expect(exit).toBe(129);
  expect([first.isOpen, second.isOpen, second.path]).toEqual([false, true, "/dev/pts/1"]);
  expect(machine.openTerminal({ columns: 80, rows: 24 }).path).toBe("/dev/pts/0");
});

test("a reboot loses what was in memory and keeps the disk", () => {
  const { machine, advance } = smallMachine([bash]);
  machine.run("write");
  const sleeping = machine.run("sleep");
  const terminal = machine.openTerminal({ columns: 80, rows: 24 });
  advance(1);
  let closed: number | undefined;
  terminal.onExit = (status) => void (closed = status);
  const before = machine.kernel;
  machine.reboot();
  advance(1);
  expect(machine.kernel).not.toBe(before);
  expect(before.processes.list()).toEqual([]);
  expect([sleeping.exitStatus, closed]).toEqual([137, 129]);
  const back = machine.run("read back");
  advance(1);
  expect(back.stdout).toBe("on disk false");
});

test("a machine that is off runs nothing and leaves no events behind", () => {
  const { machine, sim, advance } = smallMachine([bash]);
  machine.run("sleep");
  advance(1);
  machine.powerOff();
  expect(machine.isOn).toBe(false);
  expect(() => machine.run("streams")).toThrow("box is switched off");
  expect(sim.nextEventNs()).toBeUndefined();
});

// ------------------------------------------------------------------ services

const daemon = program("daemon", function* (sys: Sys, argv) {
  yield* sys.print(`started ${argv.slice(1).join(" ")}\n`);
  yield* sys.pause();
  return 0;
});

const failing = program("failing", function* (sys: Sys) {
  yield* sys.printError("cannot work\n");
  return 1;
});

const units: readonly ServiceUnit[] = [
  {
    name: "web",
    description: "A server",
    argv: ["/usr/bin/daemon", "-x"],
    enabled: true,
    restart: "on-failure",
  },
  { name: "idle", description: "Not enabled", argv: ["/usr/bin/daemon"], enabled: false },
  {
    name: "bad",
    description: "Fails",
    argv: ["/usr/bin/failing"],
    enabled: false,
    restart: "on-failure",
  },
  { name: "gone", description: "No such file", argv: ["/usr/bin/none"], enabled: false },
];

function states(machine: Machine): Record<string, string> {
  const list = machine.services?.list() ?? [];
  return Object.fromEntries(list.map((status) => [status.unit.name, status.state]));
}

test("enabled services start at boot as children of init, and log", () => {
  const { machine } = smallMachine([daemon, failing], units);
  expect(states(machine)).toEqual({
    web: "active",
    idle: "inactive",
    bad: "inactive",
    gone: "inactive",
  });
  const pid = machine.services?.status("web")?.mainPid as number;
  expect(machine.kernel.processes.get(pid).parent?.pid).toBe(1);
  expect(machine.services?.logs("web").map((line) => line.text)).toEqual([
    "Started web.service - A server.",
    "started -x",
  ]);
});

test("a stopped service stays stopped, a killed one comes back", () => {
  const { machine, advance } = smallMachine([daemon, failing], units);
  const first = machine.services?.status("web")?.mainPid as number;
  machine.kernel.signals.send(machine.kernel.processes.get(first), "SIGKILL");
  advance(1);
  const second = machine.services?.status("web")?.mainPid as number;
  expect(second).toBeGreaterThan(first);
  machine.services?.stop("web");
  advance(1);
  expect(machine.services?.status("web")).toMatchObject({ state: "inactive", mainPid: 0 });
});

test("a service that keeps failing is given up", () => {
  const { machine, advance } = smallMachine([daemon, failing], units);
  machine.services?.start("bad");
  machine.services?.start("gone");
  advance(10);
  expect(states(machine)).toMatchObject({ bad: "failed", gone: "failed" });
  const starts = machine.services?.logs("bad").filter((line) => line.text.startsWith("Started"));
  expect(starts).toHaveLength(5);
  expect(machine.services?.logs("bad").at(-2)?.text).toBe(
    "bad.service: Failed with result 'start-limit-hit'.",
  );
  expect(() => machine.services?.start("unknown")).toThrow("ENOENT");
});

// ------------------------------------------------------------------ size

test("an idle machine is small", () => {
  const sim = new Simulation(1);
  const image = imageOf([bash]);
  const boot = (count: number) => {
    const machines = [];
    for (let i = 0; i < count; i++) {
      const machine = new Machine({ sim, name: `m${i}`, image, createNetwork: noNetwork });
      machine.powerOn();
      machines.push(machine);
    }
    sim.advanceTo(sim.nowNs + SECOND);
    return machines;
  };
  const kept = [boot(50)];
  const before = process.memoryUsage().heapUsed;
  kept.push(boot(2000));
  const perMachine = (process.memoryUsage().heapUsed - before) / 2000;
  expect(kept).toHaveLength(2);
  // Without a forced collection this counts garbage as well.
  expect(perMachine).toBeLessThan(60_000);
  expect(sim.nextEventNs()).toBeUndefined();
});
