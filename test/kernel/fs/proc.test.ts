import { expect, test } from "vitest";
import { SECOND } from "../../../engine/sim/clock.ts";
import { program, smallMachine } from "../../support/small-machine.ts";

const cat = program("cat", function* (sys, argv) {
  for (const path of argv.slice(1)) yield* sys.print(sys.readTextFile(path));
  return 0;
});

function shown(path: string): string {
  const { run } = smallMachine([cat]);
  const done = run(function* (sys) {
    yield* sys.exec("/bin/cat", ["cat", path]);
    return 0;
  });
  expect(done.err).toBe("");
  return done.out;
}

test("/proc/self is the process that asks", () => {
  expect(shown("/proc/self/stat")).toMatch(/^2 \(cat\) R 1 2 2 0 -1 /);
  expect(shown("/proc/self/cmdline")).toBe("cat\0/proc/self/cmdline\0");
  expect(shown("/proc/self/comm")).toBe("cat\n");
  expect(shown("/proc/self/environ")).toBe("PATH=/usr/bin\0");
  expect(shown("/proc/self/status")).toMatch(
    /^Name:\tcat\nUmask:\t0022\nState:\tR \(running\)\nTgid:\t2\n/,
  );
});

test("/proc/PID shows other processes, asleep and stopped and dead", () => {
  const { run } = smallMachine();
  const done = run(function* (sys) {
    const pid = sys.spawn({
      run: {
        name: "a-rather-long-name",
        *main(child) {
          yield* child.sleep(SECOND);
          return 0;
        },
      },
    });
    const state = () => sys.readTextFile(`/proc/${pid}/stat`).slice(0, 21);
    yield* sys.sleep(SECOND / 2);
    yield* sys.print(`${state()}\n`);
    sys.kill(pid, "SIGSTOP");
    yield* sys.yieldCpu();
    yield* sys.print(`${state()}\n`);
    sys.kill(pid, "SIGCONT");
    yield* sys.sleep(SECOND);
    yield* sys.print(`${state()}\n`);
    yield* sys.waitpid(pid);
    yield* sys.print(`${sys.access(`/proc/${pid}`, {})}\n`);
    return 0;
  });
  expect(done.out).toBe(
    "3 (a-rather-long-n) S\n3 (a-rather-long-n) T\n3 (a-rather-long-n) Z\nfalse\n",
  );
});

test("the links of /proc/PID lead to what they name", () => {
  const { run } = smallMachine([cat]);
  const done = run(function* (sys) {
    sys.mkdir("/root/d");
    sys.chdir("/root/d");
    sys.writeFile("/root/d/f", "in cwd");
    const { read } = sys.pipe();
    const lines = [
      sys.readlink("/proc/self"),
      sys.readlink("/proc/self/cwd"),
      sys.readTextFile("/proc/self/cwd/f"),
      sys.readlink(`/proc/self/fd/${read}`).replace(/\d+/, "N"),
      sys.readlink("/proc/self/ns/net"),
      sys.readdir("/proc/self/fd").join(),
      sys.readlink("/proc/self/root"),
    ];
    yield* sys.print(lines.join("\n"));
    return 0;
  });
  expect(done.out).toBe("2\n/root/d\nin cwd\npipe:[N]\nnet:[4026531840]\n0,1,2,3,4\n/");
});

test("the machine's own figures follow virtual time", () => {
  const { run } = smallMachine();
  const done = run(function* (sys) {
    yield* sys.sleep(59 * SECOND);
    yield* sys.print(sys.readTextFile("/proc/uptime"));
    yield* sys.print(sys.readTextFile("/proc/loadavg"));
    return 0;
  });
  expect(done.out).toBe("60.00 119.99\n0.00 0.00 0.00 1/2 2\n");
});

test("the mount table lists what is mounted, and escapes blanks", () => {
  const { run } = smallMachine();
  const done = run(function* (sys) {
    sys.mkdir("/root/a b");
    sys.mount("tmpfs", "/root/a b", "rw");
    yield* sys.print(sys.readTextFile("/proc/mounts"));
    return 0;
  });
  const lines = done.out.split("\n");
  expect(lines[0]).toBe("/dev/vda1 / ext4 rw,relatime 0 0");
  expect(lines).toContain("proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0");
  expect(lines).toContain("tmpfs /root/a\\040b tmpfs rw 0 0");
});

test("the host name is a kernel parameter", () => {
  const { run } = smallMachine();
  const done = run(function* (sys) {
    sys.writeFile("/proc/sys/kernel/hostname", "renamed\n");
    yield* sys.print(`${sys.hostname()} ${sys.readTextFile("/proc/sys/kernel/hostname")}`);
    yield* sys.print(sys.readdir("/proc/sys").join());
    sys.writeFile("/proc/sys/kernel/ostype", "Other");
    return 0;
  });
  expect(done.out).toBe("renamed renamed\nfs,kernel");
  expect(done.err).toBe("main: Permission denied\n");
});

test("nothing can be made in /proc", () => {
  const { run } = smallMachine();
  for (const attempt of ["file", "directory"] as const) {
    const done = run(function* (sys) {
      if (attempt === "file") sys.writeFile("/proc/new", "");
      else sys.mkdir("/proc/new");
      return 0;
    });
    expect(done.err).toBe("main: No such file or directory\n");
  }
});
