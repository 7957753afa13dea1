import { expect, test } from "vitest";
import { decodeUtf8 } from "../../engine/sim/utf8.ts";
import { alpine } from "../../engine/images/alpine.ts";
import { debian12 } from "../../engine/images/debian-12.ts";
import { BufferFile } from "../../engine/machine/buffer-file.ts";
import {
  containerRoot,
  ContainerStartError,
  RuntimeContainer,
  type ContainerProcessSpec,
} from "../../engine/machine/container-runtime.ts";
import { Machine } from "../../engine/machine/machine.ts";
import type { Sys, WaitStatus } from "../../engine/kernel/process/sys.ts";
import { Simulation } from "../../engine/sim/simulation.ts";

const PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

interface Run {
  readonly spec: ContainerProcessSpec;
  text(): string;
  status(): WaitStatus | undefined;
}

function process(...argv: string[]): Run {
  const out: string[] = [];
  let status: WaitStatus | undefined;
  const file = new BufferFile((data) => out.push(decodeUtf8(data)));
  return {
    spec: {
      argv,
      env: [PATH, "HOSTNAME=box"],
      cwd: "/",
      user: "",
      streams: { stdout: file, stderr: file },
      onEnd: (ended) => (status = ended),
    },
    text: () => out.join(""),
    status: () => status,
  };
}

function host() {
  const sim = new Simulation(1);
  const machine = new Machine({ sim, name: "host", image: debian12() });
  machine.powerOn();
  const seconds = (count: number) => sim.advanceTo(sim.nowNs + count * 1e9, 1e6);
  seconds(1);
  const { kernel } = machine;
  const image = alpine();
  kernel.programs.add(image.programs);
  const sys = kernel.processes.get(1).sys as Sys;
  return {
    machine,
    kernel,
    sys,
    seconds,
    container: (run: Run) =>
      new RuntimeContainer(kernel, {
        root: containerRoot(kernel, image.files, machine.disk),
        rootOptions: "rw,relatime",
        mounts: [],
        hostname: "box",
        namespaces: { net: kernel.namespaces.newNetwork() },
        cgroup: "/system.slice/docker-1.scope",
        supervisor: ["/usr/bin/containerd-shim-runc-v2", "-id", "1"],
        process: run.spec,
      }),
    types: (line: string) => {
      const command = machine.run(line);
      seconds(2);
      return command.stdout + command.stderr;
    },
  };
}

test("a container's first process is number 1 and sees only its own", () => {
  const { container, seconds, types } = host();
  const main = process("sleep", "1500");
  const box = container(main);
  const { pid } = box.start();
  const shell = process("sh", "-c", "ps; hostname; cat /proc/self/cgroup; echo $$");
  box.exec(shell.spec);
  seconds(2);
  expect(shell.text()).toMatch(
    /^PID +USER +TIME +COMMAND\n +1 root +0:00 sleep 1500\n +2 root .*\n +\d+ root +0:00 ps\nbox\n0::\/\n2\n$/,
  );
  expect(types(`cat /proc/${pid}/cgroup; grep NSpid /proc/${pid}/status`)).toBe(
    `0::/system.slice/docker-1.scope\nNSpid:\t${pid}\t1\n`,
  );
});

test("number 1 without a handler is deaf to TERM, and KILL from outside ends everything in it", () => {
  const { container, seconds } = host();
  const main = process("sh", "-c", "sleep 1000 & sleep 2000");
  const box = container(main);
  box.start();
  const other = process("sh", "-c", "kill -9 1; kill 1; sleep 3000");
  box.exec(other.spec);
  seconds(1);
  box.kill("SIGTERM");
  seconds(1);
  expect(main.status()).toBeUndefined();
  expect(box.processes()).toHaveLength(5);
  box.kill("SIGKILL");
  seconds(1);
  expect(main.status()).toMatchObject({ kind: "signaled", signal: "SIGKILL" });
  expect(other.status()).toMatchObject({ kind: "signaled", signal: "SIGKILL" });
  expect(box.processes()).toEqual([]);
});

test("its mounts are those of a container", () => {
  const { container, seconds } = host();
  const main = process("sh", "-c", "mount | cut -d ' ' -f 1-5; touch /proc/sys/x; ls /dev");
  container(main).start();
  seconds(1);
  expect(main.text()).toContain(`overlay on / type overlay
proc on /proc type proc
tmpfs on /dev type tmpfs
devpts on /dev/pts type devpts
sysfs on /sys type sysfs
`);
});

test("what cannot be run is told as runc tells it", () => {
  const { container } = host();
  const box = container(process("sleep", "9"));
  box.start();
  const failure = (spec: Partial<ContainerProcessSpec>) => {
    try {
      box.exec({ ...process("true").spec, ...spec });
      return undefined;
    } catch (error) {
      if (!(error instanceof ContainerStartError)) throw error;
      return `${error.exitStatus} ${error.message}`;
    }
  };
  expect(failure({ argv: ["nosuch"] })).toBe(
    '127 exec: "nosuch": executable file not found in $PATH',
  );
  expect(failure({ argv: ["/nosuch"] })).toBe(
    '127 exec: "/nosuch": stat /nosuch: no such file or directory',
  );
  expect(failure({ argv: ["/etc/hosts"] })).toBe('126 exec: "/etc/hosts": permission denied');
  expect(failure({ user: "nobody-here" })).toBe(
    "126 unable to find user nobody-here: no matching entries in passwd file",
  );
});

test("a frozen container does not run until it is thawed", () => {
  const { container, seconds } = host();
  const main = process("sh", "-c", "while :; do echo tick; sleep 1; done");
  const box = container(main);
  box.start();
  seconds(3);
  box.pause();
  const before = main.text();
  seconds(10);
  expect(main.text()).toBe(before);
  box.resume();
  seconds(2);
  expect(main.text().length).toBeGreaterThan(before.length);
});

test("nothing is left of a deleted container", () => {
  const { container, kernel, seconds } = host();
  const before = kernel.processes.list().length;
  const main = process("sh", "-c", "sleep 100 & sleep 200");
  const box = container(main);
  box.start();
  seconds(1);
  expect(kernel.namespaces.networks()).toHaveLength(2);
  box.delete();
  seconds(1);
  expect(kernel.processes.list()).toHaveLength(before);
  expect(kernel.namespaces.networks()).toHaveLength(1);
});

test("programs on the host enter its namespaces", () => {
  const { container, types } = host();
  const box = container(process("sleep", "1500"));
  const { pid } = box.start();
  expect(types(`nsenter -t ${pid} -n ip -br link`)).toMatch(/^lo +DOWN/);
  expect(types(`nsenter -t ${pid} -u hostname`)).toBe("box\n");
  expect(types(`nsenter -t ${pid} -m cat /etc/alpine-release`)).toBe("3.17.0\n");
  expect(types(`nsenter -t ${pid} -a ps | tail -n +2`)).toMatch(/ 1 root +0:00 sleep 1500\n/);
});
