/** Random rule sets for a router between two networks, and packets to send through it. */
import fc from "fast-check";

type Table = "raw" | "mangle" | "nat" | "filter";

const HOOKS: Readonly<Record<Table, readonly string[]>> = {
  raw: ["PREROUTING", "OUTPUT"],
  mangle: ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
  nat: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
  filter: ["INPUT", "FORWARD", "OUTPUT"],
};
const OWN_CHAINS = ["web", "aux"];

const pick = (...words: readonly string[]) => fc.constantFrom(...words);
const number = (min: number, max: number) => fc.integer({ min, max }).map(String);
const maybe = (words: fc.Arbitrary<string>) => fc.option(words, { nil: "" });
const negatable = (words: fc.Arbitrary<string>) =>
  fc
    .tuple(fc.integer({ min: 0, max: 4 }), words)
    .map(([at, text]) => (at === 0 ? `! ${text}` : text));
const join = (...parts: readonly fc.Arbitrary<string>[]) =>
  fc.tuple(...parts).map((words) => words.filter((word) => word !== "").join(" "));

const address = pick(
  "10.0.0.2",
  "10.0.1.2",
  "10.0.0.0/24",
  "10.0.1.0/25",
  "10.0.0.1",
  "10.0.0.0/8",
  "0.0.0.0/0",
  "10.9.9.9",
  "10.0.0.2/255.0.255.255",
);
const port = pick("53", "80", "443", "1000:2000", ":100", "81");
const device = pick("eth0", "eth1", "eth+", "lo", "eth9");

const portTest = fc
  .tuple(pick("tcp", "udp"), negatable(join(pick("--dport", "--sport"), port)))
  .map(([protocol, test]) => `-p ${protocol} -m ${protocol} ${test}`);

const protocol = fc.oneof(
  pick("", "", "-p icmp", "-p tcp", "-p udp", "! -p icmp", "-p 47"),
  portTest,
  negatable(join(fc.constant("--icmp-type"), pick("8", "0", "echo-request", "3/3", "any"))).map(
    (test) => `-p icmp -m icmp ${test}`,
  ),
  negatable(
    join(fc.constant("--tcp-flags"), pick("SYN,ACK SYN", "ALL NONE", "RST RST", "FIN,SYN,RST SYN")),
  ).map((test) => `-p tcp -m tcp ${test}`),
  join(
    pick("-p tcp -m multiport", "-p udp -m multiport"),
    negatable(join(pick("--dports", "--sports", "--ports"), pick("53,80", "80:90,443", "1:65535"))),
  ),
);

const match = fc.oneof(
  negatable(
    pick(
      "--ctstate NEW",
      "--ctstate RELATED,ESTABLISHED",
      "--ctstate INVALID",
      "--ctstate DNAT",
      "--ctproto 17",
      "--ctorigdst 10.0.1.2",
      "--ctstatus SEEN_REPLY",
      "--ctstatus ASSURED",
    ),
  ).map((test) => `-m conntrack ${test}`),
  negatable(pick("--state NEW", "--state ESTABLISHED", "--state UNTRACKED")).map(
    (test) => `-m state ${test}`,
  ),
  negatable(pick("--mark 0x1", "--mark 0x2/0x2", "--mark 0x0")).map((test) => `-m mark ${test}`),
  negatable(pick("--mark 0x1", "--mark 0x4/0x4")).map((test) => `-m connmark ${test}`),
  negatable(pick("--src-range 10.0.0.1-10.0.0.9", "--dst-range 10.0.1.2-10.0.1.2")).map(
    (test) => `-m iprange ${test}`,
  ),
  negatable(pick("--length 84", "--length 0:60", "--length 29:100")).map(
    (test) => `-m length ${test}`,
  ),
  negatable(pick("--ttl-eq 63", "--ttl-eq 64")).map((test) => `-m ttl ${test}`),
  pick("-m ttl --ttl-lt 64", "-m ttl --ttl-gt 63"),
  negatable(pick("--tos 0x10", "--tos 0x00/0xff", "--tos 0x08/0x1e")).map(
    (test) => `-m tos ${test}`,
  ),
  negatable(pick("--dscp 0x04", "--dscp-class EF", "--dscp 0")).map((test) => `-m dscp ${test}`),
  negatable(
    pick("--dst-type LOCAL", "--src-type UNICAST", "--dst-type UNICAST,LOCAL", "--src-type LOCAL"),
  ).map((test) => `-m addrtype ${test}`),
  fc
    .tuple(number(2, 4), number(0, 1))
    .map(([every, first]) => `-m statistic --mode nth --every ${every} --packet ${first}`),
  number(1, 3).map((burst) => `-m limit --limit 1/hour --limit-burst ${burst}`),
  number(1, 3).map(
    (burst) =>
      `-m hashlimit --hashlimit-upto 1/hour --hashlimit-burst ${burst} --hashlimit-mode srcip --hashlimit-name h${burst}`,
  ),
  pick(
    "-m recent --set --name r1",
    "-m recent --rcheck --name r1",
    "-m recent --update --hitcount 2 --name r1",
    "-m recent ! --rcheck --name r1 --rdest",
    "-m recent --remove --name r1",
  ),
  pick("-m quota --quota 100", "-m quota --quota 300"),
  negatable(pick("--pkt-type unicast", "--pkt-type broadcast")).map((test) => `-m pkttype ${test}`),
  negatable(
    pick(
      "--connbytes 2: --connbytes-mode packets --connbytes-dir original",
      "--connbytes 0:100 --connbytes-mode bytes --connbytes-dir both",
    ),
  ).map((test) => `-m connbytes ${test}`),
  pick(
    "-m u32 --u32 0x6&0xff=0x1",
    "-m string --algo bm --string xyz",
    "-m realm --realm 0",

    "-m ecn --ecn-ip-ect 0",
    "-m helper --helper ftp",
    "-m devgroup --src-group 0",
  ),
  pick('-m comment --comment "a b"', "-m comment --comment x", '-m comment --comment "it\'s"'),
);

