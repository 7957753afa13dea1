import { expect, test } from "vitest";
import { getImage } from "../../../engine/images/index.ts";
import { Machine } from "../../../engine/machine/machine.ts";
import { SECOND } from "../../../engine/sim/clock.ts";
import { Simulation } from "../../../engine/sim/simulation.ts";

/** What a command line prints on both streams, and its exit status. */
function run(commandLine: string): readonly [text: string, exit: number | undefined] {
  const sim = new Simulation(1);
  const image = getImage("alpine");
  if (!image) throw new Error("no such image");
  const machine = new Machine({ sim, name: "box", image });
  machine.powerOn();
  sim.advanceTo(SECOND);
  const command = machine.run(commandLine);
  sim.advanceTo(sim.nowNs + 30 * SECOND);
  return [command.stdout + command.stderr, command.exitStatus];
}

// Recorded from BusyBox v1.35.0.
test.each([
  ["nosuch", "sh: nosuch: not found\n", 127],
  ["cd /x", "sh: cd: line 0: can't cd to /x: No such file or directory\n", 1],
  ["cat /nope", "cat: can't open '/nope': No such file or directory\n", 1],
  ["ls /nope", "ls: /nope: No such file or directory\n", 1],
  ["rm /nope", "rm: can't remove '/nope': No such file or directory\n", 1],
  ["mkdir /tmp", "mkdir: can't create directory '/tmp': File exists\n", 1],
  ["head /nope", "head: /nope: No such file or directory\n", 1],
  ["sleep x", "sleep: invalid number 'x'\n", 1],
  ["ifconfig zz", "ifconfig: zz: error fetching interface information: Device not found\n", 1],
  ["ifconfig zz up", "ifconfig: SIOCGIFFLAGS: No such device\n", 1],
  ["ip link show zz", "ip: can't find device 'zz'\n", 1],
  ["ping -c1 nohost", "ping: bad address 'nohost'\n", 1],
] as const)("%s", (commandLine, text, exit) => {
  expect(run(commandLine)).toEqual([text, exit]);
});

test("ip prints less than iproute2", () => {
  expect(run("ip addr")[0]).toBe(
    "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000\n" +
      "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n" +
      "    inet 127.0.0.1/8 scope host lo\n" +
      "       valid_lft forever preferred_lft forever\n" +
      "    inet6 ::1/128 scope host \n" +
      "       valid_lft forever preferred_lft forever\n",
  );
});

test("ping has a line for each reply and a short summary", () => {
  const [text, exit] = run("ping -c2 127.0.0.1");
  expect(exit).toBe(0);
  expect(text.replace(/\d+\.\d{3}/g, "T")).toBe(
    "PING 127.0.0.1 (127.0.0.1): 56 data bytes\n" +
      "64 bytes from 127.0.0.1: seq=0 ttl=64 time=T ms\n" +
      "64 bytes from 127.0.0.1: seq=1 ttl=64 time=T ms\n" +
      "\n--- 127.0.0.1 ping statistics ---\n" +
      "2 packets transmitted, 2 packets received, 0% packet loss\n" +
      "round-trip min/avg/max = T/T/T ms\n",
  );
});

test("programs are links to BusyBox, and what is not modelled is not there", () => {
  expect(run("ls -l /bin/cat | tail -c 12; which ss || echo none")[0]).toContain("busybox\n");
  expect(run("systemctl status")[0]).toBe("sh: systemctl: not found\n");
});
