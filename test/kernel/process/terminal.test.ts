import { expect, test } from "vitest";
import type { KernelError } from "../../../engine/kernel/errno.ts";
import type { Process } from "../../../engine/kernel/process/process.ts";
import type { Sys } from "../../../engine/kernel/process/sys.ts";
import type { Terminal } from "../../../engine/kernel/process/terminal/terminal.ts";
import type { Blocking } from "../../../engine/kernel/process/wait-queue.ts";
import { SECOND } from "../../../engine/sim/clock.ts";
import { decodeUtf8, encodeUtf8 } from "../../../engine/sim/utf8.ts";
import { smallMachine, type TestMachine } from "../../support/small-machine.ts";

interface Screen {
  readonly terminal: Terminal;
  readonly leader: Process;
  types(text: string): void;
  /** What came since the last look. */
  shows(): string;
  readonly status: number | undefined;
}

/** A session leader on a terminal of its own. */
function onTerminal({ machine, sim }: TestMachine, main: (sys: Sys) => Blocking<number>): Screen {
  const { kernel } = machine;
  const terminal = kernel.openTerminal({ columns: 80, rows: 24 });
  const leader = kernel.createProcess({
    parent: kernel.processes.get(1),
    argv: ["leader"],
    env: new Map(),
  });
  leader.session = leader.group = leader.pid;
  leader.terminal = terminal;
  terminal.session = terminal.foregroundGroup = leader.pid;
  const slave = terminal.openSlave();
  for (const fd of [0, 1, 2]) leader.descriptors.put(fd, slave);
  const state: { status: number | undefined } = { status: undefined };
  leader.endListeners.push((status) => {
    state.status = status.kind === "exited" ? status.code : -1;
  });
  kernel.scheduler.start(leader, main);
  sim.advanceTo(sim.nowNs + SECOND);
  return {
    terminal,
    leader,
    types: (text) => {
      terminal.input(encodeUtf8(text));
      sim.advanceTo(sim.nowNs + SECOND);
    },
    shows: () => decodeUtf8(terminal.takeOutput()),
    get status() {
      return state.status;
    },
  };
}

function* echoLines(sys: Sys) {
  for (;;) {
    const data = yield* sys.read(0);
    if (data.length === 0) {
      yield* sys.print("EOF\n");
      return 0;
    }
    yield* sys.print(`<${decodeUtf8(data).trimEnd()}>\n`);
  }
}

test("a line is edited before the program sees it", () => {
  const lines: readonly (readonly [typed: string, seen: string, screen: string])[] = [
    ["hello\r", "hello", "hello\r\n"],
    ["helo\x7flo\r", "hello", "helo\b \blo\r\n"],
    ["one two  \x17three\r", "one three", `one two  ${"\b \b".repeat(5)}three\r\n`],
    ["gone\x15here\r", "here", `gone${"\b \b".repeat(4)}here\r\n`],
    ["\x16\x03x\r", "\x03x", "^\b^Cx\r\n"],
    ["é\x7fe\r", "e", "é\b \be\r\n"],
    ["\x01\x7fa\r", "a", "^A\b \b\b \ba\r\n"],
  ];
  for (const [typed, seen, screen] of lines) {
    const view = onTerminal(smallMachine(), echoLines);
    view.types(typed);
    expect(view.shows()).toBe(`${screen}<${seen}>\r\n`);
  }
});

test("Ctrl-D hands over an unfinished line, and ends the file at the start of one", () => {
  const view = onTerminal(smallMachine(), echoLines);
  view.types("part\x04");
  expect(view.shows()).toBe("part<part>\r\n");
  view.types("\x04");
  expect(view.shows()).toBe("EOF\r\n");
  expect(view.status).toBe(0);
});

test("in raw mode each byte comes as it is typed, without echo", () => {
  const view = onTerminal(smallMachine(), function* (sys) {
    sys.tcsetattr(0, {
      canonical: false,
      echo: false,
      signals: false,
      outputNewlines: true,
      inputNewlines: false,
    });
    for (let i = 0; i < 4; i++) {
      const data = yield* sys.read(0);
      yield* sys.print(`[${[...data].join(",")}]`);
    }
    return 0;
  });
  view.types("a");
  view.types("\r");
  view.types("\x03");
  view.types("\x1b[A");
  expect(view.shows()).toBe("[97][13][3][27,91,65]");
});

