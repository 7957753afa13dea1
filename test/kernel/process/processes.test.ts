import { expect, test } from "vitest";
import { KernelError } from "../../../engine/kernel/errno.ts";
import type { Sys } from "../../../engine/kernel/process/sys.ts";
import type { Blocking } from "../../../engine/kernel/process/wait-queue.ts";
import { SECOND } from "../../../engine/sim/clock.ts";
import { program, smallMachine } from "../../support/small-machine.ts";

const greet = program("greet", function* (sys, argv) {
  yield* sys.print(`hello ${argv[1] ?? "world"}\n`);
  return 3;
});

function* runChild(sys: Sys, path: string, argv: readonly string[]) {
  const pid = sys.spawn({ run: { path, argv } });
  return yield* sys.waitpid(pid);
}

test("a child's exit status reaches its parent", () => {
  const { run } = smallMachine([greet]);
  const done = run(function* (sys) {
    const status = yield* runChild(sys, "/usr/bin/greet", ["greet", "you"]);
    yield* sys.print(JSON.stringify(status));
    return 0;
  });
  expect(done.out).toBe('hello you\n{"pid":3,"kind":"exited","code":3}');
  expect(done.status).toBe(0);
});

test("what cannot be run is refused with the kernel's errno", () => {
  const { run } = smallMachine([greet]);
  const done = run(function* (sys) {
    sys.writeFile("/root/plain", "echo hi\n", { mode: 0o755 });
    sys.writeFile("/root/data", "#!/usr/bin/greet\n", { mode: 0o644 });
    for (const path of ["/nowhere", "/root", "/root/data", "/root/plain"]) {
      try {
        sys.spawn({ run: { path, argv: [path] } });
      } catch (error) {
        yield* sys.print(`${path} ${(error as KernelError).errno}\n`);
      }
    }
    return 0;
  });
  expect(done.out).toBe("/nowhere ENOENT\n/root EACCES\n/root/data EACCES\n/root/plain ENOEXEC\n");
});

test("a child that cannot have a descriptor is not made", () => {
  const { run, machine, advance } = smallMachine([greet]);
  const done = run(function* (sys) {
    sys.spawn({
      run: { path: "/bin/greet", argv: ["greet"] },
      descriptors: new Map([[1, 77]]),
    });
    yield* sys.yieldCpu();
    return 0;
  });
  expect(done.err).toBe("main: Bad file descriptor\n");
  advance(1);
  expect(machine.kernel.processes.list()).toHaveLength(1);
});

test("a script's first line names its interpreter", () => {
  const show = program("show", function* (sys, argv) {
    yield* sys.print(argv.join("|"));
    return 0;
  });
  const { run } = smallMachine([show]);
  const done = run(function* (sys) {
    sys.writeFile("/root/s", "#! /usr/bin/show -e x  \nbody", { mode: 0o755 });
    yield* runChild(sys, "/root/s", ["s", "1", "2"]);
    return 0;
  });
  expect(done.out).toBe("/usr/bin/show|-e x|/root/s|1|2");
});

test("exec replaces the program under the same pid", () => {
  const { run } = smallMachine([greet]);
  const done = run(function* (sys) {
    yield* sys.exec("/bin/greet", ["greet"]);
    return 0;
  });
  expect(done.out).toBe("hello world\n");
  expect(done.status).toBe(3);
});

test("a copy of a program runs", () => {
  const { run } = smallMachine([greet]);
  const done = run(function* (sys) {
    sys.writeFile("/tmp/copy", sys.readFile("/bin/greet"), { mode: 0o755 });
    yield* runChild(sys, "/tmp/copy", ["copy", "copy"]);
    return 0;
  });
  expect(done.out).toBe("hello copy\n");
});

test("exit runs the finally blocks", () => {
  const { run } = smallMachine();
  const done = run(function* (sys) {
    try {
      yield* sys.exit(7);
    } finally {
      sys.writeFile("/tmp/cleaned", "yes");
    }
    return 0;
  });
  expect(done.status).toBe(7);
});

test("a program that throws dies as by a segmentation fault, and the lab goes on", () => {
  const { run, machine } = smallMachine();
  const faults: unknown[] = [];
  machine.kernel.onFault = (_process, error) => faults.push(error);

  const done = run(function* () {
    throw new Error("our bug");
  });
  expect(done.status).toBe(139);
  expect(done.err).toBe("main: internal error: our bug\n");
  expect(faults).toHaveLength(1);
  expect(
    run(function* (sys) {
      yield* sys.print("alive");
      return 0;
    }).out,
  ).toBe("alive");
});

