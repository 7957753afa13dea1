/** What the engine does in a second. */
import { loadLab } from "../../engine/lab/load.ts";
import type { Lab } from "../../engine/lab/lab.ts";
import type { MachineNetwork } from "../../engine/machine/network.ts";
import { parseIpv4, type Ipv4 } from "../../engine/net/address.ts";
import { IPPROTO_UDP, Packet } from "../../engine/net/packet.ts";
import { seconds } from "../../engine/sim/clock.ts";
import { ROUTED_LAB, starLab } from "./labs.ts";
import { secondsOf, thousands, type Row } from "./row.ts";

/** Machines that handle a packet on its way: a, sw1, r1, sw2, b. */
const HOPS = 5;
const PACKETS = 100_000;
const DISCARD_PORT = 9;

export function forwarding(): Row {
  const lab = open(ROUTED_LAB);
  const source = networkOf(lab, "a");
  const receiver = lab.node("b").machine.run(`nc -u -l ${DISCARD_PORT} & kill -STOP $!; wait`);
  lab.node("a").machine.run("ping -c 1 10.0.2.10");
  advance(lab, 2);
  const packet = new Packet();
  packet.ip = {
    tos: 0,
    id: 0,
    dontFragment: true,
    moreFragments: false,
    fragmentOffset: 0,
    ttl: 64,
    protocol: IPPROTO_UDP,
    src: parseIpv4("10.0.1.10") as Ipv4,
    dst: parseIpv4("10.0.2.10") as Ipv4,
  };
  packet.transport = { kind: "udp", srcPort: 40000, dstPort: DISCARD_PORT };
  packet.payload = new Uint8Array(64);
  const took = secondsOf(() => {
    for (let i = 0; i < PACKETS; i++) {
      lab.sim.schedule(i * 10_000, () => source.ip.sendLocal(packet.clone()));
    }
    advance(lab, (PACKETS * 10_000) / 1e9 + 0.1);
  });
  receiver.kill();
  return {
    what: "hop-handlings a second, 3 hosts and 2 switches, no tracing",
    result: thousands((PACKETS * HOPS) / took),
    aim: "≥ 500,000",
  };
}

export function thousandHosts(): readonly Row[] {
  const text = starLab(1000);
  open(starLab(2));
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  let lab: Lab | undefined;
  const took = secondsOf(() => {
    lab = open(text);
    advance(lab, 0.5);
  });
  globalThis.gc?.();
  const bytes = process.memoryUsage().heapUsed - before;
  return [
    { what: "1,000 hosts on one switch: boot", result: `${took.toFixed(2)} s`, aim: "< 2 s" },
    {
      what: "memory a host",
      result: globalThis.gc
        ? `${thousands(bytes / 1024 / [...(lab?.nodes ?? [])].length)} KB`
        : "run with --expose-gc",
      aim: "≤ 100 KB",
    },
  ];
}

export function pingAll(): Row {
  const count = 100;
  const lab = open(starLab(count));
  const took = secondsOf(() => {
    const runs = Array.from({ length: count }, (_, from) =>
      lab
        .node(`h${from + 1}`)
        .machine.run(
          `for i in $(seq ${count}); do [ $i = ${from + 1} ] || ping -c 1 -W 1 10.0.0.$i; done | grep -c "1 received"`,
        ),
    );
    while (runs.some((run) => run.exitStatus === undefined)) advance(lab, 1);
    const wrong = runs.filter((run) => run.stdout.trim() !== String(count - 1));
    if (wrong.length > 0) throw new Error(`${wrong.length} hosts did not reach all others`);
  });
  return {
    what: "100 hosts ping each other: 9,900 pings",
    result: `${took.toFixed(1)} s`,
    aim: "",
  };
}

export function manyContainers(): Row {
  const count = 200;
  const lab = open(
    "podwire: 1\nnodes:\n  - { name: h, kind: host, at: [0, 0], image: debian-12 }\n",
  );
  const { machine } = lab.node("h");
  const finish = (line: string): string => {
    const run = machine.run(line);
    while (run.exitStatus === undefined) advance(lab, 1);
    return run.stdout.trim();
  };
  finish("docker pull -q busybox");
  const took = secondsOf(() => {
    const running = finish(
      `for i in $(seq ${count}); do docker run -d busybox sleep 100000 >/dev/null; done; docker ps -q | wc -l`,
    );
    if (running !== String(count)) throw new Error(`${running} of ${count} containers run`);
  });
  return {
    what: `${count} containers on one machine: docker run -d of each`,
    result: `${took.toFixed(2)} s`,
    aim: "< 1 s",
  };
}

export function routeLookup(): Row {
  const lab = open(ROUTED_LAB);
  const { fib, rtnetlink } = networkOf(lab, "a");
  const gateway = parseIpv4("10.0.1.1") as Ipv4;
  const routes = 10_000;
  const lookups = 2_000_000;
  for (let i = 0; i < routes; i++) {
    const destination = (0x14000000 + i * 256) as Ipv4;
    rtnetlink.newRoute(
      { destination, prefixLength: 24, nextHops: [{ gateway, device: "eth0" }] },
      "add",
    );
  }
  const took = secondsOf(() => {
    for (let i = 0; i < lookups; i++) {
      fib.flow.dst = (0x14000001 + ((i * 7919) % routes) * 256) as Ipv4;
      fib.lookup(fib.flow);
    }
  });
  return {
    what: "route lookups a second in 10,000 routes",
    result: thousands(lookups / took),
    aim: "≥ 2,000,000",
  };
}

export function open(text: string): Lab {
  const loaded = loadLab(text);
  if (!loaded.ok) throw new Error(loaded.problems.map((problem) => problem.message).join("; "));
  return loaded.value;
}

export function advance(lab: Lab, durationSeconds: number): void {
  lab.sim.advanceTo(lab.sim.nowNs + seconds(durationSeconds));
}

export function networkOf(lab: Lab, name: string): MachineNetwork {
  return lab.node(name).machine.kernel.initialNamespaces.net as MachineNetwork;
}
