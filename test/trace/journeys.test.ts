/** Journeys of packets through whole labs: what is written down, and how it is printed. */
import { expect, test } from "vitest";
import { openLab, printJourney, type HeadlessLab } from "../../engine/headless.ts";
import type { Journey, Step } from "../../engine/trace/journey.ts";

const LAB = `podwire: 1
name: row
nodes:
  - { name: h1, kind: host, interfaces: [{ name: eth0, addresses: [10.0.0.1/24] }], routes: [default via 10.0.0.254] }
  - { name: r1, kind: router, interfaces: [{ name: eth0, addresses: [10.0.0.254/24] }, { name: eth1, addresses: [10.0.1.254/24] }] }
  - { name: sw1, kind: switch }
  - { name: h2, kind: host, interfaces: [{ name: eth0, addresses: [10.0.1.2/24] }], routes: [default via 10.0.1.254] }
cables:
  - ends: [h1:eth0, r1:eth0]
  - ends: [r1:eth1, sw1:p1]
  - ends: [sw1:p2, h2:eth0]
`;

function open(): HeadlessLab {
  const opened = openLab(LAB);
  if (!opened.ok) throw new Error(opened.problems[0]?.message);
  return opened.value;
}

function traced(lab: HeadlessLab, host: string, command: string, filter?: string): Journey[] {
  const outcome = lab.trace(host, command, { filter, packets: 100 });
  if (!outcome.ok) throw new Error(outcome.problems[0]?.message);
  return [...outcome.value.journeys];
}

/** The steps on one machine, in short: its kind and what tells it from others of the kind. */
function on(machine: string, { steps }: Journey): string[] {
  return steps.filter(({ place }) => place.machine === machine).map(brief);
}

function brief(step: Step): string {
  switch (step.kind) {
    case "in":
    case "out":
      return `${step.kind} ${step.device}`;
    case "hook":
      return step.hook;
    case "rule":
      return `${step.family} ${step.table} ${step.chain} ${step.number} ${step.rule}`;
    case "policy":
      return `${step.family} ${step.table} ${step.chain} policy ${step.policy}`;
    case "conntrack":
      return `${step.state} ${step.original}`;
    case "rewrite":
      return `${step.by} ${step.field} ${step.from} ${step.to}`;
    case "route":
      return `route ${step.to}`;
    case "bridge":
      return `bridge ${step.flooded ? "floods" : "sends"} ${step.ports.join(",")}`;
    case "drop":
      return `drop ${step.reason}`;
    default:
      return step.kind;
  }
}

test("a translated connection: rules, both rewrites and the answer's way back are there", () => {
  const lab = open();
  lab.run("h2", "nc -lk -p 80 >/dev/null &");
  lab.run(
    "r1",
    "iptables -t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 10.0.1.2:80;" +
      "iptables -t nat -A POSTROUTING -o eth1 -j MASQUERADE",
  );
  const [syn, synAck] = traced(lab, "h1", "nc -z 10.0.0.254 8080", "tcp");
  const port = /\.(\d+) >/.exec(syn?.packet ?? "")?.[1];
  expect(on("r1", syn as Journey)).toEqual([
    "in eth0",
    "PREROUTING",
    `NEW 10.0.0.1:${port} → 10.0.0.254:8080`,
    "ip nat PREROUTING 1 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.0.1.2:80",
    "NAT destination 10.0.0.254:8080 10.0.1.2:80",
    "route forward",
    "FORWARD",
    "POSTROUTING",
    "ip nat POSTROUTING 1 -o eth1 -j MASQUERADE",
    `NAT source 10.0.0.1:${port} 10.0.1.254:${port}`,
    "neighbour",
    "out eth1",
  ]);
  expect(syn?.fate).toBe("delivered");
  expect(syn?.steps.at(-1)).toMatchObject({ kind: "deliver", socket: "0.0.0.0:80" });
  expect(on("r1", synAck as Journey)).toContain("NAT source 10.0.1.2:80 10.0.0.254:8080");
  expect(synAck?.steps.at(-1)).toMatchObject({ place: { machine: "h1" }, kind: "deliver" });
});

test("the rule that drops a packet is its last step but one", () => {
  const lab = open();
  lab.run(
    "r1",
    "iptables -N CHECK; iptables -A FORWARD -j CHECK; iptables -A CHECK -p icmp -j DROP",
  );
  const [request, ...rest] = traced(lab, "h1", "ping -c 1 -W 1 10.0.1.2", "icmp");
  expect(on("r1", request as Journey).slice(-3)).toEqual([
    "ip filter FORWARD 1 -j CHECK",
    "ip filter CHECK 1 -p icmp -j DROP",
    "drop netfilter",
  ]);
  expect(request?.fate).toBe("dropped");
  expect(rest).toEqual([]);
});

test.each([
  ["ping -c 1 -W 1 10.0.0.77", "icmp", "waiting", undefined],
  ["ping -c 1 -W 1 -t 1 10.0.1.2", "icmp", "dropped", "ttl"],
  ["nc -z -w 1 10.0.1.2 81", "tcp", "dropped", "no-socket"],
  ["ping -c 1 -W 1 192.0.2.1", "icmp", "dropped", "no-route"],
] as const)("%s: the first packet's fate", (command, filter, fate, reason) => {
  const [first] = traced(open(), "h1", command, filter);
  expect(first?.fate).toBe(fate);
  const drop = first?.steps.find((step) => step.kind === "drop");
  expect(drop?.reason).toBe(reason);
});

