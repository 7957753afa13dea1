import { expect, test } from "vitest";
import type { KernelError } from "../../../engine/kernel/errno.ts";
import type { SignalName } from "../../../engine/kernel/process/signal.ts";
import type { Sys } from "../../../engine/kernel/process/sys.ts";
import { SECOND } from "../../../engine/sim/clock.ts";
import { smallMachine } from "../../support/small-machine.ts";

function* sleeper(sys: Sys) {
  yield* sys.sleep(100 * SECOND);
  return 0;
}

test("a signal without a handler ends the process, and the parent learns which", () => {
  const { run } = smallMachine();
  const done = run(function* (sys) {
    for (const signal of ["SIGTERM", "SIGKILL", "SIGINT"] as const) {
      const pid = sys.spawn({ run: { name: "sleeper", main: sleeper } });
      sys.kill(pid, signal);
      const status = yield* sys.waitpid(pid);
      if (status?.kind === "signaled") yield* sys.print(`${status.signal} `);
    }
    return 0;
  });
  expect(done.out).toBe("SIGTERM SIGKILL SIGINT ");
});

test("being killed runs the finally blocks", () => {
  const { run } = smallMachine();
  const done = run(function* (sys) {
    const pid = sys.spawn({
      run: {
        name: "tidy",
        *main(child) {
          try {
            yield* child.pause();
          } finally {
            child.writeFile("/tmp/tidied", "yes");
            // Waiting again is not allowed any more.
            yield* child.sleep(SECOND);
            child.writeFile("/tmp/tidied", "too late");
          }
          return 0;
        },
      },
    });
    yield* sys.yieldCpu();
    sys.kill(pid, "SIGTERM");
    yield* sys.waitpid(pid);
    yield* sys.sleep(2 * SECOND);
    yield* sys.print(sys.readTextFile("/tmp/tidied"));
    return 0;
  });
  expect(done.out).toBe("yes");
});

test("a handled signal interrupts a blocked call with EINTR", () => {
  const { start, sim, machine, advance } = smallMachine();
  const seen: string[] = [];
  const started = start(function* (sys) {
    sys.signal("SIGUSR1", (signal) => seen.push(signal));
    try {
      yield* sys.sleep(100 * SECOND);
    } catch (error) {
      seen.push((error as KernelError).errno);
    }
    return 5;
  });
  advance(1);
  const before = sim.nowNs;
  machine.kernel.signals.send(machine.kernel.processes.get(started.pid), "SIGUSR1");
  advance(1);
  expect(seen).toEqual(["SIGUSR1", "EINTR"]);
  expect(started.status).toBe(5);
  expect(sim.nowNs).toBe(before + SECOND);
});

test("an ignored signal does not interrupt anything", () => {
  const { start, machine, advance } = smallMachine();
  const started = start(function* (sys) {
    sys.signal("SIGINT", "ignore");
    yield* sys.sleep(2 * SECOND);
    return 0;
  });
  advance(1);
  machine.kernel.signals.send(machine.kernel.processes.get(started.pid), "SIGINT");
  advance(2);
  expect(started.status).toBe(0);
});

test("SIGKILL and SIGSTOP cannot be caught", () => {
  const { run } = smallMachine();
  const done = run(function* (sys) {
    for (const signal of ["SIGKILL", "SIGSTOP"] as const) {
      try {
        sys.signal(signal, "ignore");
      } catch (error) {
        yield* sys.print((error as KernelError).errno);
      }
    }
    return 0;
  });
  expect(done.out).toBe("EINVALEINVAL");
});

test("a signal to oneself acts before the next call that may block returns", () => {
  const { run } = smallMachine();
  const done = run(function* (sys) {
    sys.kill(sys.pid, "SIGTERM");
    yield* sys.print("never");
    return 0;
  });
  expect(done.out).toBe("");
  expect(done.status).toBe(143);
});

