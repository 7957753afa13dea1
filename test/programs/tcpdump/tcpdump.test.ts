import { expect, test } from "vitest";
import { lab } from "../../support/lab.ts";

const withoutTimes = (text: string): string =>
  text.replace(/^[\d:.]+ /gm, "T ").replace(/id \d+/g, "id N");

test("a ping as seen by its sender, and the closing counts", () => {
  const { a } = lab("a -- b");
  const capture = a.starts("tcpdump -n -i eth0 -c 4");
  a.types("ping -c 1 10.0.0.2");
  const { stdout, stderr } = capture.finishes();
  expect(withoutTimes(stdout)).toMatch(
    /^T ARP, Request who-has 10\.0\.0\.2 tell 10\.0\.0\.1, length 28\nT ARP, Reply 10\.0\.0\.2 is-at [0-9a-f:]{17}, length 28\nT IP 10\.0\.0\.1 > 10\.0\.0\.2: ICMP echo request, id N, seq 1, length 64\nT IP 10\.0\.0\.2 > 10\.0\.0\.1: ICMP echo reply, id N, seq 1, length 64\n$/,
  );
  expect(stderr).toBe(
    "tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\n" +
      "listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes\n" +
      "4 packets captured\n4 packets received by filter\n0 packets dropped by kernel\n",
  );
});

test("a written capture reads back as it was shown", () => {
  const { a } = lab("a -- b");
  const capture = a.starts("tcpdump -n -i eth0 -c 2 -w /tmp/f.pcap icmp");
  a.types("ping -c 1 10.0.0.2");
  capture.finishes();
  const { stdout } = a.types("tcpdump -n -r /tmp/f.pcap 2>/dev/null");
  expect(withoutTimes(stdout)).toBe(
    "T IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id N, seq 1, length 64\n" +
      "T IP 10.0.0.2 > 10.0.0.1: ICMP echo reply, id N, seq 1, length 64\n",
  );
  a.types("tcpdump -r /tmp/f.pcap --count 2>/dev/null").prints("2 packets\n");
});

test("a switch floods what it has not learned: a third host overhears only that", () => {
  const { a, b, c } = lab("a -- sw1, b -- sw1, c -- sw1");
  const capture = c.starts("tcpdump -n -t -i eth0");
  a.types("ping -c 2 -i 0.2 10.0.0.2").prints("2 received");
  b.types("true");
  const heard = capture.interrupted().stdout;
  expect(heard).toBe("ARP, Request who-has 10.0.0.2 tell 10.0.0.1, length 28\n\n");
});

test.each([
  ["tcpdump -i eth9", "tcpdump: eth9: No such device exists\n(No such device exists)\n"],
  ["tcpdump -i eth0 -c x", "tcpdump: invalid packet count x\n"],
  ["tcpdump -i eth0 host", "tcpdump: can't parse filter expression: syntax error\n"],
  ["ip link set eth0 down; tcpdump -i eth0", "tcpdump: eth0: That device is not up\n"],
  ["tcpdump -r /none", "tcpdump: /none: No such file or directory\n"],
  ["tcpdump -C 5 -i eth0", "tcpdump: Podwire does not model the option -C\n"],
])("%s is refused", (command, stderr) => {
  const { a } = lab("a -- b");
  const printed = a.types(command);
  expect([printed.stderr, printed.exit]).toEqual([stderr, 1]);
});
