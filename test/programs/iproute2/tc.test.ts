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
  a.types("tc qdisc add dev eth0 root htb").complains("Podwire does not model", 1);
});

test("units are read and printed as tc does", () => {
  expect([parseRate("1mbit"), parseRate("10kbps"), parseRate("8")]).toEqual([125000, 10000, 1]);
  expect([parseSize("32kbit"), parseSize("10k"), parseSize("x")]).toEqual([4096, 10240, undefined]);
  expect([rateText(125000), rateText(187500)]).toEqual(["1Mbit", "1500Kbit"]);
  expect([sizeText(4096), sizeText(1600)]).toEqual(["4Kb", "1600b"]);
  expect([timeText(1.5e6), timeText(1e9), timeText(999)]).toEqual(["1.5ms", "1s", "999ns"]);
});
