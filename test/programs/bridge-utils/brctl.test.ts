import { test } from "vitest";
import { lab } from "../../support/lab.ts";

test("a bridge learns who is behind which port, and forgets", () => {
  const { a } = lab("a");
  a.types(
    "brctl addbr br0; ip link set br0 up; for i in 1 2; do ip netns add n$i; " +
      "ip link add v$i address 02:00:00:00:00:1$i type veth peer name eth0 address 02:00:00:00:00:0$i netns n$i; " +
      "ip -n n$i addr add 10.1.0.$i/24 dev eth0; ip -n n$i link set eth0 up; " +
      "ip link set v$i up; brctl addif br0 v$i; done",
  ).exits(0);
  a.types("ip netns exec n1 ping -q -c 1 10.1.0.2").exits(0);
  a.types("brctl showmacs br0").prints(
    "port no\tmac addr\t\tis local?\tageing timer\n",
    "  1\t02:00:00:00:00:01\tno\t\t   0.",
    "  2\t02:00:00:00:00:02\tno\t\t   0.",
    "  1\t02:00:00:00:00:11\tyes\t\t   0.00\n",
  );
  a.types("brctl setageing br0 1; sleep 2; brctl showmacs br0 | grep -c 'no\t\t'").shows("0\n");
});

test("showstp counts the timers down", () => {
  const { a } = lab("a");
  a.types("ip link add br0 type bridge; ip link add v0 type veth peer name v1");
  a.types("ip link set v0 master br0; ip link set v0 up; ip link set v1 up; ip link set br0 up");
  a.types("sleep 5; brctl showstp br0").prints(
    "gc timer\t\t 295.",
    "port id\t\t8001\t\t\tstate\t\t     forwarding\n",
    "forward delay timer\t   9.9",
  );
  a.types("sleep 20; brctl showstp br0").prints("forward delay timer\t   0.00\n");
});
