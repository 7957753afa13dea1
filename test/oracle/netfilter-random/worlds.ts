/** Where random cases are tried: machines, what is done before, for and after each case. */
import fc from "fast-check";
import { commandLines } from "./commands.ts";
import { packet } from "./packets.ts";
import { BRIDGE, ROUTER, ruleSet, TABLES } from "./rules.ts";

/** Lines for the shell of a host, or for iptables-restore. Shrinking leaves lines out. */
export interface Part {
  readonly host: string;
  readonly how: "shell" | "restore";
  readonly lines: readonly string[];
}

export type Case = readonly Part[];

export interface Step {
  readonly host: string;
  readonly run: string;
  readonly stdin?: string;
  readonly wait?: number;
  readonly background?: true;
  readonly id?: string;
}

export interface World {
  readonly topology: object;
  readonly setup: readonly Step[];
  readonly cases: fc.Arbitrary<Case>;
  /** Before each case; and what is compared after it. */
  readonly reset: Step;
  readonly show: readonly Step[];
}

const UNHURRIED =
  "sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_msgs_per_sec=10000 net.ipv4.icmp_msgs_burst=10000";

const SETS = [
  "hosts hash:ip",
  "nets hash:net",
  "ports hash:ip,port",
  "all list:set",
  "counted hash:ip counters",
  "seen hash:ip counters",
  "flows hash:ip,port timeout 0",
];
const MEMBERS = [
  "hosts 10.0.0.2",
  "hosts 10.0.1.3",
  "nets 10.0.1.0/24",
  "nets 10.0.1.3 nomatch",
  "ports 10.0.0.2,tcp:80",
  "ports 10.0.1.2,tcp:80",
  "ports 10.0.1.2,udp:53",
  "ports 10.0.1.2,icmp:8/0",
  "all hosts",
  "all nets",
  "counted 10.0.1.2",
  "counted 10.0.0.2",
];
const MAKE_SETS = [
  ...SETS.map((set) => `ipset create ${set}`),
  ...MEMBERS.map((member) => `ipset add ${member}`),
].join("; ");
const EMPTY_SETS = "for s in seen flows; do ipset flush $s; done";

/** Each table empty, without chains of its own. */
const EMPTY = TABLES.map((table) => `*${table}\\nCOMMIT\\n`).join("");
const OPEN = TABLES.map((table) => `iptables -t ${table} -S | sed -n 's/^-P \\(.*\\) DROP/\\1/p'`);
const CLEAR = [
  `printf '${EMPTY}' | iptables-restore`,
  ...OPEN.map(
    (policies, index) =>
      `for c in $(${policies}); do iptables -t ${String(TABLES[index])} -P $c ACCEPT; done`,
  ),
].join("; ");

const RESET = `${CLEAR}; conntrack -F 2> /dev/null; ${EMPTY_SETS}`;
const SHOW = [
  "iptables-save -c",
  ...TABLES.map((table) => `iptables -t ${table} -L -n -v`),
  "conntrack -L 2> /dev/null | sort",
  "ipset save seen; ipset save flows",
  "sed 's/last_seen.*//' /proc/net/xt_recent/r1 2> /dev/null",
].join("; ");

const sent = (host: string, most: number): fc.Arbitrary<Part> =>
  fc
    .array(packet, { minLength: 1, maxLength: most })
    .map((lines) => ({ host, how: "shell" as const, lines }));

const traffic = (router: string): fc.Arbitrary<Case> =>
  fc
    .tuple(sent("a", 4), fc.option(sent(router, 2)), fc.option(sent("b", 2)))
    .map((parts) => parts.filter((part) => part !== null));

const filtered = (host: string, rules: fc.Arbitrary<readonly string[]>): fc.Arbitrary<Case> =>
  fc
    .tuple(rules, traffic(host))
    .map(([lines, packets]) => [{ host, how: "restore" as const, lines }, ...packets]);

const SERVERS: readonly Step[] = ["a", "b"].map((host) => ({
  host,
  run: "nc -lk 80",
  background: true as const,
  id: `web-${host}`,
}));

const router: World = {
  topology: {
    hosts: [
      {
        name: "a",
        interfaces: [{ name: "eth0", mac: "02:00:00:00:00:01", address: "10.0.0.2/24" }],
      },
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
  },
  setup: [
    { host: "a", run: `ip route add 10.0.1.0/24 via 10.0.0.1; ${UNHURRIED}` },
    { host: "b", run: `ip route add 10.0.0.0/24 via 10.0.1.1; ${UNHURRIED}` },
    {
      host: "r",
      run: `${UNHURRIED} net.ipv4.ip_forward=1 net.netfilter.nf_conntrack_acct=1; ${MAKE_SETS}`,
    },
    ...SERVERS,
    { host: "a", run: "ping -c 1 10.0.1.2 > /dev/null" },
  ],
  cases: filtered("r", ruleSet(ROUTER)),
  reset: { host: "r", run: RESET },
  show: [{ host: "r", run: SHOW }],
};

const bridge: World = {
  topology: {
    hosts: [
      {
        name: "a",
        interfaces: [{ name: "eth0", mac: "02:00:00:00:00:01", address: "10.0.0.2/8" }],
      },
      { name: "b", interfaces: [{ name: "eth0", address: ["10.0.1.2/8", "10.0.1.3/8"] }] },
    ],
    switches: ["sw"],
    cables: [
      ["a:eth0", "sw"],
      ["b:eth0", "sw"],
    ],
  },
  setup: [
    { host: "a", run: UNHURRIED },
    { host: "b", run: UNHURRIED },
    {
      host: "sw",
      run: `${UNHURRIED} net.ipv4.ip_forward=1 net.netfilter.nf_conntrack_acct=1; ip addr add 10.0.0.1/8 dev br0; ip addr add 10.0.1.1/8 dev br0; sysctl net.bridge.bridge-nf-call-iptables; ${MAKE_SETS}`,
      wait: 1500,
    },
    ...SERVERS,
    { host: "a", run: "for i in 0.1 1.1 1.2 1.3; do ping -c 1 10.0.$i; done > /dev/null" },
    { host: "b", run: "for i in 0.1 1.1 0.2; do ping -c 1 10.0.$i; done > /dev/null" },
  ],
  cases: filtered("sw", ruleSet(BRIDGE)),
  reset: { host: "sw", run: RESET },
  show: [{ host: "sw", run: SHOW }],
};

const commands: World = {
  topology: { hosts: [{ name: "r", interfaces: [{ name: "eth0", address: "10.0.0.1/24" }] }] },
  setup: [{ host: "r", run: MAKE_SETS }],
  cases: commandLines.map((lines) => [{ host: "r", how: "shell" as const, lines }]),
  // Legacy tables stay; those of nft can go.
  reset: { host: "r", run: `nft flush ruleset; ${CLEAR}` },
  show: [
    {
      host: "r",
      run: `iptables-save; ${TABLES.map((table) => `iptables -t ${table} -L -n -v --line-numbers`).join("; ")}`,
    },
  ],
};

export const WORLDS: Readonly<Record<string, World>> = { router, bridge, commands };
