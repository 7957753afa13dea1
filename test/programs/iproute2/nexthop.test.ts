import { test } from "vitest";
import { lab } from "../../support/lab.ts";

// Recorded from iproute2 6.1.
test("routes follow their next hop objects", () => {
  const { one } = lab("one -- two");
  one.types("ip nexthop add id 1 via 10.0.0.2 dev eth0; ip nexthop add id 3 dev eth0");
  one.types("ip nexthop add id 10 group 1,5/3; ip route add 10.5.0.0/24 nhid 10");
  one
    .types("ip nexthop")
    .printsExactly(
      "id 1 via 10.0.0.2 dev eth0 scope link \nid 3 dev eth0 scope host \nid 10 group 1,5/3 \n",
    );
  one
    .types("ip route show 10.5.0.0/24")
    .printsExactly(
      "10.5.0.0/24 nhid 10 \n\tnexthop via 10.0.0.2 dev eth0 weight 5 \n\tnexthop dev eth0 weight 1 \n",
    );
  one.types("ip nexthop del id 1");
  one.types("ip route show 10.5.0.0/24").printsExactly("10.5.0.0/24 nhid 10 dev eth0 \n");
  one.types("ip nexthop del id 3; ip route show 10.5.0.0/24").printsExactly("");
});

test("next hop objects that cannot be are refused", () => {
  const { one } = lab("one -- two");
  one.types("ip nexthop add id 1 dev eth0").exits(0);
  one.types("ip nexthop add id 1 dev eth0").complains("RTNETLINK answers: File exists\n", 2);
  one.types("ip nexthop add id 2 group 9").complains("Error: Invalid nexthop id.\n", 2);
  one.types("ip route add 10.7.0.0/24 nhid 9").complains("Error: Nexthop id does not exist.\n", 2);
  one.types("ip nexthop del id 7").complains("RTNETLINK answers: No such file or directory\n", 2);
});