test("a stopped process does nothing until it is continued, and the parent sees both", () => {
  const { run } = smallMachine();
  const done = run(function* (sys) {
    const ticks = { count: 0 };
    const pid = sys.spawn({
      run: {
        name: "ticker",
        *main(child) {
          for (;;) {
            yield* child.sleep(SECOND);
            ticks.count += 1;
          }
        },
      },
    });
    yield* sys.sleep(3.5 * SECOND);
    sys.kill(pid, "SIGSTOP");
    const stopped = yield* sys.waitpid(pid, { untraced: true });
    const before = ticks.count;
    yield* sys.sleep(10 * SECOND);
    yield* sys.print(`${JSON.stringify(stopped)} ${ticks.count - before}\n`);
    sys.kill(pid, "SIGCONT");
    const continued = yield* sys.waitpid(pid, { continued: true });
    yield* sys.sleep(2.5 * SECOND);
    yield* sys.print(`${JSON.stringify(continued)} ${ticks.count > before}\n`);
    sys.kill(pid, "SIGSTOP");
    yield* sys.waitpid(pid, { untraced: true });
    sys.kill(pid, "SIGKILL");
    yield* sys.print(JSON.stringify(yield* sys.waitpid(pid)));
    return 0;
  });
  expect(done.out).toBe(
    '{"pid":3,"kind":"stopped","signal":"SIGSTOP"} 0\n' +
      '{"pid":3,"kind":"continued"} true\n' +
      '{"pid":3,"kind":"signaled","signal":"SIGKILL"}',
  );
});

test("a stopped and continued sleep goes on without EINTR", () => {
  const { start, machine, advance } = smallMachine();
  const started = start(function* (sys) {
    yield* sys.sleep(5 * SECOND);
    return 0;
  });
  const process = machine.kernel.processes.get(started.pid);
  const send = (signal: SignalName) => machine.kernel.signals.send(process, signal);
  advance(1);
  send("SIGSTOP");
  advance(1);
  expect(process.state).toBe("T");
  send("SIGCONT");
  advance(1);
  expect(started.status).toBeUndefined();
  advance(3);
  expect(started.status).toBe(0);
});

test("kill with a negative pid reaches the whole group and nobody else", () => {
  const { run } = smallMachine();
  const done = run(function* (sys) {
    const leader = sys.spawn({ run: { name: "a", main: sleeper }, processGroup: 0 });
    const member = sys.spawn({ run: { name: "b", main: sleeper }, processGroup: leader });
    const other = sys.spawn({ run: { name: "c", main: sleeper } });
    sys.kill(-leader, "SIGTERM");
    yield* sys.waitpid(leader);
    yield* sys.waitpid(member);
    const left = yield* sys.waitpid(other, { noHang: true });
    yield* sys.print(String(left));
    sys.kill(other, "SIGKILL");
    return 0;
  });
  expect(done.out).toBe("undefined");
});

test("init cannot be killed", () => {
  const { run, machine } = smallMachine();
  run(function* (sys) {
    sys.kill(1, "SIGKILL");
    sys.kill(1, "SIGTERM");
    yield* sys.sleep(SECOND);
    return 0;
  });
  expect(machine.kernel.processes.get(1).ended).toBeUndefined();
});

test("a stopped group that loses its shell is hung up", () => {
  const { run, machine, advance } = smallMachine();
  run(function* (sys) {
    // The shell: in a session with the job, in another group.
    const shell = sys.spawn({
      run: {
        name: "shell",
        *main(child) {
          const job = child.spawn({ run: { name: "job", main: sleeper }, processGroup: 0 });
          child.kill(job, "SIGTSTP");
          yield* child.waitpid(job, { untraced: true });
          return 0;
        },
      },
      newSession: true,
    });
    yield* sys.waitpid(shell);
    return 0;
  });
  advance(1);
  expect(machine.kernel.processes.list().map((process) => process.comm)).toEqual(["systemd"]);
});
