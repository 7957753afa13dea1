import { test } from "vitest";
import { lab } from "../../support/lab.ts";

test("replies are counted, and follow-up probes are unicast", () => {
  const { a } = lab("a -- b");
  a.types("arping -c 2 10.0.0.2").prints(
    "ARPING 10.0.0.2 from 10.0.0.1 eth0\nUnicast reply from 10.0.0.2 [",
    "Sent 2 probes (1 broadcast(s))\nReceived 2 response(s)\n",
  );
});

test("-w ends after the probe of its last second", () => {
  const { a } = lab("a -- b");
  a.types("arping -w 2 -I eth0 10.0.0.9")
    .shows("Sent 3 probes (3 broadcast(s))\nReceived 0 response(s)\n")
    .exits(1);
});

test("an address in use fails duplicate address detection", () => {
  const { a } = lab("a -- b");
  a.types("arping -q -D -c 2 -I eth0 10.0.0.2").exits(1);
  a.types("arping -D -c 1 -I eth0 10.0.0.9").prints("from 0.0.0.0 eth0");
});

test("an announcement changes the neighbours' tables", () => {
  const { a, b } = lab("a -- b");
  b.types("ping -c 1 10.0.0.1").exits(0);
  a.types("ip link set eth0 address 02:00:00:00:0a:0a; arping -U -c 1 -I eth0 10.0.0.1").exits(0);
  b.types("ip neigh show 10.0.0.1").prints("02:00:00:00:0a:0a");
});

test("devices that cannot do it are refused", () => {
  const { a } = lab("a -- b");
  a.types("arping -c 1 -I eth7 10.0.0.2").complains("arping: Device eth7 not available.", 2);
  a.types("arping -c 1 -I lo 127.0.0.1").shows('Interface "lo" is not ARPable\n').exits(2);
  a.types("arping -c 1 -s 10.0.0.9 10.0.0.2").complains(
    "arping: bind: Cannot assign requested address",
    2,
  );
});
