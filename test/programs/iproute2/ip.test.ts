import { expect, test } from "vitest";
import { lab } from "../../support/lab.ts";

test("changes are told by ip monitor as they happen, until Ctrl-C", () => {
  const { a, world } = lab("a -- b");
  const monitor = a.starts("ip monitor");
  a.types("ip link set eth0 mtu 1400");
  a.types("ip addr add 10.9.0.1/24 dev eth0");
  a.types("ip route add 10.8.0.0/16 via 10.0.0.2");
  a.types("ip route del 10.8.0.0/16");
  world.pass(0.1);
  monitor
    .interrupted()
    .shows(
      "mtu 1400 qdisc",
      "    inet 10.9.0.1/24 scope global eth0\n",
      "10.9.0.0/24 dev eth0 proto kernel scope link src 10.9.0.1 \n",
      "10.8.0.0/16 via 10.0.0.2 dev eth0 \n",
      "Deleted 10.8.0.0/16 via 10.0.0.2 dev eth0 \n",
    );
});

test("ip monitor all labels the objects", () => {
  const { a, world } = lab("a");
  const monitor = a.starts("ip monitor all");
  a.types("ip rule add from 10.7.0.0/16 table 7");
  world.pass(0.1);
  monitor.interrupted().shows("[RULE]32765:\tfrom 10.7.0.0/16 lookup 7\n");
});

test("a batch stops at the first failure, with -force it goes on", () => {
  const { a } = lab("a");
  a.types("printf 'link show nosuch\\nlink show lo\\n' > /tmp/batch");
  a.types("ip -batch /tmp/batch").complains(
    'Device "nosuch" does not exist.\nCommand failed /tmp/batch:1\n',
    1,
  );
  a.types("ip -force -batch /tmp/batch").shows("1: lo: <LOOPBACK").exits(1);
});

test("JSON is laid out as the real one does", () => {
  const { a } = lab("a");
  a.types("ip -j -p neigh").printsExactly("[ ]\n");
  a.types("ip -j -p -4 rule show pref 0").printsExactly(
    '[ {\n        "priority": 0,\n        "src": "all",\n        "table": "local"\n    } ]\n',
  );
  const links = JSON.parse(a.types("ip -j -s -s -d link").stdout) as { ifname: string }[];
  expect(links.map(({ ifname }) => ifname)).toContain("lo");
});

test.each([
  ["ip tunnel", "ip: Podwire does not model 'ip tunnel'\n"],
  ["ip vrf", "ip: Podwire does not model 'ip vrf'\n"],
  ["ip xfrm state", "ip: Podwire does not model 'ip xfrm'\n"],
  ["ip link add b0 type bond", "ip: Podwire does not model devices of the type 'bond'\n"],
  ["ip addr add fd00::1/64 dev lo", "ip: Podwire does not model IPv6 configuration\n"],
  [
    "ip route add 10.0.0.0/8 dev lo realms 3",
    "ip: Podwire does not model the route option 'realms'\n",
  ],
  ["bridge monitor", "bridge: Podwire does not model 'bridge monitor'\n"],
])("%s is refused by name", (commandLine, refusal) => {
  const { a } = lab("a");
  const { stdout, stderr, exit } = a.types(commandLine);
  expect({ stdout, stderr, exit }).toEqual({ stdout: "", stderr: refusal, exit: 1 });
});

test("a namespace's file seen from outside its mount is complained about, not hidden", () => {
  const { a } = lab("a");
  a.types("ip netns add x; ip netns exec x ip netns add inner").exits(0);
  const { stdout, stderr } = a.types("ip netns");
  expect(stdout).toContain("inner\n");
  expect(stderr).toContain("RTNETLINK answers: Invalid argument");
});

test("statistics columns grow with their numbers", () => {
  const { a } = lab("a");
  a.types("ping -q -c 2 127.0.0.1");
  a.types("ip -s link show lo").prints(
    "    RX:  bytes packets errors dropped  missed   mcast           \n" +
      "           336       4      0       0       0       0 \n",
  );
});

test("an entry that was never given an address has no state, and only `nud all` shows it", () => {
  const { a } = lab("a");
  a.types("ip addr add 10.9.0.1/24 dev eth0; ip link set eth0 up; ping -c1 127.0.0.5");
  a.types("ip neigh add 10.9.0.50 dev eth0 nud noarp").complains(
    "Error: No link layer address given.\n",
    2,
  );
  a.types("ip neigh get 10.9.0.50 dev eth0").printsExactly("10.9.0.50 dev eth0 \n");
  a.types("ip neigh show").printsExactly("");
  a.types("ip neigh show nud all").printsExactly(
    "0.0.0.0 dev lo lladdr 00:00:00:00:00:00 NOARP \n10.9.0.50 dev eth0 \n",
  );
});

test("ip neigh show unused leaves out what a timer holds", () => {
  const { a } = lab("a -- b");
  a.types("ip addr add 10.9.0.1/24 dev eth0");
  a.types("ip neigh add 10.9.0.51 lladdr 02:01:01:01:01:01 dev eth0 nud reachable");
  a.types("ip neigh add 10.9.0.52 lladdr 02:01:01:01:01:02 dev eth0 nud stale");
  a.types("ip neigh show unused").printsExactly(
    "10.9.0.52 dev eth0 lladdr 02:01:01:01:01:02 STALE \n",
  );
});