test("a refusal that a program does not expect ends it with the errno's text", () => {
  const { run } = smallMachine();
  const done = run(function* (sys) {
    sys.readFile("/nowhere");
    yield* sys.yieldCpu();
    return 0;
  });
  expect(done.err).toBe("main: No such file or directory\n");
  expect(done.status).toBe(1);
});

test("an orphan goes to init and leaves no zombie", () => {
  const { run, machine, advance } = smallMachine();
  run(function* (sys) {
    sys.spawn({
      run: {
        name: "orphan",
        *main(child) {
          yield* child.sleep(SECOND);
          child.writeFile("/tmp/parent", String(child.ppid));
          return 0;
        },
      },
    });
    yield* sys.yieldCpu();
    return 0;
  });
  advance(2);
  expect(machine.kernel.processes.list().map((process) => process.pid)).toEqual([1]);
  const reader = run(function* (sys) {
    yield* sys.print(sys.readTextFile("/tmp/parent"));
    return 0;
  });
  expect(reader.out).toBe("1");
});

test("a process stays a zombie until its parent waits", () => {
  const { run, machine } = smallMachine();
  const done = run(function* (sys) {
    const pid = sys.spawn({ run: { name: "brief", main: nothing } });
    yield* sys.sleep(SECOND);
    yield* sys.print(machine.kernel.processes.get(pid).state);
    yield* sys.waitpid(pid);
    yield* sys.print(String(machine.kernel.processes.find(pid)));
    return 0;
  });
  expect(done.out).toBe("Zundefined");
});

test("waiting without children is refused", () => {
  const { run } = smallMachine();
  const done = run(function* (sys) {
    yield* sys.waitpid(-1);
    return 0;
  });
  expect(done.err).toBe("main: No child processes\n");
});

test("a fork bomb ends in EAGAIN and the machine stays alive", () => {
  const { start, machine, advance, run } = smallMachine();
  function* bomb(sys: Sys): Blocking<number> {
    for (;;) {
      try {
        sys.spawn({ run: { name: "bomb", main: bomb } });
      } catch (error) {
        if (!(error instanceof KernelError) || error.errno !== "EAGAIN") throw error;
        sys.writeFile("/tmp/refused", error.errno);
      }
      yield* sys.yieldCpu();
    }
  }
  const started = start(bomb);
  advance(1);
  expect(machine.kernel.processes.list().length).toBe(2048);
  machine.kernel.signals.sendGroup(started.pid, "SIGKILL");
  advance(1);
  expect(machine.kernel.processes.list().length).toBe(1);
  const after = run(function* (sys) {
    yield* sys.print(sys.readTextFile("/tmp/refused"));
    return 0;
  });
  expect(after.out).toBe("EAGAIN");
});

test("an endless loop costs virtual time and does not hold others up", () => {
  const { start, sim, machine } = smallMachine();
  const looping = start(function* (sys) {
    for (;;) yield* sys.yieldCpu();
  });
  const other = start(function* (sys) {
    yield* sys.sleep(SECOND);
    yield* sys.print("on time");
    return 0;
  });
  const before = sim.nowNs;
  const events = sim.advanceTo(before + 2 * SECOND).eventsRun;
  expect(other.out).toBe("on time");
  expect(events).toBeLessThan(1_000_000);
  const used = machine.kernel.processes.get(looping.pid).cpuUsedNs;
  expect(used).toBeGreaterThan(1.9 * SECOND);
  expect(used).toBeLessThan(2.1 * SECOND);
});

test("a pair that only wake each other cannot stop the clock", () => {
  const { start, sim } = smallMachine();
  start(function* (sys) {
    const { read, write } = sys.pipe();
    sys.spawn({
      run: {
        name: "reader",
        *main(child) {
          child.close(write);
          for (;;) yield* child.read(read);
        },
      },
      descriptors: new Map([
        [read, read],
        [write, write],
      ]),
    });
    for (;;) yield* sys.write(write, new Uint8Array(65_536));
  });
  const result = sim.advanceTo(sim.nowNs + SECOND, 1_000_000);
  expect(result.reached).toBe(true);
});

function* nothing() {
  return 0;
}