test("Ctrl-C goes to the foreground group and not to the shell", () => {
  const view = onTerminal(smallMachine(), function* (sys) {
    sys.signal("SIGTTOU", "ignore");
    const job = sys.spawn({
      run: {
        name: "job",
        *main(child) {
          yield* child.sleep(1000 * SECOND);
          return 0;
        },
      },
      processGroup: 0,
      foreground: true,
    });
    const status = yield* sys.waitpid(job);
    sys.tcsetpgrp(0, sys.getpgid());
    yield* sys.print(`${JSON.stringify(status)}\n`);
    yield* sys.read(0);
    return 0;
  });
  view.types("\x03");
  expect(view.shows()).toBe('^C{"pid":3,"kind":"signaled","signal":"SIGINT"}\r\n');
  expect(view.status).toBeUndefined();
});

test("a shell that handles SIGINT has its read interrupted by Ctrl-C", () => {
  const view = onTerminal(smallMachine(), function* (sys) {
    sys.signal("SIGINT", () => {});
    for (;;) {
      try {
        yield* sys.read(0);
      } catch (error) {
        yield* sys.print(` ${(error as KernelError).errno}\n`);
      }
    }
  });
  view.types("abc\x03");
  view.types("\x03");
  expect(view.shows()).toBe("abc^C EINTR\r\n^C EINTR\r\n");
});

test("Ctrl-Z stops the job, and it goes on in the foreground", () => {
  const view = onTerminal(smallMachine(), function* (sys) {
    sys.signal("SIGTTOU", "ignore");
    sys.signal("SIGTSTP", "ignore");
    const job = sys.spawn({
      run: {
        name: "job",
        *main(child) {
          yield* child.sleep(4 * SECOND);
          yield* child.print("job done\n");
          return 0;
        },
      },
      processGroup: 0,
      foreground: true,
      resetSignals: ["SIGTSTP", "SIGTTOU"],
    });
    const stopped = yield* sys.waitpid(job, { untraced: true });
    sys.tcsetpgrp(0, sys.getpgid());
    yield* sys.print(`${stopped?.kind}\n`);
    yield* sys.sleep(10 * SECOND);
    sys.tcsetpgrp(0, job);
    sys.kill(-job, "SIGCONT");
    const ended = yield* sys.waitpid(job, { untraced: true });
    yield* sys.print(`${ended?.kind}\n`);
    return 0;
  });
  view.types("\x1a");
  view.types("");
  for (let i = 0; i < 12; i++) view.types("");
  expect(view.shows()).toBe("^Zstopped\r\njob done\r\nexited\r\n");
});

test("a background job that reads the terminal is stopped by SIGTTIN", () => {
  const view = onTerminal(smallMachine(), function* (sys) {
    const job = sys.spawn({
      run: {
        name: "job",
        *main(child) {
          const data = yield* child.read(0);
          yield* child.print(`job read ${decodeUtf8(data)}`);
          return 0;
        },
      },
      processGroup: 0,
    });
    const stopped = yield* sys.waitpid(job, { untraced: true });
    yield* sys.print(`${JSON.stringify(stopped)}\n`);
    sys.signal("SIGTTOU", "ignore");
    sys.tcsetpgrp(0, job);
    sys.kill(-job, "SIGCONT");
    yield* sys.waitpid(job);
    return 0;
  });
  view.types("hi\r");
  expect(view.shows()).toBe(
    '{"pid":3,"kind":"stopped","signal":"SIGTTIN"}\r\nhi\r\njob read hi\r\n',
  );
});

test("only the foreground may choose the foreground, unless SIGTTOU is ignored", () => {
  const view = onTerminal(smallMachine(), function* (sys) {
    const job = sys.spawn({
      run: {
        name: "job",
        *main(child) {
          child.signal("SIGTTOU", () => {});
          try {
            child.tcsetpgrp(0, child.pid);
          } catch (error) {
            yield* child.print(`${(error as KernelError).errno}\n`);
          }
          return 0;
        },
      },
      processGroup: 0,
    });
    yield* sys.waitpid(job);
    return 0;
  });
  expect(view.shows()).toBe("EINTR\r\n");
});

