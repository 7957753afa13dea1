import { expect, test } from "vitest";
import { lab } from "../../support/lab.ts";

function connected() {
  const { a, b } = lab("a -- b");
  b.starts("nc -lk 5000");
  a.starts("sleep 100 | nc -p 40000 10.0.0.2 5000");
  return { a, b };
}

test("columns are as wide as their content", () => {
  const { b } = connected();
  expect(b.types("ss -tan").stdout).toBe(
    "State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n" +
      "LISTEN 0      1            0.0.0.0:5000      0.0.0.0:*           \n" +
      "ESTAB  0      0           10.0.0.2:5000     10.0.0.1:40000       \n",
  );
});

test.each([
  ["ss -Htn dport = :5000", 1],
  ["ss -Htn 'dst 10.0.0.2 and sport = 40000'", 1],
  ["ss -Htn dst 10.0.0.0/24:5001", 0],
  ["ss -Htn '( sport = :1 or dport = :5000 ) and not src 10.0.0.2'", 1],
  ["ss -Htan sport gt :40000", 0],
  ["ss -Htn state established", 1],
  ["ss -Htan exclude established", 0],
  ["ss -Htln", 0],
  ["ss -Huan", 0],
])("%s finds %d", (command, count) => {
  const { a } = connected();
  expect(a.types(command).stdout.split("\n").length - 1).toBe(count);
});

test("-p names who holds the socket, -o its timer", () => {
  const { a, b } = connected();
  b.types("ss -ltnp").prints('users:(("nc",pid=');
  a.types("ip link set eth0 mtu 1400; kill %1 2>/dev/null; ss -tno").prints("ESTAB");
  b.types("ip link set eth0 down");
  a.starts("echo x | nc -p 40001 10.0.0.2 5000");
  a.types("ss -tno state syn-sent").prints("timer:(on,");
});

test("-K closes what it shows, and tells the other end", () => {
  const { a, b } = connected();
  a.types("ss -HtnK sport = :40000").prints("10.0.0.1:40000");
  a.types("ss -Htan").prints("");
  b.types("ss -Htan state established").prints("");
  b.types("ss -HtlnK").prints("5000");
  b.types("ss -Htan").prints("");
});

test.each([
  ["ss -tn state nonsense", 255, "ss: wrong state name: nonsense\n"],
  ["ss -tan sport", 255, 'ss: bison bellows (while parsing filter): "syntax error!" Sorry.\n'],
  ["ss -tan dst 10.0.0.300", 1, 'Error: an inet prefix is expected rather than "10.0.0.300".\n'],
  ["ss -E", 1, "ss: Podwire does not model the option '-E'\n"],
  ["ss -N nosuch", 255, 'Cannot open network namespace "nosuch": No such file or directory\n'],
])("%s is refused", (command, status, message) => {
  const { a } = connected();
  a.types(command).exits(status).complains(message);
});