const jump = pick("-j web", "-j aux", "-g web", "-g aux");

const TARGETS: Readonly<Record<Table, fc.Arbitrary<string>>> = {
  filter: fc.oneof(
    pick("-j ACCEPT", "-j DROP", "-j RETURN", ""),
    jump,
    pick(
      "-j REJECT",
      "-j REJECT --reject-with icmp-host-prohibited",
      "-p tcp -j REJECT --reject-with tcp-reset",
      "-j REJECT --reject-with icmp-net-unreachable",
    ),
    pick("-j MARK --set-mark 1", "-j CONNMARK --set-mark 4"),
  ),
  mangle: fc.oneof(
    pick("-j ACCEPT", "-j RETURN", "", "-j DROP"),
    jump,
    pick(
      "-j MARK --set-mark 1",
      "-j MARK --or-mark 2",
      "-j MARK --set-xmark 0x3/0x1",
      "-j MARK --and-mark 0x1",
      "-j MARK --xor-mark 0x7",
    ),
    pick(
      "-j CONNMARK --save-mark",
      "-j CONNMARK --restore-mark",
      "-j CONNMARK --set-mark 1",
      "-j CONNMARK --or-mark 4",
    ),
    pick(
      "-j TTL --ttl-set 40",
      "-j TTL --ttl-dec 1",
      "-j TTL --ttl-inc 5",
      "-j TOS --set-tos 0x10",
      "-j TOS --or-tos 0x08",
      "-j DSCP --set-dscp-class EF",
    ),
    pick(
      "-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 500",
      "-p tcp -j TCPOPTSTRIP --strip-options timestamp",
      "-j CLASSIFY --set-class 1:1",
    ),
  ),
  nat: fc.oneof(
    pick("-j ACCEPT", "-j RETURN", ""),
    jump,
    pick(
      "-j DNAT --to-destination 10.0.1.2",
      "-p tcp -j DNAT --to-destination 10.0.1.2:80",
      "-p udp -j DNAT --to-destination :53",
      "-p tcp -j REDIRECT --to-ports 81",
      "-j REDIRECT",
      "-j DNAT --to-destination 10.0.1.3",
    ),
    pick(
      "-j SNAT --to-source 10.0.1.1",
      "-j MASQUERADE",
      "-j SNAT --to-source 10.0.1.9",
      "-j NETMAP --to 10.0.1.0/24",
    ),
  ),
  raw: fc.oneof(
    pick("-j ACCEPT", "-j RETURN", "", "-j DROP"),
    jump,
    pick("-j NOTRACK", "-j CT --notrack"),
  ),
};

function rule(table: Table): fc.Arbitrary<string> {
  const chain = pick(...HOOKS[table], ...OWN_CHAINS);
  return join(
    chain.map((name) => `-A ${name}`),
    maybe(negatable(address.map((one) => `-s ${one}`))),
    maybe(negatable(address.map((one) => `-d ${one}`))),
    maybe(device.map((one) => `-i ${one}`)),
    protocol,
    maybe(match),
    maybe(match),
    TARGETS[table],
  );
}

function tableText(table: Table): fc.Arbitrary<string> {
  const chains = OWN_CHAINS.map((name) => `:${name} - [0:0]`).join("\n");
  return fc
    .array(rule(table), { minLength: 1, maxLength: 8 })
    .map((rules) => `*${table}\n${chains}\n${rules.join("\n")}\nCOMMIT\n`);
}

const packet = fc.oneof(
  pick("10.0.1.2", "10.0.0.1", "10.0.1.1", "10.0.1.3").map(
    (to) => `ping -c 1 -W 0.3 ${to} | grep -o '[01] received'`,
  ),
  fc
    .tuple(pick("10.0.1.2", "10.0.0.1", "10.0.1.9"), pick("80", "81", "443"), number(30000, 30999))
    .map(([to, at, from]) => `timeout 0.3 nc -z -p ${from} ${to} ${at} 2> /dev/null; echo tcp $?`),
  fc
    .tuple(pick("10.0.1.2", "10.0.0.1", "10.0.1.1"), pick("53", "1500", "80"), number(31000, 31999))
    .map(
      ([to, at, from]) => `echo xyz | timeout 0.2 nc -u -p ${from} ${to} ${at} > /dev/null 2>&1`,
    ),
);

export interface RandomCase {
  /** For iptables-restore, one table each. */
  readonly tables: readonly string[];
  /** Commands on the client. */
  readonly packets: readonly string[];
}

export const randomCase: fc.Arbitrary<RandomCase> = fc.record({
  tables: fc
    .uniqueArray(pick("raw", "mangle", "nat", "filter", "filter"), { minLength: 1, maxLength: 3 })
    .chain((names) => fc.tuple(...names.map((name) => tableText(name as Table)))),
  packets: fc.array(packet, { minLength: 2, maxLength: 4 }),
});
