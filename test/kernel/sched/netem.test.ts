import { expect, test } from "vitest";
import { lab } from "../../support/lab.ts";

test("netem delays what leaves and tcpdump sees it after the delay", () => {
  const { a } = lab("a -- b");
  a.types("ping -c 1 10.0.0.2; tc qdisc add dev eth0 root netem delay 100ms").exits(0);
  a.types("ping -c 1 10.0.0.2").prints("time=100 ms");
  a.types("tc qdisc change dev eth0 root netem delay 20ms").exits(0);
  a.types("ping -c 1 10.0.0.2").prints("time=20.");
});

test("netem loses, and counts what it lost", () => {
  const { a } = lab("a -- b");
  a.types("tc qdisc add dev eth0 root netem loss 100%").exits(0);
  a.types("ping -c 2 -i 0.2 -W 1 10.0.0.2").shows("100% packet loss").exits(1);
  a.types("tc -s qdisc show dev eth0").prints("Sent 0 bytes 0 pkt (dropped ");
});

test("netem doubles", () => {
  const { a } = lab("a -- b");
  a.types("ping -c 1 10.0.0.2; tc qdisc add dev eth0 root netem duplicate 100%").exits(0);
  a.types("ping -c 2 -i 0.2 10.0.0.2").prints("(DUP!)");
});

test("reordered frames go ahead of delayed ones", () => {
  const { a } = lab("a -- b");
  a.types("ping -c 1 10.0.0.2; tc qdisc add dev eth0 root netem delay 50ms reorder 100% gap 2");
  const { stdout } = a.types("ping -c 4 -i 0.04 10.0.0.2");
  const order = [...stdout.matchAll(/icmp_seq=(\d)/g)].map(([, number]) => Number(number));
  expect(order).toEqual([2, 1, 4, 3]);
});

test("a token bucket lets bytes through at its rate", () => {
  const { a, b, world } = lab("a -- b");
  a.types("tc qdisc add dev eth0 root tbf rate 1mbit burst 4kb latency 400ms").exits(0);
  b.starts("socat -u TCP-LISTEN:5000 CREATE:/tmp/got");
  a.starts("head -c 250000 /dev/zero | socat -u - TCP:10.0.0.2:5000");
  world.pass(1);
  expect(Number(b.types("wc -c < /tmp/got").stdout)).toBeLessThan(170_000);
  world.pass(10);
  b.types("wc -c < /tmp/got").printsExactly("250000\n");
  a.types("tc -s qdisc show dev eth0").prints("overlimits ");
});

test("a discipline inside another one works on what comes out", () => {
  const { a } = lab("a -- b");
  a.types("ping -c 1 10.0.0.2; tc qdisc add dev eth0 root handle 1: netem delay 30ms");
  a.types("tc qdisc add dev eth0 parent 1:1 handle 10: tbf rate 1mbit burst 4kb limit 3000").exits(
    0,
  );
  a.types("tc qdisc show dev eth0").prints("qdisc netem 1: root", "qdisc tbf 10: parent 1:1 ");
  a.types("ping -c 1 10.0.0.2").prints("time=30.");
});

test("a frame with a wrong bit does not arrive as it was", () => {
  const { a, b } = lab("a -- b");
  a.types("ping -c 1 10.0.0.2; tc qdisc add dev eth0 root netem corrupt 100%").exits(0);
  a.types("tc qdisc show dev eth0").prints("limit 1000 corrupt 100%\n");
  a.types("ping -c 20 -i 0.01 -s 1400 -W 1 10.0.0.2").shows("100% packet loss");
  expect(Number(b.types("nstat -az | awk '/IcmpInCsumErrors/{print $2}'").stdout)).toBeGreaterThan(
    10,
  );
});
