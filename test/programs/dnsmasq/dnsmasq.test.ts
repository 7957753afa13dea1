import { test } from "vitest";
import { lab } from "../../support/lab.ts";

test("names of its hosts file and of its configuration are answered", () => {
  const { client, server } = lab("client -- server");
  server.types("echo '10.0.0.7 seven.lab seven' >> /etc/hosts").exits(0);
  server
    .types(
      "dnsmasq -R --address=/any.lab/10.9.9.9 --host-record=www.lab,10.0.0.5 --cname=web.lab,www.lab --txt-record=www.lab,hello",
    )
    .exits(0);
  client.types("echo nameserver 10.0.0.2 > /etc/resolv.conf").exits(0);
  client
    .types("dig +short seven.lab x.any.lab web.lab")
    .printsExactly("10.0.0.7\n10.9.9.9\nwww.lab.\n10.0.0.5\n");
  client.types("dig +short -x 10.0.0.7").printsExactly("seven.lab.\n");
  client.types("dig +short www.lab TXT").printsExactly('"hello"\n');
  client
    .types("host web.lab")
    .printsExactly("web.lab is an alias for www.lab.\nwww.lab has address 10.0.0.5\n");
  client
    .types("nslookup seven.lab")
    .prints(
      "Server:\t\t10.0.0.2\nAddress:\t10.0.0.2#53\n\nName:\tseven.lab\nAddress: 10.0.0.7\n\n",
    );
  client.types("host other.lab").shows("Host other.lab not found: 5(REFUSED)\n").exits(1);
  client.types("ping -c 1 www.lab").shows("PING www.lab (10.0.0.5)");
});

test("queries are forwarded to another server", () => {
  const { a, b, c } = lab("a -- sw1, b -- sw1, c -- sw1");
  c.types("dnsmasq -R --host-record=far.lab,10.7.7.7").exits(0);
  b.types("dnsmasq -R --server=/lab/10.0.0.3 --local=/none/").exits(0);
  a.types("dig +short @10.0.0.2 far.lab").printsExactly("10.7.7.7\n");
  a.types("host x.none 10.0.0.2").shows("Host x.none not found: 3(NXDOMAIN)").exits(1);
});

test("a bad configuration and a taken port are refused", () => {
  const { a } = lab("a -- b");
  a.types("echo nonsense > /tmp/c; dnsmasq -C /tmp/c").complains(
    "dnsmasq: bad option at line 1 of /tmp/c",
    1,
  );
  a.types("dnsmasq --enable-tftp").complains("Podwire does not model", 1);
  a.types("dnsmasq; dnsmasq").complains(
    "dnsmasq: failed to create listening socket for port 53: Address already in use",
    2,
  );
});
