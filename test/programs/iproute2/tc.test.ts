import { expect, test } from "vitest";
import {
  parseRate,
  parseSize,
  rateText,
  sizeText,
  timeText,
} from "../../../engine/programs/iproute2/tc/units.ts";
import { lab } from "../../support/lab.ts";

test("disciplines are added, shown, replaced and deleted", () => {
  const { a } = lab("a -- b");
  a.types("tc qdisc show dev eth0").printsExactly("qdisc noqueue 0: root refcnt 2 \n");
  a.types(
    "tc qdisc add dev eth0 root handle 1: netem delay 20ms 5ms 25% loss 0.5%; tc qdisc show dev eth0",
  ).prints("qdisc netem 1: root refcnt 3 limit 1000 delay 20ms  5ms 25% loss 0.5%\n");
  a.types("ip link show eth0").prints("qdisc netem");
  a.types("tc qdisc add dev eth0 root netem delay 1ms").complains(
    "Error: Exclusivity flag on, cannot modify.",
    2,
  );
  a.types("tc qdisc replace dev eth0 root pfifo limit 10; tc qdisc show dev eth0").prints(
    "qdisc pfifo 8001: root refcnt 3 limit 10p\n",
  );
  a.types("tc qdisc del dev eth0 root").exits(0);
  a.types("tc qdisc del dev eth0 root").complains(
    "Error: Cannot delete qdisc with handle of zero.",
    2,
  );
});

test("wrong words are refused as tc refuses them", () => {
  const { a } = lab("a -- b");
  a.types("tc qdisc add dev eth9 root netem").complains('Cannot find device "eth9"', 1);
  a.types("tc qdisc add dev eth0 root nosuch").complains(
    "Error: Specified qdisc kind is unknown.",
    2,
  );
  a.types("tc qdisc add dev eth0 root netem loss 200%").complains('Illegal "loss percent"', 1);
  a.types("tc qdisc add dev eth0 root netem delay").complains("Command line is not complete", 255);
  a.types("tc qdisc add dev eth0 root tbf rate 1mbit").complains(
    'tbf: the "burst" parameter is mandatory.',
    1,
  );
  a.types("tc qdisc change dev eth0 root netem delay 1ms").complains(
    "Error: Qdisc not found. To create specify NLM_F_CREATE flag.",
    2,
  );
  a.types("tc qdisc add dev eth0 root cake").complains("Podwire does not model", 1);
});

test("htb divides a line among classes, which filters choose", () => {
  const { a } = lab("a -- b");
  a.types("tc qdisc add dev eth0 root handle 1: htb default 20");
  a.types("tc class add dev eth0 parent 1: classid 1:1 htb rate 10mbit");
  a.types("tc class add dev eth0 parent 1:1 classid 1:10 htb rate 4mbit ceil 10mbit prio 1");
  a.types("tc class add dev eth0 parent 1:1 classid 1:20 htb rate 1mbit burst 15k");
  a.types("tc class show dev eth0").prints(
    "class htb 1:10 parent 1:1 prio 1 rate 4Mbit ceil 10Mbit burst 1600b cburst 1600b \n",
    "class htb 1:1 root rate 10Mbit ceil 10Mbit burst 1600b cburst 1600b \n",
    "class htb 1:20 parent 1:1 prio 0 rate 1Mbit ceil 1Mbit burst 15Kb cburst 1600b \n",
  );
  a.types("tc filter add dev eth0 parent 1: protocol ip u32 match ip dst 10.0.0.2/32 flowid 1:10");
  a.types("tc filter show dev eth0").prints("  match 0a000002/ffffffff at 16\n");
  a.types("ping -c 2 -i 0.2 10.0.0.2");
  a.types("tc -s class show dev eth0").prints("lended: 2 borrowed: 0");
  a.types("tc class del dev eth0 classid 1:10").complains("Device or resource busy", 2);
  a.types("tc class add dev eth0 parent 7: classid 7:1 htb rate 1mbit").complains(
    "No such file or directory",
    2,
  );
});

test("a class sends no faster than its ceiling", () => {
  const { a } = lab("a -- b");
  a.types("tc qdisc add dev eth0 root handle 1: htb default 1");
  a.types("tc class add dev eth0 parent 1: classid 1:1 htb rate 80kbit burst 2000 cburst 2000");
  // 1014 bytes each 50 ms are twice what 10,000 bytes a second can carry.
  a.types("ping -c 8 -i 0.05 -s 972 10.0.0.2").prints("icmp_seq=7 ttl=64 time=1");
});

