import { describe, expect, test } from "vitest";
import { parsePing } from "../../../engine/programs/iputils-ping/options.ts";
import { PingStatistics, roundTripText } from "../../../engine/programs/iputils-ping/statistics.ts";
import { lab } from "../../support/lab.ts";

test("three probes, three replies, the statistics", () => {
  const { a } = lab("a -- b");
  const { stdout } = a.types("ping -c 3 10.0.0.2").exits(0);
  expect(stdout.replace(/[\d.]+ ms|\d+ms|[\d./]+ ms/g, "T")).toBe(
    [
      "PING 10.0.0.2 (10.0.0.2) 56(84) bytes of data.",
      "64 bytes from 10.0.0.2: icmp_seq=1 ttl=64 time=T",
      "64 bytes from 10.0.0.2: icmp_seq=2 ttl=64 time=T",
      "64 bytes from 10.0.0.2: icmp_seq=3 ttl=64 time=T",
      "",
      "--- 10.0.0.2 ping statistics ---",
      "3 packets transmitted, 3 received, 0% packet loss, time T",
      "rtt min/avg/max/mdev = T",
      "",
    ].join("\n"),
  );
});

test("the round-trip time is that of the cable", () => {
  const { a, b, world } = lab("a -- b");
  world.configure(a, b, { latencyMs: 25 });
  a.types("ping -c 1 10.0.0.2");
  expect(a.types("ping -c 1 10.0.0.2").stdout).toMatch(/time=50\.\d ms/);
});

test("nobody there: the neighbour table gives up after three seconds", () => {
  const { a } = lab("a -- b");
  a.types("ping -c 1 10.0.0.9")
    .exits(1)
    .shows(
      "From 10.0.0.1 icmp_seq=1 Destination Host Unreachable",
      "1 packets transmitted, 0 received, +1 errors, 100% packet loss",
    );
});

test("a cut cable loses everything, and -W bounds the wait", () => {
  const { a, b, world } = lab("a -- b");
  a.types("ping -c 1 10.0.0.2").prints("1 received");
  world.cut(a, b);
  a.types("ping -c 2 -i 0.2 -W 1 10.0.0.2")
    .exits(1)
    .shows("2 packets transmitted, 0 received, 100%");
  world.restore(a, b);
  a.types("ping -c 1 10.0.0.2").prints("1 received");
});

test("Ctrl-C prints the statistics and succeeds if anything came back", () => {
  const { a } = lab("a -- b");
  const ping = a.starts("ping 10.0.0.2");
  ping.interrupted().prints("1 packets transmitted, 1 received, 0% packet loss");
});

test("a name is looked up in /etc/hosts, and shown with its address", () => {
  const { a } = lab("a -- b");
  a.types("echo 10.0.0.2 server server.example >> /etc/hosts");
  a.types("ping -c 1 server").prints(
    "PING server (10.0.0.2) 56(84) bytes of data.",
    "64 bytes from server (10.0.0.2): icmp_seq=1",
  );
});

test.each([
  ["ping", 1, "ping: usage error: Destination address required\n"],
  [
    "ping -c 0 10.0.0.2",
    1,
    "ping: invalid argument: '0': out of range: 1 <= value <= 9223372036854775807\n",
  ],
  ["ping -c x 10.0.0.2", 1, "ping: invalid argument: 'x'\n"],
  ["ping -t 300 10.0.0.2", 1, "ping: invalid argument: '300': out of range: 0 <= value <= 255\n"],
  ["ping -M foo 10.0.0.2", 2, "ping: invalid -M argument: foo\n"],
  ["ping -p zz 10.0.0.2", 2, "ping: patterns must be specified as hex digits: zz\n"],
  ["ping -I eth9 10.0.0.2", 2, "ping: SO_BINDTODEVICE eth9: No such device\n"],
  ["ping -I 10.0.0.77 10.0.0.2", 2, "ping: bind: Cannot assign requested address\n"],
  ["ping 192.0.2.1", 2, "ping: connect: Network is unreachable\n"],
  [
    "ping 10.0.0.255",
    2,
    "ping: Do you want to ping broadcast? Then -b. If not, check your local firewall rules\n",
  ],
  ["ping -6 10.0.0.2", 2, "ping: 10.0.0.2: Address family for hostname not supported\n"],
  ["ping -c1 ::1", 2, "ping: Podwire does not model IPv6\n"],
])("%s exits %i", (command, exit, stderr) => {
  const { a } = lab("a -- b");
  const printed = a.types(command);
  expect([printed.stderr, printed.exit]).toEqual([stderr, exit]);
});

test("the path MTU: a probe that may not be fragmented is refused here", () => {
  const { a } = lab("a -- b");
  a.types("ping -c 1 -s 1472 -M do 10.0.0.2").prints("1 received");
  a.types("ping -c 1 -s 1473 -M do 10.0.0.2").complains(
    "ping: local error: message too long, mtu=1500",
    1,
  );
  a.types("ping -c 1 -s 3000 10.0.0.2").prints("3008 bytes from 10.0.0.2");
});

describe("round-trip times get fewer decimals the longer they are", () => {
  test.each([
    [3_000, "0.003"],
    [999_000, "0.999"],
    [1_234_567, "1.23"],
    [12_345_678, "12.3"],
    [99_949_000, "99.9"],
    [99_950_000, "100"],
    [123_456_789, "123"],
  ])("%i ns: %s ms", (ns, text) => expect(roundTripText(ns)).toBe(text));
});

test("loss is shown with six significant digits", () => {
  const statistics = new PingStatistics();
  statistics.transmitted = 3;
  statistics.received = 2;
  const summary = statistics.summary("x", { elapsedNs: 0, timed: false, showPace: false });
  expect(summary).toContain("33.3333% packet loss");
});

test("an interval that is no number is warned about and taken as zero", () => {
  const parsed = parsePing(["ping", "-i", "x", "10.0.0.2"]);
  expect(parsed).toMatchObject({
    kind: "run",
    options: { intervalNs: 0 },
    warnings: ["option argument contains garbage: x", "this will become fatal error in the future"],
  });
});

test("ping4 and ping6 speak one family, and getopt(3) knows no long options", () => {
  const { a } = lab("a -- b");
  a.types("ping4 -c 1 10.0.0.2").exits(0);
  expect(a.types("ping6 -c 1 10.0.0.2").exits(2).stderr).toBe(
    "ping6: 10.0.0.2: Address family for hostname not supported\n",
  );
  expect(a.types("ping --count=1 10.0.0.2").exits(2).stderr).toMatch(
    /^ping: invalid option -- '-'\n/,
  );
});
