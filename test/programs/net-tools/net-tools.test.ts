import { expect, test } from "vitest";
import { LAYOUT_1_60 } from "../../../engine/programs/net-tools/ifconfig/layout-1.60.ts";
import type { Interface } from "../../../engine/programs/net-tools/support/interfaces.ts";
import { type Ipv4, MAC_BROADCAST, type Mac } from "../../../engine/net/address.ts";
import { lab } from "../../support/lab.ts";

test("ifconfig counts what passed", () => {
  const { a } = lab("a -- b");
  a.types("ping -q -c 1 10.0.0.2").exits(0);
  a.types("ifconfig eth0").shows("RX packets 2  bytes 140 (140.0 B)\n");
});

test("netstat shows who listens and who is connected", () => {
  const { a, b } = lab("a -- b");
  const server = b.starts("nc -l 8080");
  const client = a.starts("nc 10.0.0.2 8080");
  b.types("netstat -tn").prints(
    "Active Internet connections (w/o servers)\n" +
      "Proto Recv-Q Send-Q Local Address           Foreign Address         State      \n" +
      "tcp        0      0 10.0.0.2:8080           10.0.0.1:",
    " ESTABLISHED\n",
  );
  b.types("netstat -tnp").shows("/nc");
  client.interrupted();
  server.finishes();
});

test("netstat -s tells what the protocols counted, and hides what the real one hides", () => {
  const { a } = lab("a");
  a.types("ping -q -c 2 127.0.0.1").exits(0);
  a.types("netstat -s").prints(
    "Ip:\n    Forwarding: 2\n    4 total packets received\n    0 forwarded\n",
    "    ICMP input histogram:\n        echo requests: 2\n        echo replies: 2\n",
    "IcmpMsg:\n        InType0: 2\n        InType8: 2\n",
    "TcpExt:\n    0 packet headers predicted\n",
  );
});

test("netstat -i and ifconfig -s differ in their headings only", () => {
  const { a } = lab("a");
  const table = a.types("netstat -i").stdout.split("\n");
  const short = a.types("ifconfig -s").stdout.split("\n");
  expect(table.slice(0, 2)).toEqual([
    "Kernel Interface table",
    "Iface             MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg",
  ]);
  expect(table.slice(2)).toEqual(short.slice(1));
});

test.each([
  ["netstat -q", "netstat: invalid option -- 'q'\nusage: netstat", 3],
  ["netstat -M", "netstat: no support for `ip_masquerade' on this system.\n", 1],
  ["arp -p foo", "arp: foo: unknown address family.\n", 255],
  ["route -6 add fd00::/64 dev eth0", "route: Podwire does not model changes of IPv6 routes\n", 1],
  ["ifconfig eth0 tunnel ::1", "ifconfig: Podwire does not model 'tunnel'\n", 1],
])("%s: %s", (commandLine, text, status) => {
  lab("a").a.types(commandLine).complains(text, status);
});

test("the layout of net-tools 1.60 is that of Ubuntu 16.04", () => {
  const ethernet: Interface = {
    name: "eth0",
    link: {
      ifindex: 2,
      name: "eth0",
      type: "ether",
      flags: {
        up: true,
        broadcast: true,
        loopback: false,
        pointToPoint: false,
        running: true,
        noArp: false,
        promiscuous: false,
        allMulticast: false,
        multicast: true,
        lowerUp: true,
        dynamic: false,
      },
      mtu: 1500,
      txQueues: 1,
      rxQueues: 1,
      minMtu: 68,
      maxMtu: 65535,
      qdisc: "noqueue",
      operState: "UP",
      txQueueLength: 1000,
      address: 0x020000000001 as Mac,
      broadcast: MAC_BROADCAST,
      promiscuity: 0,
      data: { kind: "nic" },
      statistics: {
        rxPackets: 3,
        txPackets: 3,
        rxBytes: 238,
        txBytes: 2380,
        rxErrors: 0,
        txErrors: 0,
        rxDropped: 0,
        txDropped: 0,
        multicast: 0,
        collisions: 0,
        txCarrierErrors: 0,
      },
    },
    address: {
      ifindex: 2,
      address: 0x0a000001 as Ipv4,
      prefixLength: 24,
      broadcast: 0x0a0000ff as Ipv4,
      scope: "global",
      label: "eth0",
      secondary: false,
      noPrefixRoute: false,
    },
    addresses6: [],
    isAlias: false,
  };
  expect(LAYOUT_1_60.describe(ethernet)).toBe(
    "eth0      Link encap:Ethernet  HWaddr 02:00:00:00:00:01  \n" +
      "          inet addr:10.0.0.1  Bcast:10.0.0.255  Mask:255.255.255.0\n" +
      "          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1\n" +
      "          RX packets:3 errors:0 dropped:0 overruns:0 frame:0\n" +
      "          TX packets:3 errors:0 dropped:0 overruns:0 carrier:0\n" +
      "          collisions:0 txqueuelen:1000 \n" +
      "          RX bytes:238 (238.0 B)  TX bytes:2380 (2.3 KiB)\n\n",
  );
});

test("IPv6 routes are those that the devices' own addresses bring", () => {
  const { a, world } = lab("a -- b");
  world.pass(2);
  const [address] = /fe80::\S+(?=\/64)/.exec(a.types("ip -6 -br addr show eth0").stdout) ?? [""];
  const title =
    "Kernel IPv6 routing table\n" +
    "Destination                    Next Hop                   Flag Met Ref  Use If\n";
  const none = "::/0                           ::                         !n   -1  1      0 lo\n";
  const local = `${`${address}/128`.padEnd(30)} ::                         Un   0   2      0 eth0\n`;
  a.types("route -n -6").printsExactly(
    title +
      "fe80::/64                      ::                         U    256 2      0 eth0\n" +
      none +
      "::1/128                        ::                         Un   0   2      0 lo\n" +
      local +
      "ff00::/8                       ::                         U    256 3      0 eth0\n" +
      none,
  );
  expect(a.types("netstat -rn6").stdout).toBe(a.types("route -n -A inet6").stdout);
  a.types("ip -6 route show table local").printsExactly(
    "local ::1 dev lo proto kernel metric 0 pref medium\n" +
      `local ${address} dev eth0 proto kernel metric 0 pref medium\n` +
      "multicast ff00::/8 dev eth0 proto kernel metric 256 pref medium\n",
  );
  a.types("ip -6 route show table all").prints(
    "fe80::/64 dev eth0 proto kernel metric 256 pref medium\n",
    "local ::1 dev lo table local proto kernel metric 0 pref medium\n",
  );
});
