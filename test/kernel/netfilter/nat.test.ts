import { test } from "vitest";
import { lab } from "../../support/lab.ts";

test("a masqueraded client is seen under the router's address, and errors find back", () => {
  const { a } = lab("a");
  a.types(
    "for i in 1 2; do ip netns add n$i; ip link add v$i type veth peer name eth0 netns n$i; " +
      "ip addr add 10.0.$i.1/24 dev v$i; ip link set v$i up; ip -n n$i link set lo up; " +
      "ip -n n$i addr add 10.0.$i.2/24 dev eth0; ip -n n$i link set eth0 up; done; " +
      "ip -n n1 route add default via 10.0.1.1; sysctl -qw net.ipv4.ip_forward=1",
  ).exits(0);
  a.types("ip netns exec n1 ping -c 1 -W 1 10.0.2.2").exits(1);
  a.types("iptables -t nat -A POSTROUTING -o v2 -j MASQUERADE").exits(0);
  a.types("ip netns exec n1 ping -c 1 -W 1 10.0.2.2").exits(0);
  a.types("conntrack -L -p icmp").prints("src=10.0.2.2 dst=10.0.2.1 type=0 code=0");
  a.types("ip netns exec n1 nc -v -z -w 1 10.0.2.2 81").exits(1);
  a.types("ip netns exec n1 nc -z -u -w 1 10.0.2.2 81; conntrack -L -p udp").prints(
    "src=10.0.1.2 dst=10.0.2.2",
  );
});

test("two clients with the same port get different ones behind one address", () => {
  const { a } = lab("a");
  a.types(
    "for i in 1 2 3; do ip netns add n$i; ip link add v$i type veth peer name eth0 netns n$i; " +
      "ip addr add 10.0.$i.1/24 dev v$i; ip link set v$i up; " +
      "ip -n n$i addr add 10.0.$i.2/24 dev eth0; ip -n n$i link set eth0 up; " +
      "ip -n n$i route add default via 10.0.$i.1; done; sysctl -qw net.ipv4.ip_forward=1; " +
      "iptables -t nat -A POSTROUTING -o v3 -j MASQUERADE",
  ).exits(0);
  a.types("for i in 1 2; do echo x | ip netns exec n$i nc -u -w 1 -p 40000 10.0.3.2 80; done");
  a.types("conntrack -L -p udp 2>/dev/null | grep -c 'dst=10.0.3.1 '").shows("2\n");
  a.types("conntrack -L -p udp 2>/dev/null | grep -c 'dport=40000 mark'").shows("1\n");
});

test("what was masqueraded is forgotten with the address and with the device", () => {
  const { a } = lab("a");
  a.types(
    "ip netns add n; ip link add v type veth peer name eth0 netns n; ip link set v up; " +
      "ip -n n link set eth0 up; ip -n n addr add 10.9.0.2/24 dev eth0; " +
      "ip addr add 10.9.0.1/24 dev v; iptables -t nat -A POSTROUTING -o v -j MASQUERADE",
  ).exits(0);
  a.types("ping -c 1 10.9.0.2 > /dev/null; ip addr add 10.9.0.9/24 dev v; conntrack -C").shows(
    "1\n",
  );
  a.types("ip addr del 10.9.0.9/24 dev v; conntrack -C").shows("1\n");
  a.types("ip addr del 10.9.0.1/24 dev v; conntrack -C").shows("0\n");
  a.types("ip addr add 10.9.0.1/24 dev v; ping -c 1 10.9.0.2 > /dev/null; conntrack -C").shows(
    "1\n",
  );
  a.types("ip link set v down; conntrack -C").shows("0\n");
});

test("a shifted range of ports keeps the distance", () => {
  const { a } = lab("a");
  a.types(
    "iptables -t nat -A OUTPUT -p udp --dport 80:90 -j DNAT --to 127.0.0.1:8080-8090/80",
  ).exits(0);
  a.types("iptables -t nat -A OUTPUT -p udp --dport 99 -j DNAT --to 127.0.0.1:9000-9001").exits(0);
  a.types("iptables -t nat -S OUTPUT").prints("--to-destination 127.0.0.1:8080-8090/80\n");
  a.types("echo x | nc -u -w 1 127.0.0.1 85; conntrack -L 2>/dev/null").shows("sport=8085 ");
  a.types("echo x | nc -u -w 1 127.0.0.1 99; conntrack -L 2>/dev/null").shows("sport=9000 ");
});

test("NETMAP takes a mask in either spelling; one with holes maps to the address itself", () => {
  const { a } = lab("a");
  a.types("iptables -t nat -A OUTPUT -j NETMAP --to 10.1.2.3/255.255.255.0").exits(0);
  a.types("iptables -t nat -A OUTPUT -j NETMAP --to 10.1.2.3/255.0.255.0").exits(0);
  a.types("iptables -t nat -S OUTPUT").prints("--to 10.1.2.0/24\n", "--to 10.1.2.3/32\n");
  a.types("iptables -t nat -A OUTPUT -j NETMAP --to 10.1.2.3/").exits(2);
});

test("a client's port becomes the same one towards another server", () => {
  const { a } = lab("a");
  a.types("iptables -t nat -A POSTROUTING -p udp -j MASQUERADE --to-ports 700-799").exits(0);
  a.types("for port in 1 2 3; do echo x | nc -u -w 1 -p 40000 127.0.0.1 $port; done");
  a.types("conntrack -L 2>/dev/null | grep -o 'dport=7.. mark' | sort | uniq -c").shows(
    "3 dport=7",
  );
});
