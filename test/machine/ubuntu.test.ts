import { expect, test } from "vitest";
import { getImage } from "../../engine/images/index.ts";
import { Machine } from "../../engine/machine/machine.ts";
import { SECOND } from "../../engine/sim/clock.ts";
import { Simulation } from "../../engine/sim/simulation.ts";

function run(commandLine: string): string {
  const sim = new Simulation(1);
  const image = getImage("ubuntu-16.04");
  if (!image) throw new Error("no such image");
  const machine = new Machine({ sim, name: "node1", image });
  machine.powerOn();
  sim.advanceTo(SECOND);
  const command = machine.run(commandLine);
  sim.advanceTo(sim.nowNs + SECOND);
  return command.stdout + command.stderr;
}

test("the kernel is Ubuntu's", () => {
  expect(run("uname -a")).toBe(
    "Linux node1 4.4.0-210-generic #242-Ubuntu SMP Fri Apr 16 09:57:56 UTC 2021 x86_64 x86_64 x86_64 GNU/Linux\n",
  );
});

test("ifconfig has the layout of net-tools 1.60", () => {
  expect(run("ifconfig lo")).toContain(
    "lo        Link encap:Local Loopback  \n          inet addr:127.0.0.1  Mask:255.0.0.0\n",
  );
});

test("/bin and /sbin are directories of their own", () => {
  expect(run("readlink /bin; which ip ifconfig arp bash; . /etc/os-release; echo $VERSION")).toBe(
    "/sbin/ip\n/sbin/ifconfig\n/usr/sbin/arp\n/bin/bash\n16.04.7 LTS (Xenial Xerus)\n",
  );
});
