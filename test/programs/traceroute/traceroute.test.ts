import { expect, test } from "vitest";
import { lab } from "../../support/lab.ts";

function routed() {
  const hosts = lab("a -- r1, r1 -- b");
  hosts.a.types("ip addr add 10.0.1.10/24 dev eth0; ip route add default via 10.0.1.1");
  hosts.r1.types(
    "ip addr add 10.0.1.1/24 dev eth0; ip addr add 10.0.2.1/24 dev eth1; sysctl -qw net.ipv4.ip_forward=1",
  );
  hosts.b.types("ip addr add 10.0.2.10/24 dev eth0; ip route add default via 10.0.2.1");
  return hosts;
}

const withoutTimes = (text: string): string => text.replace(/[\d.]+ ms/g, "T");

test.each(["", "-I ", "-T "])("traceroute %sfinds the router and the host", (method) => {
  const { a } = routed();
  const { stdout } = a.types(`traceroute -n ${method}-q 2 10.0.2.10`).exits(0);
  expect(withoutTimes(stdout)).toBe(
    "traceroute to 10.0.2.10 (10.0.2.10), 30 hops max, 60 byte packets\n" +
      " 1  10.0.1.1  T  T\n 2  10.0.2.10  T  T\n",
  );
});

test("a host that is not there is reported by the last router, with !H", () => {
  const { a } = routed();
  const { stdout } = a.types("traceroute -n -q 1 -m 2 10.0.2.77").exits(0);
  expect(withoutTimes(stdout)).toMatch(/ 2 {2}10\.0\.1\.1 {2}T !H\n$/);
});

test("a router without a route says !N", () => {
  const { a } = routed();
  const { stdout } = a.types("traceroute -n -q 1 192.0.2.1").exits(0);
  expect(withoutTimes(stdout)).toMatch(/ 1 {2}10\.0\.1\.1 {2}T !N\n$/);
});

test("names are shown before addresses unless -n is given", () => {
  const { a } = routed();
  a.types("echo 10.0.1.1 gw >> /etc/hosts");
  a.types("traceroute -q 1 -m 1 10.0.2.10").prints(" 1  gw (10.0.1.1)  ");
});

test.each([
  ["traceroute -q 0 10.0.2.10", "no more than 10 probes per hop\n"],
  ["traceroute -m 300 10.0.2.10", "max hops cannot be more than 255\n"],
  ["traceroute -f 40 10.0.2.10", "first hop out of range\n"],
  ["traceroute -w x 10.0.2.10", "Cannot handle `-w' option with arg `x' (argc 2)\n"],
  ["traceroute --foo 10.0.2.10", "Bad option `--foo' (argc 1)\n"],
  ["traceroute -Q 10.0.2.10", "Bad option `-Q' (argc 1)\n"],
  ["traceroute a b c", "Extra arg `c' (position 3, argc 3)\n"],
  ["traceroute --mtu 10.0.2.10", "traceroute: Podwire does not model the option `--mtu'\n"],
])("%s is refused", (command, stderr) => {
  const { a } = lab("a -- b");
  const printed = a.types(command);
  expect([printed.stderr, printed.exit]).toEqual([stderr, 2]);
});

test("no route: the kernel's words, exit status 1", () => {
  const { a } = lab("a -- b");
  a.types("traceroute 192.0.2.1").complains("connect: Network is unreachable", 1);
});
