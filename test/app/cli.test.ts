/** The command line: what it takes, prints and exits with. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommandLine } from "../../app/cli/command-line.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SCENARIO = join(ROOT, "test/oracle/kernel/scenarios/ping-01-basics.json");

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "podwire-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function podwire(...args: string[]) {
  let stdout = "";
  let stderr = "";
  const exit = runCommandLine(args, {
    print: (text) => (stdout += text),
    error: (text) => (stderr += text),
  });
  return { stdout, stderr, exit };
}

/** Writes a file for one test; answers with its path. */
function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const pair = () =>
  file(
    "pair.podwire.yaml",
    `podwire: 1
name: pair
nodes:
  - {name: h1, kind: host, interfaces: [{name: eth0, addresses: [10.0.0.1/24]}]}
  - {name: h2, kind: host, interfaces: [{name: eth0, addresses: [10.0.0.2/24]}]}
cables: [{ends: [h1:eth0, h2:eth0]}]
`,
  );

describe("podwire run", () => {
  test("runs commands on machines, in order, and exits with the last failure", () => {
    const result = podwire(
      "run",
      pair(),
      "--host",
      "h1",
      "--command",
      "ping -c 1 10.0.0.2",
      "--command",
      "exit 3",
      "--host",
      "h2",
      "--command",
      "echo on $HOSTNAME",
    );
    expect(result.stdout).toMatch(/1 received[^]*on h2\n$/);
    expect(result.exit).toBe(3);
  });

  test("--json gives every command's output and status", () => {
    const result = podwire(
      "run",
      pair(),
      "--json",
      "--host",
      "h1",
      "--command",
      "echo out; echo err >&2; exit 4",
    );
    expect(JSON.parse(result.stdout)).toEqual({
      lab: "pair",
      commands: [
        {
          host: "h1",
          command: "echo out; echo err >&2; exit 4",
          stdout: "out\n",
          stderr: "err\n",
          exit: 4,
        },
      ],
    });
    expect(result.exit).toBe(4);
  });

  test("--script takes HOST: COMMAND lines, --save keeps what they configured", () => {
    const saved = join(folder, "saved.podwire.yaml");
    const script = file(
      "script.txt",
      "# comment\n\nh1: ip addr add 10.1.0.1/24 dev eth0\nh2: echo done\n",
    );
    expect(podwire("run", pair(), "--script", script, "--save", saved)).toEqual({
      stdout: "done\n",
      stderr: "",
      exit: 0,
    });
    expect(readFileSync(saved, "utf8")).toContain("- 10.1.0.1/24\n");
  });

  test("what cannot be done is said in one line, with status 1", () => {
    expect(podwire("run", join(folder, "none.yaml"))).toMatchObject({
      stderr: expect.stringContaining("there is no such file"),
      exit: 1,
    });
    expect(podwire("run", pair(), "--host", "h9", "--command", "true")).toMatchObject({
      stderr: 'podwire: there is no machine "h9" in the lab; there is h1, h2\n',
      exit: 1,
    });
    expect(podwire("run", pair(), "--script", file("bad.txt", "no colon")).stderr).toContain(
      'bad.txt:1: expected "HOST: COMMAND"',
    );
  });
});

describe("podwire check", () => {
  test("says where a file is wrong", () => {
    const path = file("broken.yaml", "podwire: 1\nnodes:\n  - {name: h1, kind: toaster}\n");
    expect(podwire("check", pair(), path)).toEqual({
      stdout: `${join(folder, "pair.podwire.yaml")}: fine\n`,
      stderr: `${path}:3:16: expected "host", "router" or "switch", found "toaster" (nodes[0].kind)\n`,
      exit: 1,
    });
  });
});

