/** `podwire record` with a machine that only pretends to be Linux. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Failure } from "../../app/cli/failure.ts";
import type { Ended, Linux, Namespaces } from "../../app/cli/record/linux.ts";
import { record } from "../../app/cli/record/record.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "podwire-record-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Answers every command with what `answers` has for it. */
class FakeLinux implements Linux {
  readonly events: string[] = [];
  refusal: string | undefined;
  features = true;

  constructor(private readonly answers: Readonly<Record<string, Partial<Ended>>>) {}

  check(): void {
    if (this.refusal !== undefined) throw new Failure(this.refusal);
  }

  kernel(): string {
    return "6.1.0";
  }

  run(argv: readonly string[]): boolean {
    this.events.push(argv.slice(0, 3).join(" "));
    return this.features;
  }

  makeNamespaces(name: string): Promise<Namespaces> {
    this.events.push(`make ${name}`);
    return Promise.resolve({
      pid: 100,
      setUp: () => undefined,
      start: (commandLine) => ({
        wait: () =>
          Promise.resolve({
            stdout: "",
            stderr: "",
            exit: 0,
            timedOut: false,
            ...this.answers[commandLine],
          }),
        interrupt: () => this.events.push(`interrupt ${commandLine}`),
      }),
      close: () => this.events.push(`close ${name}`),
    });
  }

  sleep(): Promise<void> {
    return Promise.resolve();
  }
}

const STEPS = [
  { host: "a", run: "sleep 100", background: true, id: "s" },
  { host: "a", run: "echo hello" },
  { host: "a", interrupt: "s", compare: "exit-code" },
];

function scenario(more: object = {}): string {
  const path = join(folder, "one.json");
  const hosts = ["a", "b"].map((name) => ({ name, interfaces: [{ name: "eth0" }] }));
  const topology = { hosts, cables: [["a:eth0", "b:eth0"]] };
  writeFileSync(path, JSON.stringify({ name: "one", topology, steps: STEPS, ...more }));
  return path;
}

async function recorded(linux: Linux, path: string) {
  let text = "";
  const output = { print: (words: string) => (text += words), error: () => undefined };
  return { status: await record([path], output, linux), text };
}

test("the transcript is written, and Podwire is compared with it", async () => {
  const linux = new FakeLinux({ "echo hello": { stdout: "hello\n" }, "sleep 100": { exit: 130 } });
  const { status, text } = await recorded(linux, scenario());
  expect([status, text]).toEqual([
    0,
    `one: recorded in ${join(folder, "one.transcript.json")}\nPodwire says the same.\n`,
  ]);
  const written = JSON.parse(readFileSync(join(folder, "one.transcript.json"), "utf8")) as object;
  expect(written).toMatchObject({
    name: "one",
    kernel: "6.1.0",
    macs: { "a:eth0": "02:00:0c:29:2c:00", "b:eth0": "02:00:0c:2d:e5:00" },
    steps: [
      { host: "a", run: "sleep 100", background: true },
      { host: "a", run: "echo hello", stdout: "hello\n", exit: 0 },
      { host: "a", interrupt: "s", exit: 130 },
    ],
  });
  expect(linux.events).toEqual([
    "make a",
    "make b",
    "ip link add",
    "interrupt sleep 100",
    "close a",
    "close b",
  ]);
});

test("a step that Podwire answers otherwise is shown", async () => {
  const linux = new FakeLinux({ "echo hello": { stdout: "hallo\n" }, "sleep 100": { exit: 130 } });
  const { status, text } = await recorded(linux, scenario());
  expect(status).toBe(1);
  expect(text).toContain("step 2 [a] echo hello\n  stdout differs\n");
  expect(text).toContain("ours   | hello\n      kernel | hallo\n1 steps differ.\n");
});

test("what is made is taken away again when something fails", async () => {
  const linux = new FakeLinux({});
  linux.features = false;
  await expect(recorded(linux, scenario())).rejects.toThrow("a cable could not be made");
  expect(linux.events.slice(-2)).toEqual(["close a", "close b"]);
});

test.each([
  [{ requires: ["ip_vs"] }, "one: this kernel has no ip_vs"],
  [{ rootSysctl: { "kernel.x": "1" } }, "one: record does not change the machine's sysctls"],
  [{ steps: [{ host: "a", run: "ls", tty: 80 }] }, "one: record has no terminals"],
])("what it cannot record it refuses: %j", async (more, words) => {
  const linux = new FakeLinux({});
  linux.features = false;
  await expect(recorded(linux, scenario(more))).rejects.toThrow(words);
  expect(linux.events.filter((event) => event.startsWith("make"))).toEqual([]);
});

test("another machine is refused before anything is touched", async () => {
  const linux = new FakeLinux({});
  linux.refusal = "record needs root: it makes namespaces";
  await expect(recorded(linux, scenario())).rejects.toThrow("record needs root");
  expect(linux.events).toEqual([]);
});
