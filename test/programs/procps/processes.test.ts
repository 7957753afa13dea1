import { expect, test } from "vitest";
import { everydayMachine } from "../everyday/everyday-machine.ts";

const machine = everydayMachine();
const out = (commandLine: string) => machine.run(commandLine).stdout;

test("ps shows a job with the columns asked for, without titles when they are empty", () => {
  expect(out("sleep 50 & ps -o comm=,args= -C sleep; kill $!")).toBe("sleep           sleep 50\n");
});

test("ps aux and ps -ef have procps' titles", () => {
  expect(out("ps aux | head -1")).toBe(
    "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n",
  );
  expect(out("ps -ef | head -1")).toBe("UID          PID    PPID  C STIME TTY          TIME CMD\n");
});

test("ps f draws the family under the shell", () => {
  const tree = out("sleep 9 & ps axf -o args=; kill $!").split("\n");
  expect(tree[0]).toBe("/sbin/init");
  expect(tree).toContain(" \\_ sleep 9");
});

test("ps refuses what it does not know in procps' words", () => {
  const result = machine.run("ps -o nonsense");
  expect(result.stderr.split("\n")[0]).toBe(
    'error: unknown user-defined format specifier "nonsense"',
  );
  expect(result.exit).toBe(1);
});

test("pgrep, pkill and killall agree on who is there", () => {
  expect(
    out(
      "sleep 77 & pgrep -f 'sleep 7+' >/dev/null && echo found; pkill -x sleep; pgrep sleep || echo gone",
    ),
  ).toBe("found\ngone\n");
  expect(machine.run("killall nobody")).toMatchObject({
    stderr: "nobody: no process found\n",
    exit: 1,
  });
});

test("kill knows signals by name and number", () => {
  expect(out("/bin/kill -l TERM; /bin/kill -l 9; /bin/kill -l 137")).toBe("15\nKILL\nKILL\n");
  expect(machine.run("/bin/kill 4000000")).toMatchObject({
    stderr: "/bin/kill: (4000000): No such process\n",
    exit: 1,
  });
});

test("pstree joins equal branches", () => {
  expect(out("sleep 9 & sleep 9 & pstree | tr -d '\\n'; kill %1 %2")).toContain("-2*[sleep]");
});

test("top -b prints its summary and the processes", () => {
  const lines = out("top -b -n 1").split("\n");
  expect(lines[0]).toMatch(/^top - \d\d:\d\d:\d\d up .*load average: /);
  expect(lines[6]).toBe(
    "    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND",
  );
  expect(lines[7]).toContain("systemd");
});

test("watch shows the command's output under a title, again and again", () => {
  const shown = out("timeout 1.5 watch -n 1 'echo tick'");
  expect(shown.match(/tick/g)?.length).toBeGreaterThan(2);
  expect(shown).toContain("Every 1.0s: echo tick");
});

test("a namespace made by unshare is another one, and nsenter finds it", () => {
  expect(
    out(
      "unshare -n sleep 5 & sleep 0.1; a=$(readlink /proc/self/ns/net); b=$(nsenter -t $! -n readlink /proc/self/ns/net); c=$(readlink /proc/$!/ns/net); [ $b = $c ] && [ $a != $b ] && echo apart; lsns -t net -n -o NS | wc -l; kill $!",
    ),
  ).toBe("apart\n2\n");
});
