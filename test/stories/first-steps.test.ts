/** What a learner does in the first hour, as on a real machine. */
import { expect, test } from "vitest";
import { lab } from "../support/lab.ts";

test("two hosts on a cable see each other, and learn each other's hardware address", () => {
  const { h1, h2 } = lab("h1 -- h2", { addresses: false });
  h1.types("ping -c 1 10.0.0.2").complains("Network is unreachable", 2);
  h1.types("ip addr add 10.0.0.1/24 dev eth0").printsExactly("");
  h2.types("ip addr add 10.0.0.2/24 dev eth0").printsExactly("");
  h1.types("ping -c 1 10.0.0.2").prints("64 bytes from 10.0.0.2: icmp_seq=1 ttl=64", "1 received");
  h1.types("ip neigh").prints("10.0.0.2 dev eth0 lladdr 02:00:3b:33:ff:00");
});

test("a cut cable takes the carrier, a restored one gives it back", () => {
  const { h1, h2, world } = lab("h1 -- h2");
  world.cut(h1, h2);
  h1.types("ip link show eth0").prints("<NO-CARRIER,BROADCAST,MULTICAST,UP>", "state DOWN");
  h1.types("ping -c 1 -W 1 10.0.0.2").shows("0 received").exits(1);
  world.restore(h1, h2);
  h1.types("ip link show eth0").prints("<BROADCAST,MULTICAST,UP,LOWER_UP>", "state UP");
  h1.types("ping -c 1 10.0.0.2").prints("1 received");
});

test("a slow cable is as slow as it says", () => {
  const { h1, h2, world } = lab("h1 -- h2");
  world.configure(h1, h2, { latencyMs: 25 });
  h1.types("ping -c 1 10.0.0.2");
  h1.types("ping -c 1 10.0.0.2").prints("time=50.0 ms");
});

test("a cable that loses everything lets nothing pass", () => {
  const { h1, h2, world } = lab("h1 -- h2");
  world.configure(h1, h2, { lossPercent: 100 });
  h1.types("ping -c 3 -i 0.2 -W 1 10.0.0.2").shows("3 packets transmitted, 0 received").exits(1);
  expect(world.cable(h1, h2).wire.statistics(0).lost).toBeGreaterThan(0);
});

test("a switch floods at first, then knows who is where", () => {
  const { h1, h2, h3, sw } = lab("h1 -- sw -- h2, h3 -- sw");
  const overheard = h3.starts("tcpdump -n -i eth0 icmp or arp");
  h1.types("ping -c 2 10.0.0.2").prints("2 received");
  const seen = overheard.interrupted();
  seen.prints("ARP, Request who-has 10.0.0.2 tell 10.0.0.1");
  expect(seen.stdout).not.toContain("ICMP");
  sw.types("bridge fdb show br br0").prints("02:00:3b:35:92:00 dev p1");
  h2.types("ip neigh").prints("10.0.0.1 dev eth0 lladdr 02:00:3b:35:92:00");
});

test("a router joins two networks when both sides know the way", () => {
  const { h1, h2, r1 } = lab("h1 -- r1 -- h2");
  h1.types("ip addr add 10.1.0.2/24 dev eth0 && ip route add default via 10.1.0.1").exits(0);
  h2.types("ip addr add 10.2.0.2/24 dev eth0").exits(0);
  r1.types("ip addr add 10.1.0.1/24 dev eth0 && ip addr add 10.2.0.1/24 dev eth1").exits(0);
  h1.types("ping -c 1 -W 1 10.2.0.2").shows("0 received").exits(1);
  h2.types("ip route add 10.1.0.0/24 via 10.2.0.1").exits(0);
  h1.types("ping -c 1 10.2.0.2").prints("ttl=63", "1 received");
  h1.types("traceroute -n -q 1 10.2.0.2").prints(" 1  10.1.0.1", " 2  10.2.0.2");
  r1.types("sysctl -w net.ipv4.ip_forward=0").prints("net.ipv4.ip_forward = 0");
  h1.types("ping -c 1 -W 1 10.2.0.2").shows("0 received").exits(1);
});

test("what one host serves, another can fetch", () => {
  const { client, server } = lab("client -- server");
  server.starts("while true; do echo 'hello from '$HOSTNAME | nc -l -N -p 8080; done");
  client.types("nc -N -w 2 10.0.0.2 8080 < /dev/null").prints("hello from server");
});
