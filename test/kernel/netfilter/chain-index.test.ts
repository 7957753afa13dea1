import { expect, test } from "vitest";
import { lab } from "../../support/lab.ts";

test("a long chain counts and decides as if each rule had been met in turn", () => {
  const { a } = lab("a -- b");
  a.types("for i in $(seq 40); do iptables -A OUTPUT -d 10.9.0.$i -j DROP; done");
  a.types("iptables -I OUTPUT 20 -p icmp; iptables -A OUTPUT -p icmp");
  a.types("ping -c 1 -W 1 10.0.0.2 > /dev/null");
  const counted = a.types("iptables -nvxL OUTPUT | grep -c '^ *1 '").stdout;
  expect(counted).toBe("2\n");
});
