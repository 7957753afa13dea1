import { test } from "vitest";
import { lab } from "../../support/lab.ts";

test("a line goes from one host to the other, and both ends close", () => {
  const { a, b } = lab("a -- b");
  const server = b.starts("nc -l 5000");
  a.types("echo hello | nc -N 10.0.0.2 5000").exits(0);
  server.finishes(2).prints("hello\n");
});

test("-v tells of connections on both sides", () => {
  const { a, b } = lab("a -- b");
  const server = b.starts("nc -lvn 5000");
  a.types("echo hi | nc -nvN 10.0.0.2 5000").warns(
    "Connection to 10.0.0.2 5000 port [tcp/*] succeeded!\n",
  );
  server.finishes(2).warns("Listening on 0.0.0.0 5000\n", "Connection received on 10.0.0.1 ");
});

test("a scan tells open ports from closed ones", () => {
  const { a, b } = lab("a -- b");
  b.starts("nc -lk 90");
  a.types("nc -zvn 10.0.0.2 89-90")
    .exits(0)
    .warns(
      "nc: connect to 10.0.0.2 port 89 (tcp) failed: Connection refused\n",
      "Connection to 10.0.0.2 90 port [tcp/*] succeeded!\n",
    );
  a.types("nc -z 10.0.0.2 91").exits(1);
});

test("UDP: a listener talks to whoever spoke first", () => {
  const { a, b } = lab("a -- b");
  const server = b.starts("nc -u -l 9999");
  a.types("echo one | nc -u -w 1 10.0.0.2 9999").exits(0);
  server.interrupted().shows("one\n");
});

test("UDP: a closed port is heard of through ICMP", () => {
  const { a } = lab("a -- b");
  a.types("nc -zuv -w 1 10.0.0.2 9998").exits(1);
});

test("-w gives up a connection that nobody answers", () => {
  const { a } = lab("a -- b");
  a.types("ip neigh add 10.0.0.50 lladdr 02:00:00:00:00:99 dev eth0");
  a.types("nc -v -w 2 10.0.0.50 80")
    .exits(1)
    .warns("nc: connect to 10.0.0.50 port 80 (tcp) timed out: Operation now in progress\n");
});

test.each([
  ["nc 10.0.0.2", "nc: missing port number\n"],
  ["nc 10.0.0.2 99999", "nc: port number too large: 99999\n"],
  ["nc 10.0.0.2 abc", "nc: port number invalid: abc\n"],
  ["nc -lz 80", "nc: cannot use -z and -l\n"],
  ["nc -k 10.0.0.2 80", "nc: must use -l with -k\n"],
  ["nc -l 10.0.0.77 80", "nc: Cannot assign requested address\n"],
  ["nc -v nosuch.test 80", 'nc: getaddrinfo for host "nosuch.test" port 80: '],
  ["nc -U /tmp/x", "nc: Podwire does not model the option '-U'\n"],
])("%s is refused", (command, message) => {
  const { a } = lab("a -- b");
  a.types(command).exits(1).warns(message);
});
