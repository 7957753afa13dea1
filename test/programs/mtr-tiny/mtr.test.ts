import { test } from "vitest";
import { lab } from "../../support/lab.ts";

test("a report has a line for each hop", () => {
  const { a, r1, b } = lab("a -- r1 -- b");
  a.types("ip addr add 10.0.1.2/24 dev eth0; ip route add default via 10.0.1.1").exits(0);
  b.types("ip addr add 10.0.2.2/24 dev eth0; ip route add default via 10.0.2.1").exits(0);
  r1.types("ip addr add 10.0.1.1/24 dev eth0; ip addr add 10.0.2.1/24 dev eth1").exits(0);
  for (const method of ["", "-u", "-T"]) {
    a.types(`mtr -r -n -c 2 ${method} 10.0.2.2`).prints(
      "HOST: a                           Loss%   Snt   Last   Avg  Best  Wrst StDev\n",
      "  1.|-- 10.0.1.1                   0.0%     2    0.",
      "  2.|-- 10.0.2.2                   0.0%     2    0.",
    );
  }
});

test("an unreachable neighbour ends the way at oneself", () => {
  const { a } = lab("a -- b");
  a.types("mtr -r -n -c 1 -m 3 10.0.0.99").prints(
    "  1.|-- 10.0.0.1                   0.0%     1  30",
  );
});

test("what cannot be done is refused", () => {
  const { a } = lab("a -- b");
  a.types("mtr 10.0.0.2").complains("Podwire does not model the interactive display", 1);
  a.types("mtr -r -c x 10.0.0.2").complains("mtr: invalid argument: 'x'", 1);
  a.types("mtr -r 9.9.9.9").complains("mtr: udp socket connect failed: Network is unreachable", 1);
});