test("a program that floods the screen waits until the host has taken the output", () => {
  const box = smallMachine();
  const view = onTerminal(box, function* (sys) {
    for (;;) yield* sys.print("y\n".repeat(512));
  });
  box.advance(10);
  const first = view.terminal.takeOutput().length;
  expect(first).toBeLessThanOrEqual(65_536);
  const used = view.leader.cpuUsedNs;
  box.advance(10);
  expect(view.terminal.takeOutput().length).toBeLessThanOrEqual(65_536);
  box.advance(100);
  expect(view.leader.cpuUsedNs - used).toBeLessThan(SECOND / 100);
  view.types("\x03");
  expect(view.leader.ended).toMatchObject({ kind: "signaled", signal: "SIGINT" });
  expect(view.shows()).toContain("^C");
});

test("the host is told once when output comes, until it has taken it", () => {
  const box = smallMachine();
  const view = onTerminal(box, echoLines);
  let calls = 0;
  view.terminal.onOutput = () => void (calls += 1);
  view.types("a\r");
  expect(calls).toBe(1);
  view.shows();
  view.types("b\r");
  expect(calls).toBe(2);
});

test("a resize is told by SIGWINCH", () => {
  const box = smallMachine();
  const view = onTerminal(box, function* (sys) {
    sys.signal("SIGWINCH", () => {});
    yield* sys.pause();
    const { columns, rows } = sys.windowSize(0);
    yield* sys.print(`${columns}x${rows}`);
    return 0;
  });
  view.terminal.resize({ columns: 100, rows: 30 });
  box.advance(1);
  expect(view.shows()).toBe("100x30");
});

test("closing the window hangs the session up", () => {
  const box = smallMachine();
  const seen: string[] = [];
  const view = onTerminal(box, function* (sys) {
    sys.signal("SIGHUP", (signal) => seen.push(signal));
    seen.push(String((yield* sys.read(0)).length));
    try {
      yield* sys.print("x");
    } catch (error) {
      seen.push((error as KernelError).errno);
    }
    return 0;
  });
  view.terminal.hangUp();
  box.advance(1);
  expect(seen).toEqual(["SIGHUP", "0", "EIO"]);
  expect(view.status).toBe(0);
  expect(box.machine.kernel.terminals.size).toBe(0);
});

test("a program can hold the master side: /dev/ptmx", () => {
  const done = smallMachine().run(function* (sys) {
    const master = sys.open("/dev/ptmx", { read: true, write: true });
    const slave = sys.open(sys.ttyname(master), { read: true, write: true });
    sys.setWindowSize(master, { columns: 132, rows: 50 });
    yield* sys.write(master, encodeUtf8("typed\r"));
    const line = decodeUtf8(yield* sys.read(slave));
    yield* sys.write(slave, encodeUtf8("shown\n"));
    sys.close(slave);
    const screen = decodeUtf8(yield* sys.read(master));
    yield* sys.print(
      JSON.stringify([line, screen, sys.windowSize(master), sys.readdir("/dev/pts")]),
    );
    yield* sys.read(master);
    return 0;
  });
  expect(done.out).toBe(
    '["typed\\n","typed\\r\\nshown\\r\\n",{"columns":132,"rows":50},["0","ptmx"]]',
  );
  expect(done.err).toBe("main: Input/output error\n");
});

test("when the shell ends, its foreground job gets SIGHUP", () => {
  const box = smallMachine();
  const view = onTerminal(box, function* (sys) {
    sys.spawn({
      run: {
        name: "job",
        *main(child) {
          yield* child.sleep(1000 * SECOND);
          return 0;
        },
      },
      processGroup: 0,
      foreground: true,
    });
    yield* sys.yieldCpu();
    return 0;
  });
  box.advance(1);
  expect(view.status).toBe(0);
  expect(box.machine.kernel.processes.list()).toHaveLength(1);
});
