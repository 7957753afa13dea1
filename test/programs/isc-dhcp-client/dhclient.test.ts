import { test } from "vitest";
import { lab } from "../../support/lab.ts";

function network() {
  const hosts = lab("server -- client", { addresses: false });
  hosts.server
    .types("ip addr add 10.0.0.1/24 dev eth0; mkdir -p /var/lib/misc /var/lib/dhcp")
    .exits(0);
  hosts.client.types("mkdir -p /var/lib/dhcp").exits(0);
  return hosts;
}

test("a client gets an address, a route and a name server", () => {
  const { client, server } = network();
  server.types("dnsmasq -R --dhcp-range=10.0.0.50,10.0.0.60,1h --domain=lab").exits(0);
  const shown = client.types("dhclient -v eth0 2>&1");
  shown.prints(
    "DHCPDISCOVER on eth0 to 255.255.255.255 port 67 interval 3 (xid=0x",
    "DHCPOFFER of 10.0.0.",
    " from 10.0.0.1\nDHCPREQUEST for 10.0.0.",
    "DHCPACK of 10.0.0.",
    "bound to 10.0.0.",
    " -- renewal in 1800 seconds.\n",
  );
  client.types("ip route").prints("default via 10.0.0.1 dev eth0");
  client
    .types("cat /etc/resolv.conf")
    .printsExactly("domain lab\nsearch lab\nnameserver 10.0.0.1\n");
  client.types("ping -c 1 10.0.0.1").exits(0);
  server.types("cat /var/lib/misc/dnsmasq.leases").prints(" client *\n");
});

test("a host that is known gets its own address, and gives it back", () => {
  const { client, server } = network();
  client.types("ip link set eth0 address 02:00:00:00:00:77").exits(0);
  server
    .types(
      "dnsmasq -R --dhcp-range=10.0.0.50,10.0.0.60 --dhcp-host=02:00:00:00:00:77,10.0.0.99 --dhcp-option=option:router",
    )
    .exits(0);
  client.types("dhclient eth0; ip -br -4 addr show eth0").prints("10.0.0.99/24");
  client
    .types("dhclient -v -r eth0 2>&1")
    .prints("Killed old client process\n", "DHCPRELEASE of 10.0.0.99 on eth0 to 10.0.0.1 port 67");
  client.types("ip -4 -o addr show eth0").printsExactly("");
});

test("a lease is renewed before it runs out", () => {
  const { client, server, world } = network();
  server.types("dnsmasq -R --dhcp-range=10.0.0.50,10.0.0.50,2m").exits(0);
  client.types("dhclient eth0").exits(0);
  world.pass(600);
  client
    .types("ip -br -4 addr show eth0; grep -c 'lease {' /var/lib/dhcp/dhclient.leases")
    .prints("10.0.0.50/24", "11\n");
});

test("without a server a first try fails", () => {
  const { client } = network();
  client.types("dhclient -1 -v eth0").complains("No DHCPOFFERS received.", 2);
  client.types("dhclient eth9").complains('Cannot find device "eth9"', 1);
});