test("a switch floods what it does not know, and the copies share one journey", () => {
  const lab = open();
  const arp = traced(lab, "h2", "ping -c 1 -W 1 10.0.1.254", "arp").find(({ packet }) =>
    packet.includes("who-has 10.0.1.254"),
  );
  expect(on("sw1", arp as Journey)).toEqual(
    expect.arrayContaining(["in p2", "bridge floods p1", "bridge sends ", "out p1"]),
  );
});

test("a rule of ebtables is told from one of iptables", () => {
  const lab = open();
  lab.run("sw1", "ebtables -A FORWARD -p IPv4 --ip-proto icmp -j DROP");
  const [request] = traced(lab, "h1", "ping -c 1 -W 1 10.0.1.2", "icmp");
  expect(on("sw1", request as Journey).slice(-2)).toEqual([
    "bridge filter FORWARD 1 -p IPv4 --ip-proto icmp -j DROP",
    "drop netfilter",
  ]);
});

test("a packet in a tunnel goes on with the same journey", () => {
  const lab = open();
  const tunnel = (local: string, remote: string, inner: string): string =>
    `ip link add vx0 type vxlan id 7 dstport 4789 local ${local} remote ${remote};` +
    `ip addr add ${inner}/24 dev vx0; ip link set vx0 up`;
  lab.run("h1", tunnel("10.0.0.1", "10.0.1.2", "192.168.7.1"));
  lab.run("h2", tunnel("10.0.1.2", "10.0.0.1", "192.168.7.2"));
  lab.run("h1", "ping -c 1 192.168.7.2");
  const [request] = traced(lab, "h1", "ping -c 1 192.168.7.2", "icmp");
  expect(on("h1", request as Journey)).toContain("out vx0");
  expect(on("h2", request as Journey)).toEqual(expect.arrayContaining(["in eth0", "in vx0"]));
  expect(request?.fate).toBe("delivered");
});

test("namespaces are named as `ip netns` and Docker name them", () => {
  const lab = open();
  lab.run(
    "h1",
    "ip netns add blue; ip link add v0 type veth peer name v1 netns blue;" +
      "ip addr add 10.9.0.1/24 dev v0; ip link set v0 up;" +
      "ip -n blue addr add 10.9.0.2/24 dev v1; ip -n blue link set v1 up;" +
      "docker run -d --name box busybox sleep 100",
  );
  const [request] = traced(lab, "h1", "ping -c 1 10.9.0.2; ping -c 1 172.17.0.2", "icmp[0] == 8");
  expect(request?.steps.at(-1)?.place).toEqual({ machine: "h1", namespace: "blue" });
  const toBox = traced(lab, "h1", "ping -c 1 172.17.0.2", "icmp[0] == 8")[0];
  expect(toBox?.steps.at(-1)?.place).toEqual({ machine: "h1", namespace: "box" });
});

test("only as many journeys as were asked for; the others are counted", () => {
  const outcome = open().trace("h1", "ping -c 3 -i 0.2 10.0.1.2", { filter: "icmp", packets: 2 });
  expect(outcome).toMatchObject({ ok: true, value: { leftOut: 4 } });
  expect(outcome.ok && outcome.value.journeys).toHaveLength(2);
});

test("a filter that makes no sense is refused with tcpdump's words", () => {
  const outcome = open().trace("h1", "true", { filter: "tcp port", packets: 1 });
  expect(outcome).toMatchObject({
    ok: false,
    problems: [{ message: "can't parse filter expression: syntax error" }],
  });
});

test("nothing is recorded any more when it is over", () => {
  const lab = open();
  const first = traced(lab, "h1", "ping -c 1 10.0.1.2", "icmp");
  const steps = first.map(({ steps: own }) => own.length);
  lab.run("h1", "ping -c 1 10.0.1.2");
  expect(first.map(({ steps: own }) => own.length)).toEqual(steps);
  expect(traced(lab, "h1", "ping -c 1 10.0.1.2", "icmp").map(({ id }) => id)).toEqual([1, 2]);
});

test("one line a step, with the time since the start, the place and what happened", () => {
  const lab = open();
  lab.run("h1", "ping -c 1 10.0.1.2");
  lab.run("r1", "iptables -A FORWARD -s 10.0.0.0/24 -j ACCEPT");
  const [request] = traced(lab, "h1", "ping -c 1 10.0.1.2", "icmp");
  expect(printJourney(request as Journey).replace(/id \d+/, "id 1")).toMatchInlineSnapshot(`
    "packet 1: IP 10.0.0.1 > 10.0.1.2: ICMP echo request, id 1, seq 1, length 64
            0 µs  h1   route       sent via 10.0.0.254 dev eth0 (table main)
            0 µs  h1   OUTPUT      to eth0
            0 µs  h1   POSTROUTING to eth0
            0 µs  h1   neighbour   10.0.0.254 on eth0: at 02:00:53:fd:ac:00 (REACHABLE)
            0 µs  h1   out         eth0
           11 µs  r1   in          eth0
           11 µs  r1   PREROUTING  from eth0
           11 µs  r1   route       forwarded dev eth1 (table main)
           11 µs  r1   FORWARD     from eth0 to eth1
           11 µs  r1   iptables    filter FORWARD 1: -s 10.0.0.0/24 -j ACCEPT
           11 µs  r1   POSTROUTING from eth0 to eth1
           11 µs  r1   neighbour   10.0.1.2 on eth1: at 02:00:3b:33:ff:00 (REACHABLE)
           11 µs  r1   out         eth1
           21 µs  sw1  in          p1
           21 µs  sw1  bridge      br0: forwarded to p2
           21 µs  sw1  out         p2
           32 µs  h2   in          eth0
           32 µs  h2   PREROUTING  from eth0
           32 µs  h2   route       for this machine
           32 µs  h2   INPUT       from eth0
           32 µs  h2   deliver     to the kernel
      delivered
    "
  `);
});
