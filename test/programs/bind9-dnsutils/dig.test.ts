import { expect, test } from "vitest";
import { questionLine, recordLine } from "../../../engine/programs/bind9-dnsutils/text.ts";
import { lab } from "../../support/lab.ts";

test("an answer has dig's layout", () => {
  const { a, b } = lab("a -- b");
  b.types("dnsmasq -R --host-record=www.lab,10.0.0.5").exits(0);
  a.types("dig @10.0.0.2 www.lab").prints(
    "\n; <<>> DiG 9.18",
    " <<>> @10.0.0.2 www.lab\n; (1 server found)\n;; global options: +cmd\n;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: ",
    ";; flags: qr aa rd ra; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1\n\n;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 1232\n;; QUESTION SECTION:\n;www.lab.\t\t\tIN\tA\n\n;; ANSWER SECTION:\nwww.lab.\t\t0\tIN\tA\t10.0.0.5\n\n;; Query time: 0 msec\n;; SERVER: 10.0.0.2#53(10.0.0.2) (UDP)\n;; WHEN: ",
    ";; MSG SIZE  rcvd: 52\n\n",
  );
});

test("without a server it says why and exits with 9", () => {
  const { a } = lab("a -- b");
  a.types("dig +tries=1 @10.0.0.2 a.b")
    .shows(
      ";; communications error to 10.0.0.2#53: connection refused\n\n; <<>> DiG",
      ";; no servers could be reached\n",
    )
    .exits(9);
  a.types("dig @1.1.1.1 +tries=1 a.b")
    .shows(
      ";; UDP setup with 1.1.1.1#53(1.1.1.1) for a.b failed: network unreachable.\n;; no servers could be reached\n",
    )
    .exits(9);
  a.types("host a.b 10.0.0.2").shows(";; no servers could be reached").exits(1);
  a.types("dig +foo a").complains("Invalid option: +foo", 1);
  a.types("dig +trace a").complains("Podwire does not model", 1);
});

test("columns are filled with tabs", () => {
  expect(questionLine("5.0.0.10.in-addr.arpa", 12)).toBe(";5.0.0.10.in-addr.arpa.\t\tIN\tPTR\n");
  const name = "a-very-long-name-of-a-host.example.la";
  const record = { name, type: 12, ttlSeconds: 5, target: "x" };
  expect(recordLine(record)).toBe(`${name}. 5\tIN\tPTR\tx.\n`);
});

test("a query carries a client's cookie, and may be cut on the way", () => {
  const { a } = lab("a -- b");
  const { stdout } = a.types(
    "timeout 2 tcpdump -nvt -i eth0 -c 1 udp and dst port 53 & sleep 1; dig +tries=1 @10.0.0.2 x.y >/dev/null; wait",
  );
  expect(stdout).toContain("flags [none], proto UDP (17), length 72)");
  expect(stdout).toContain("+ [1au] A? x.y. (44)");
});

test("host tells of its server only when that has answered", () => {
  const { a } = lab("a -- b");
  expect(a.types("host -W 1 x.y 10.0.0.2").exits(1).stdout).toBe(
    ";; communications error to 10.0.0.2#53: connection refused\n".repeat(2) +
      ";; no servers could be reached\n",
  );
});
