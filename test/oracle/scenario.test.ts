/** Scenarios run in Podwire under the same conditions as on a real kernel. */
import { describe, expect, test } from "vitest";
import { parseScenario, type Scenario, type StepResult } from "../../engine/lab/scenario/format.ts";
import { runScenario } from "../../engine/lab/scenario/run.ts";

type Steps = Scenario["steps"];

function run(steps: Steps, more: Partial<Scenario> = {}): readonly StepResult[] {
  return runScenario(scenario(steps, more)).steps;
}

function scenario(steps: Steps, more: Partial<Scenario> = {}): Scenario {
  const parsed = parseScenario({
    name: "test",
    topology: {
      hosts: [
        { name: "a", interfaces: [{ name: "eth0", address: "10.0.0.1/24" }] },
        { name: "b", interfaces: [{ name: "eth0", address: "10.0.0.2/24" }] },
      ],
      cables: [["a:eth0", "b:eth0"]],
    },
    ...more,
    steps,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

const a = (run: string, more: Partial<Steps[number]> = {}) => ({ host: "a", run, ...more });

describe("a step", () => {
  test("has standard output, standard error and the exit code", () => {
    expect(run([a("echo out; echo err >&2; exit 3")])).toMatchObject([
      {
        host: "a",
        run: "echo out; echo err >&2; exit 3",
        stdout: "out\n",
        stderr: "err\n",
        exit: 3,
      },
    ]);
  });

  test("reads what stdin gives, and nothing otherwise", () => {
    expect(run([a("cat", { stdin: "given\n" }), a("cat; echo done")])).toMatchObject([
      { stdout: "given\n" },
      { stdout: "done\n" },
    ]);
  });

  test("runs on a terminal of that width, where both streams are one", () => {
    const [step] = run([
      a("tput cols; [ -t 1 ] && echo tty; echo err >&2; echo $TERM", { tty: 100 }),
    ]);
    expect(step).toMatchObject({
      stdout: expect.stringContaining("tty\nerr\nvt100\n"),
      stderr: "",
    });
  });

  test("starts in an empty home, as root, with a C locale", () => {
    expect(
      run([a("pwd; ls -A | wc -l; id -u; echo $LC_ALL $TZ $TERM $SHELL; echo $PATH")])[0]?.stdout,
    ).toBe(
      "/root\n0\n0\nC UTC dumb /bin/bash\n/run/alt:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin\n",
    );
  });

  test("is killed at its limit, with what it had printed", () => {
    expect(run([a("echo begun; sleep 100", { limit: 2000 }), a("echo next")])).toMatchObject([
      { stdout: "begun\n", exit: 137, timedOut: true, ms: 2000 },
      { stdout: "next\n" },
    ]);
  });

  test("is followed by its wait", () => {
    const [first, , second] = run([a("date +%s", { wait: 5000 }), a("true"), a("date +%s")]);
    expect(Number(second?.stdout) - Number(first?.stdout)).toBe(5);
  });
});

describe("a background step", () => {
  test("that is awaited gives its output there", () => {
    const steps = run([
      a("sleep 2; echo late", { background: true, id: "job" }),
      a("echo meanwhile"),
      { host: "a", await: "job" },
    ]);
    expect(steps).toMatchObject([
      { run: "sleep 2; echo late", background: true },
      { stdout: "meanwhile\n" },
      { await: "job", stdout: "late\n", exit: 0, ms: 2000 },
    ]);
    expect(steps[0]).not.toHaveProperty("stdout");
  });

  test("that is interrupted ends as by Ctrl-C", () => {
    expect(
      run([
        a("ping 10.0.0.2", { background: true, id: "p", wait: 1000 }),
        { host: "a", interrupt: "p" },
        a("sleep 50", { background: true, id: "s" }),
        { host: "a", interrupt: "s" },
      ]),
    ).toMatchObject([
      {},
      {
        interrupt: "p",
        stdout: expect.stringMatching(/2 packets transmitted, 2 received/),
        exit: 0,
      },
      {},
      { exit: 130 },
    ]);
  });

  test("that nobody awaits has its output so far in its own place", () => {
    const [step] = run([a("echo one; sleep 60", { background: true }), a("sleep 1")]);
    expect(step).toMatchObject({ background: true, stdout: "one\n", stderr: "" });
    expect(step).not.toHaveProperty("exit");
  });
});

describe("a topology", () => {
  test("numbers interfaces from 2, with the default hardware addresses", () => {
    const transcript = runScenario(
      scenario([a("cat /sys/class/net/eth0/ifindex /sys/class/net/eth0/address")]),
    );
    expect(transcript.macs).toEqual({
      "a:eth0": "02:00:0c:29:2c:00",
      "b:eth0": "02:00:0c:2d:e5:00",
    });
    expect(transcript.steps[0]?.stdout).toBe("2\n02:00:0c:29:2c:00\n");
  });

  test("gives switches a bridge and ports in the order of the cables", () => {
    const steps = run(
      [
        { host: "sw", run: "ip -br link | cut -d' ' -f1; bridge link | grep -c forwarding" },
        a("ping -c 1 10.0.0.2 | grep -c 'bytes from'"),
      ],
      {
        topology: {
          hosts: [
            { name: "a", interfaces: [{ name: "eth0", address: "10.0.0.1/24" }] },
            { name: "b", interfaces: [{ name: "eth0", address: "10.0.0.2/24" }] },
          ],
          switches: ["sw"],
          cables: [
            ["a:eth0", "sw"],
            ["sw", "b:eth0"],
          ],
        },
      },
    );
    expect(steps[0]?.stdout?.split("\n").map((line) => line.replace(/@.*/, ""))).toEqual([
      "lo",
      "br0",
      "p1",
      "p2",
      "2",
      "",
    ]);
    expect(steps[1]?.stdout).toBe("1\n");
  });

  test("obeys mtu, up, several addresses, hardware addresses and files", () => {
    const steps = run(
      [
        a(
          "cat /sys/class/net/x0/mtu /sys/class/net/x0/address; ip -br -4 addr show x0; cat /etc/extra",
        ),
        a("cat /sys/class/net/x1/operstate; ip link show x1 | grep -c NO-CARRIER"),
      ],
      {
        topology: {
          hosts: [
            {
              name: "a",
              interfaces: [
                {
                  name: "x0",
                  address: ["10.0.0.1/24", "10.1.0.1/16"],
                  mac: "02:aa:00:00:00:01",
                  mtu: 1400,
                },
                { name: "x1", up: false },
                { name: "x2" },
              ],
              files: { "/etc/extra": "text\n" },
            },
            { name: "b", interfaces: [{ name: "eth0" }] },
          ],
          cables: [["a:x0", "b:eth0"]],
        },
      },
    );
    expect(steps[0]?.stdout).toMatch(
      /^1400\n02:aa:00:00:00:01\nx0\S* +UP +10\.0\.0\.1\/24 10\.1\.0\.1\/16 \ntext\n$/,
    );
    expect(steps[1]?.stdout).toMatch(/^down\n0\n$/);
  });

  test("switches IPv6 off unless the scenario wants it", () => {
    const look = [a("cat /proc/sys/net/ipv6/conf/eth0/disable_ipv6")];
    expect(run(look)[0]?.stdout).toBe("1\n");
    expect(run(look, { ipv6: true })[0]?.stdout).toBe("0\n");
  });
});

describe("a scenario that makes no sense is refused", () => {
  test.each([
    ["an unknown host", [{ host: "z", run: "true" }], 'steps[0]: there is no host "z"'],
    ["no verb", [{ host: "a" }], "steps[0]: expected one of run, await and interrupt"],
    ["an unknown job", [{ host: "a", await: "x" }], 'steps[0]: no background step "x" is running'],
    ["an unknown key", [{ host: "a", run: "true", fast: 1 }], 'unknown key "fast"'],
  ])("%s", (_, steps, message) => {
    const parsed = parseScenario({ name: "x", topology: { hosts: [{ name: "a" }] }, steps });
    expect(parsed).toMatchObject({ ok: false, problems: [{ message }] });
  });
});

test("the same scenario gives the same transcript", () => {
  const steps = [
    a("ping -c 2 10.0.0.2"),
    a("cat /proc/sys/kernel/random/uuid; echo $RANDOM; ss -tan; ip neigh"),
  ];
  expect(run(steps)).toEqual(run(steps));
});