describe("podwire scenario", () => {
  test("prints a transcript in the oracle's form, the same bytes every time", () => {
    const first = podwire("scenario", SCENARIO);
    const transcript = JSON.parse(first.stdout) as { steps: Record<string, unknown>[] };
    expect(transcript).toMatchObject({
      name: "ping-01-basics",
      macs: { "a:eth0": "02:00:0c:29:2c:00", "b:eth0": "02:00:0c:2d:e5:00" },
    });
    expect(transcript.steps[0]).toMatchObject({ host: "a", run: "ping -c 3 10.0.0.2", exit: 0 });
    expect(podwire("scenario", SCENARIO).stdout).toBe(first.stdout);
  });

  test("a file that is no scenario is refused", () => {
    expect(podwire("scenario", file("x.json", "{"))).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining("is not JSON"),
    });
    const empty = file(
      "y.json",
      '{"name": "y", "topology": {"hosts": []}, "steps": [{"host": "a", "run": "true"}]}',
    );
    expect(podwire("scenario", empty).stderr).toContain('steps[0]: there is no host "a"');
  });
});

describe("the command line itself", () => {
  test.each([
    [["--help"], 0],
    [["--version"], 0],
    [[], 2],
    [["fly"], 2],
    [["run"], 2],
    [["run", "x", "--command", "true"], 2],
    [["run", "x", "--seconds", "soon"], 2],
    [["scenario", "--fast"], 2],
    [["check"], 2],
  ])("podwire %j exits with %i", (args, exit) => {
    const result = podwire(...args);
    expect(result.exit).toBe(exit);
    expect(result.stdout === "").toBe(exit !== 0);
  });
});

test("as a program of its own it prints the same and exits with the same status", () => {
  const result = spawnSync(
    process.execPath,
    [
      "--import",
      "tsx",
      "app/cli/main.ts",
      "run",
      pair(),
      "--host",
      "h1",
      "--command",
      "echo hi; exit 3",
    ],
    { cwd: ROOT, encoding: "utf8" },
  );
  expect([result.stdout, result.stderr, result.status]).toEqual(["hi\n", "", 3]);
}, 60_000);

describe("podwire trace", () => {
  test("prints what the command printed, and every packet's journey", () => {
    const { stdout, exit } = podwire(
      ...["trace", pair(), "--host", "h1", "--command", "ping -c 1 10.0.0.2"],
    );
    expect(exit).toBe(0);
    expect(stdout).toMatch(/1 received[^]*packet 1: IP 10.0.0.1 > 10.0.0.2: ICMP echo request/);
    expect(stdout).toMatch(/packet 2: IP 10.0.0.2 > 10.0.0.1: ICMP echo reply[^]*delivered\n$/);
  });

  test("only the last command is followed; the others prepare", () => {
    const { stdout } = podwire(
      ...["trace", pair(), "--host", "h2", "--command", "iptables -A INPUT -p icmp -j DROP"],
      ...["--host", "h1", "--command", "ping -c 1 -W 1 10.0.0.2", "--filter", "icmp"],
    );
    expect(stdout).toContain("filter INPUT 1: -p icmp -j DROP");
    expect(stdout).not.toContain("packet 2");
  });

  test("--json is the same as data; --packets bounds it", () => {
    const { stdout } = podwire(
      ...["trace", pair(), "--host", "h1", "--command", "ping -c 1 10.0.0.2"],
      ...["--filter", "icmp", "--packets", "1", "--json"],
    );
    expect(JSON.parse(stdout)).toMatchObject({
      host: "h1",
      exit: 0,
      journeys: [{ id: 1, fate: "delivered" }],
      leftOut: 1,
    });
  });

  test.each([
    [["--host", "h1"], 2, "expected --host H --command C"],
    [["--host", "h1", "--command", "true", "--filter", "tcp port"], 1, "--filter: can't parse"],
    [["--host", "h1", "--command", "true", "--packets", "0"], 2, "a number from 1 to 10000"],
    [["--host", "h9", "--command", "true"], 1, 'no machine "h9"'],
    [["--host", "h1", "--command", "false", "--command", "true"], 1, "false: exit status 1"],
  ])("%j is refused", (options, exit, words) => {
    const result = podwire("trace", pair(), ...options);
    expect(result.exit).toBe(exit);
    expect(result.stderr).toContain(words);
  });
});
