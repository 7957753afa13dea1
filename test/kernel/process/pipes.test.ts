import { expect, test } from "vitest";
import type { KernelError } from "../../../engine/kernel/errno.ts";
import { PIPE_CAPACITY } from "../../../engine/kernel/process/pipe.ts";
import { SECOND } from "../../../engine/sim/clock.ts";
import { decodeUtf8 } from "../../../engine/sim/utf8.ts";
import { smallMachine } from "../../support/small-machine.ts";

test("a full pipe makes the writer wait for the reader", () => {
  const { run } = smallMachine();
  const done = run(function* (sys) {
    const { read, write } = sys.pipe();
    const written = { bytes: 0 };
    sys.spawn({
      run: {
        name: "writer",
        *main(child) {
          for (let i = 0; i < 40; i++) {
            yield* child.write(write, new Uint8Array(4096));
            written.bytes += 4096;
          }
          return 0;
        },
      },
      descriptors: new Map([[write, write]]),
    });
    sys.close(write);
    yield* sys.sleep(SECOND);
    yield* sys.print(`${written.bytes === PIPE_CAPACITY} `);
    let total = 0;
    for (;;) {
      const data = yield* sys.read(read, 10_000);
      if (data.length === 0) break;
      total += data.length;
    }
    yield* sys.print(`${total === 40 * 4096}`);
    return 0;
  });
  expect(done.out).toBe("true true");
});

test("writing to a pipe that nobody reads kills with SIGPIPE", () => {
  const { run } = smallMachine();
  const done = run(function* (sys) {
    const { read, write } = sys.pipe();
    sys.close(read);
    try {
      yield* sys.write(write, new Uint8Array(1));
    } finally {
      sys.writeFile("/tmp/finally", "ran");
    }
    return 0;
  });
  expect(done.status).toBe(128 + 13);
  expect(done.err).toBe("");
});

test("one who ignores SIGPIPE gets EPIPE", () => {
  const { run } = smallMachine();
  const done = run(function* (sys) {
    sys.signal("SIGPIPE", "ignore");
    const { read, write } = sys.pipe();
    sys.close(read);
    yield* sys.write(write, new Uint8Array(1));
    return 0;
  });
  expect(done.err).toBe("main: Broken pipe\n");
});

test("small writes are not split and arrive in order", () => {
  const { run } = smallMachine();
  const done = run(function* (sys) {
    const { read, write } = sys.pipe();
    for (const word of ["one ", "two ", "three"]) {
      yield* sys.write(write, new Uint8Array([...word].map((c) => c.charCodeAt(0))));
    }
    sys.close(write);
    yield* sys.print(decodeUtf8(yield* sys.read(read, 6)));
    yield* sys.print(`|${decodeUtf8(yield* sys.read(read))}`);
    yield* sys.print(`|${(yield* sys.read(read)).length}`);
    return 0;
  });
  expect(done.out).toBe("one tw|o three|0");
});

test("a FIFO joins processes that open it by name", () => {
  const { run } = smallMachine();
  const done = run(function* (sys) {
    sys.mkfifo("/tmp/f");
    sys.spawn({
      run: {
        name: "writer",
        *main(child) {
          yield* child.sleep(SECOND);
          const fd = child.open("/tmp/f", { write: true });
          yield* child.write(fd, new Uint8Array([104, 105]));
          return 0;
        },
      },
    });
    const fd = sys.open("/tmp/f", { read: true });
    yield* sys.print(decodeUtf8(yield* sys.read(fd)));
    yield* sys.print(String((yield* sys.read(fd)).length));
    return 0;
  });
  expect(done.out).toBe("hi0");
});

test("poll tells which end is ready, and times out", () => {
  const { run, sim } = smallMachine();
  const done = run(function* (sys) {
    const { read, write } = sys.pipe();
    const before = sim.nowNs;
    const [idle] = yield* sys.poll([{ fd: read, events: ["in"] }], SECOND);
    yield* sys.print(`${idle?.in} ${sim.nowNs - before}\n`);
    yield* sys.write(write, new Uint8Array(1));
    const [ready] = yield* sys.poll([{ fd: read, events: ["in"] }]);
    yield* sys.print(`${ready?.in} ${ready?.hangup}\n`);
    sys.close(write);
    yield* sys.read(read);
    const [closed] = yield* sys.poll([{ fd: read, events: ["in"] }]);
    yield* sys.print(`${closed?.in} ${closed?.hangup}\n`);
    return 0;
  });
  expect(done.out).toBe(`false ${SECOND}\ntrue false\nfalse true\n`);
});

test("a process has at most 1024 descriptors", () => {
  const { run } = smallMachine();
  const done = run(function* (sys) {
    let opened = 3;
    try {
      for (; ; opened++) sys.open("/dev/null", { read: true });
    } catch (error) {
      yield* sys.print(`${opened} ${(error as KernelError).errno}`);
    }
    return 0;
  });
  expect(done.out).toBe("1024 EMFILE");
});

test("descriptors that were duplicated share the file's offset", () => {
  const { run } = smallMachine();
  const done = run(function* (sys) {
    const fd = sys.open("/tmp/x", { write: true, read: true, create: true });
    const twin = sys.dup(fd);
    yield* sys.write(fd, new Uint8Array([97, 98]));
    yield* sys.write(twin, new Uint8Array([99]));
    sys.close(fd);
    sys.seek(twin, 1, "set");
    yield* sys.print(decodeUtf8(yield* sys.read(twin)));
    return 0;
  });
  expect(done.out).toBe("bc");
});
