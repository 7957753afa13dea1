/**
 * Random rule sets and packets, in a real Linux kernel and in Podwire: `iptables-save`, counters,
 * connections and what the sender sees have to be the same.
 *
 *   npm run test:netfilter -- [--cases N] [--seed N] [--flavour nft|legacy]
 *
 * Needs Linux and root. The batches stay as scenarios in the folder that is printed.
 */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import fc from "fast-check";
import { parseScenario } from "../../../engine/lab/scenario/format.ts";
import { runScenario } from "../../../engine/lab/scenario/run.ts";
import { compareTranscripts } from "../../../app/cli/record/compare.ts";
import { recordScenario } from "../../../app/cli/record/record.ts";
import { randomCase, type RandomCase } from "./rules.ts";

const BATCH = 25;

const VOLATILE = [
  ["^# (Generated|Completed) .*$", "# $1"],
  ["^(\\S+ +[0-9]+ )[0-9]+ ", "$1T "],
  ["\\bid=[0-9]+", "id=N"],
  ["\\buse=[0-9]+", "use=N"],
];

const TOPOLOGY = {
  hosts: [
    { name: "a", interfaces: [{ name: "eth0", address: "10.0.0.2/24" }] },
    {
      name: "r",
      interfaces: [
        { name: "eth0", address: "10.0.0.1/24" },
        { name: "eth1", address: ["10.0.1.1/24", "10.0.1.9/24"] },
      ],
    },
    { name: "b", interfaces: [{ name: "eth0", address: ["10.0.1.2/24", "10.0.1.3/24"] }] },
  ],
  cables: [
    ["a:eth0", "r:eth0"],
    ["r:eth1", "b:eth0"],
  ],
};

/** Each table empty, without chains of its own. */
const EMPTY = ["raw", "mangle", "nat", "filter"].map((table) => `*${table}\\nCOMMIT\\n`).join("");
const RESTORE = `printf '${EMPTY}' | iptables-restore; conntrack -F 2> /dev/null; iptables-restore; echo $?; iptables-save`;

function scenarioOf(name: string, cases: readonly RandomCase[], flavour: string): object {
  const setup = [
    {
      host: "a",
      run: "ip route add 10.0.1.0/24 via 10.0.0.1; sysctl -qw net.ipv4.icmp_ratelimit=0",
    },
    {
      host: "b",
      run: "ip route add 10.0.0.0/24 via 10.0.1.1; sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_msgs_per_sec=10000 net.ipv4.icmp_msgs_burst=10000",
    },
    {
      host: "r",
      run: "sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_msgs_per_sec=10000 net.ipv4.icmp_msgs_burst=10000 net.netfilter.nf_conntrack_acct=1",
    },
    { host: "b", run: "nc -lk 80", background: true, id: "web", compare: "ignore" },
    { host: "a", run: "ping -c 1 10.0.1.2 > /dev/null" },
  ];
  const steps = cases.flatMap(({ tables, packets }) => [
    { host: "r", stdin: tables.join(""), run: RESTORE },
    { host: "a", run: packets.join("; ") },
    { host: "r", run: "iptables-save -c; conntrack -L 2> /dev/null | sort" },
  ]);
  return {
    name,
    purpose: "random rule sets and packets",
    iptables: flavour,
    topology: TOPOLOGY,
    volatile: VOLATILE,
    steps: [...setup, ...steps],
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      cases: { type: "string", default: "100" },
      seed: { type: "string", default: "1" },
      flavour: { type: "string" },
    },
  });
  const folder = mkdtempSync(join(tmpdir(), "netfilter-random-"));
  const wanted = Number(values.cases);
  let ran = 0;
  let differing = 0;
  for (let batch = 0; ran < wanted; batch++) {
    const seed = Number(values.seed) * 1000 + batch;
    const flavour = values.flavour ?? (batch % 2 === 0 ? "nft" : "legacy");
    const cases = fc.sample(randomCase, { seed, numRuns: Math.min(BATCH, wanted - ran) });
    ran += cases.length;
    const name = `random-${seed}-${flavour}`;
    const text = JSON.stringify(scenarioOf(name, cases, flavour), null, 1);
    writeFileSync(join(folder, `${name}.json`), text);
    const parsed = parseScenario(JSON.parse(text));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed));
    const scenario = parsed.value;
    const recorded = await recordScenario(scenario);
    for (const verdict of compareTranscripts(scenario, runScenario(scenario), recorded)) {
      if (verdict.differences.length === 0) continue;
      differing += 1;
      console.log(`${name} step ${verdict.number} ${verdict.title}`);
      for (const line of verdict.differences.slice(0, 12)) console.log(`  ${line}`);
    }
  }
  console.log(`${ran} cases, ${differing} steps differ; ${folder}`);
}

await main();
