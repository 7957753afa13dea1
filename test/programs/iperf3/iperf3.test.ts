import { expect, test } from "vitest";
import { unit } from "../../../engine/programs/iperf3/report.ts";
import { lab } from "../../support/lab.ts";

test("the rate is bound by the cable", () => {
  const { a, b, world } = lab("a -- b");
  world.configure(a, b, { bandwidthMbit: 10 });
  const server = b.starts("iperf3 -s -1");
  const { stdout } = a
    .types("iperf3 -c 10.0.0.2 -t 3")
    .prints(
      "Connecting to host 10.0.0.2, port 5201\n",
      "local 10.0.0.1 port ",
      "[ ID] Interval           Transfer     Bitrate         Retr  Cwnd\n",
      "   0.00-1.00   sec  1.",
      "- - - - - - - - - - - - - - - - - - - - - - - - -\n",
      "sender\n",
      "receiver\n\niperf Done.\n",
    );
  const rates = [...stdout.matchAll(/([\d.]+) Mbits\/sec.*receiver/g)].map(([, rate]) =>
    Number(rate),
  );
  expect(rates[0]).toBeGreaterThan(8.5);
  expect(rates[0]).toBeLessThan(10);
  server
    .finishes()
    .prints("Server listening on 5201 (test #1)\n", "Accepted connection from 10.0.0.1");
});

test("the server sends with -R", () => {
  const { a, b, world } = lab("a -- b");
  world.configure(a, b, { bandwidthMbit: 10 });
  b.starts("iperf3 -s");
  a.types("iperf3 -c 10.0.0.2 -R -t 1").prints("Reverse mode, remote host 10.0.0.2 is sending\n");
  a.types("iperf3 -c 10.0.0.2 -n 100K").prints(" 100 KBytes");
});

test("failures have iperf3's words", () => {
  const { a } = lab("a -- b");
  a.types("iperf3 -c 10.0.0.2").complains("Connection refused", 1);
  a.types("iperf3").complains("must either be a client (-c) or server (-s)", 1);
  a.types("iperf3 -c 10.0.0.2 -u").complains("Podwire does not model the option '-u'", 1);
});

test("amounts have three digits", () => {
  expect(unit(1.1 * 1024 ** 3, 1024, "Bytes")).toBe("1.10 GBytes");
  expect(unit(112 * 1024 ** 2, 1024, "Bytes")).toBe(" 112 MBytes");
  expect(unit(94.1e6, 1000, "bits/sec")).toBe("94.1 Mbits/sec");
});
