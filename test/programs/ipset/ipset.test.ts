import { test } from "vitest";
import { lab } from "../../support/lab.ts";

test("a rule asks a set, and a set that a rule holds is not destroyed", () => {
  const { a, b } = lab("a -- b");
  a.types("ipset create friends hash:ip; iptables -A INPUT -m set --match-set friends src -j DROP");
  b.types("ping -c 1 -W 1 10.0.0.1").prints("1 received");
  a.types("ipset add friends 10.0.0.2");
  b.types("ping -c 1 -W 1 10.0.0.1; true").prints("0 received");
  a.types("ipset destroy friends 2>&1; true").shows(
    "ipset v7.17: Set cannot be destroyed: it is in use by a kernel component\n",
  );
});

test("an exception in a set of networks is not in it", () => {
  const { a } = lab("a");
  a.types(
    "ipset create nets hash:net; ipset add nets 10.1.0.0/16; ipset add nets 10.1.5.0/24 nomatch",
  );
  a.types("ipset test nets 10.1.2.3 2>&1").shows("Warning: 10.1.2.3 is in set nets.\n");
  a.types("ipset test nets 10.1.5.3 2>&1").shows("10.1.5.3 is NOT in set nets.\n");
});