test("units are read and printed as tc does", () => {
  expect([parseRate("1mbit"), parseRate("10kbps"), parseRate("8")]).toEqual([125000, 10000, 1]);
  expect([parseSize("32kbit"), parseSize("10k"), parseSize("x")]).toEqual([4096, 10240, undefined]);
  expect([rateText(125000), rateText(187500)]).toEqual(["1Mbit", "1500Kbit"]);
  expect([sizeText(4096), sizeText(1600)]).toEqual(["4Kb", "1600b"]);
  expect([timeText(1.5e6), timeText(1e9), timeText(999)]).toEqual(["1.5ms", "1s", "999ns"]);
});

test("fq_codel shows its parameters as the kernel rounds them", () => {
  const { a } = lab("a -- b");
  a.types("tc qdisc replace dev eth0 root fq_codel; tc qdisc show dev eth0").printsExactly(
    "qdisc fq_codel 8001: root refcnt 3 limit 10240p flows 1024 quantum 1514 target 5ms interval 100ms memory_limit 32Mb ecn drop_batch 64 \n",
  );
  a.types("tc qdisc change dev eth0 root fq_codel target 3ms noecn ce_threshold 1ms");
  a.types("tc -s qdisc show dev eth0").prints(
    "target 3ms ce_threshold 999us interval 100ms memory_limit 32Mb drop_batch 64 \n",
    "  maxpacket 0 drop_overlimit 0 new_flow_count 0 ecn_mark 0\n  new_flows_len 0 old_flows_len 0\n",
  );
  a.types("tc -j qdisc show dev eth0").prints('"target":2999,"ce_threshold":999,');
  a.types("ping -c 1 10.0.0.2").prints("1 received");
});

test("ingress and clsact stand on the way in, one of them at a time", () => {
  const { a } = lab("a -- b");
  a.types("tc qdisc add dev eth0 clsact; tc qdisc show dev eth0").prints(
    "qdisc clsact ffff: parent ffff:fff1 \n",
  );
  a.types("tc qdisc add dev eth0 ingress").complains("Exclusivity flag on, cannot modify.", 2);
  a.types("tc qdisc del dev eth0 ingress").complains("Error: Invalid qdisc name", 2);
  a.types("tc qdisc del dev eth0 clsact").exits(0);
  a.types("tc qdisc add dev eth0 root clsact").complains(
    'Error: "clsact" is a duplicate parent ID\n',
    255,
  );
  a.types("tc qdisc add dev eth0 ingress foo").complains('What is "foo"?\nUsage: ... ingress\n', 1);
});

test("one filter is deleted by its handle, and changed in where it leads", () => {
  const { a } = lab("a -- b");
  a.types("tc qdisc add dev eth0 root handle 1: prio");
  const to = "tc filter add dev eth0 parent 1: protocol ip prio 1 u32 match ip dst";
  a.types(`${to} 10.0.0.1/32 flowid 1:1; ${to} 10.0.0.2/32 flowid 1:2`);
  const one = "dev eth0 parent 1: protocol ip prio 1 handle";
  a.types(`tc filter del ${one} 800::800 u32`).exits(0);
  a.types(`tc filter replace ${one} 800::801 u32 match ip dst 10.9.9.9/32 flowid 1:3`).exits(0);
  a.types("tc filter show dev eth0").prints(
    "fh 800::801 order 2049 key ht 800 bkt 0 *flowid 1:3 not_in_hw \n  match 0a000002/ffffffff at 16\n",
  );
  a.types(`tc filter del ${one} 800::805 u32`).complains(
    "Error: Specified filter handle not found.\nWe have an error talking to the kernel\n",
    2,
  );
  a.types(`tc filter del ${one} 800::801`).complains(
    'Must specify filter type when using "handle"\n',
    255,
  );
  const all = "tc filter replace dev eth0 parent 1: protocol ip prio 2 matchall flowid 1:1";
  a.types(`${all}; ${all}`).complains(
    "RTNETLINK answers: File exists\nWe have an error talking to the kernel\n",
    2,
  );
});
