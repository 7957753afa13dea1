import { expect, test } from "vitest";
import { formatIpv4 } from "../../../engine/net/address.ts";
import { TABLE_MAIN } from "../../../engine/kernel/rtnetlink/messages.ts";
import { ip, twoNetworks, Wire, type Host } from "./wire.ts";

/** As in `ip route`, shortened. */
function routes(host: Host, table = TABLE_MAIN): string[] {
  return host.netns.rtnetlink.routes(table).map((route) => {
    const hops = route.nextHops.map((hop) => {
      const name = host.netns.deviceByIndex(hop.ifindex)?.name;
      const via = hop.gateway === undefined ? "" : ` via ${formatIpv4(hop.gateway)}`;
      return `${via} dev ${name}${hop.dead ? " dead" : ""}${hop.linkDown ? " linkdown" : ""}`;
    });
    const type = route.type === "unicast" ? "" : `${route.type} `;
    const metric = route.metric ? ` metric ${route.metric}` : "";
    return `${type}${formatIpv4(route.destination)}/${route.prefixLength}${hops.join("")}${metric}`;
  });
}

function oneHost(): { wire: Wire; a: Host } {
  const wire = new Wire();
  const a = wire.host("a");
  const far = wire.host("far");
  a.card("eth0", "10.0.0.1/24");
  far.card("eth0", "10.0.0.2/24");
  wire.cable([a, "eth0"], [far, "eth0"]);
  return { wire, a };
}

test("an address brings a connected route, a local one and two broadcast ones", () => {
  const { a } = oneHost();
  expect(routes(a)).toEqual(["10.0.0.0/24 dev eth0"]);
  expect(routes(a, 255).slice(0, 2)).toEqual([
    "local 10.0.0.1/32 dev eth0",
    "broadcast 10.0.0.255/32 dev eth0",
  ]);
});

test("the primary address takes its secondary ones with it", () => {
  const { a } = oneHost();
  a.address("eth0", "10.0.0.5/24");
  a.netns.rtnetlink.delAddress({ device: "eth0", address: ip("10.0.0.1"), prefixLength: 24 });
  expect(a.netns.rtnetlink.addresses().map(({ address }) => formatIpv4(address))).toEqual([
    "127.0.0.1",
  ]);
  expect(routes(a)).toEqual([]);
});

test("with promote_secondaries the next one becomes primary and its routes follow", () => {
  const { a } = oneHost();
  a.netns.sysctl.write("ipv4/conf/all/promote_secondaries", "1");
  a.address("eth0", "10.0.0.5/24");
  a.address("eth0", "10.0.0.6/24");
  a.netns.rtnetlink.delAddress({ device: "eth0", address: ip("10.0.0.1"), prefixLength: 24 });
  const [, five, six] = a.netns.rtnetlink.addresses();
  expect(five?.secondary).toBe(false);
  expect(six?.secondary).toBe(true);
  const [connected] = a.netns.rtnetlink.routes(TABLE_MAIN);
  expect(connected?.preferredSource).toBe(ip("10.0.0.5"));
  expect(routes(a, 255)).toContain("local 10.0.0.6/32 dev eth0");
  expect(routes(a, 255)).not.toContain("local 10.0.0.1/32 dev eth0");
});

test("a device that goes down loses its routes but is still the host's own address", () => {
  const { a } = oneHost();
  a.route("default", "10.0.0.2");
  a.netns.rtnetlink.setLink("eth0", { up: false });
  expect(routes(a)).toEqual([]);
  expect(a.pings("10.0.0.1")).toBe(true);
  a.netns.rtnetlink.setLink("eth0", { up: true });
  expect(routes(a)).toEqual(["10.0.0.0/24 dev eth0"]);
});

test("a lost carrier marks routes, and loopback addresses stay reachable", () => {
  const { wire, a } = oneHost();
  wire.host("far").netns.rtnetlink.setLink("eth0", { up: false });
  expect(routes(a)).toEqual(["10.0.0.0/24 dev eth0 linkdown"]);
  expect(a.pings("127.0.0.5")).toBe(true);
});

test("the lower metric wins, and the longer prefix over any metric", () => {
  const { a } = oneHost();
  const to = (prefixLength: number, gateway: string, metric: number): void =>
    a.netns.rtnetlink.newRoute(
      { destination: ip("10.8.0.0"), prefixLength, metric, nextHops: [{ gateway: ip(gateway) }] },
      "add",
    );
  to(16, "10.0.0.2", 100);
  to(16, "10.0.0.3", 50);
  to(24, "10.0.0.4", 900);
  const via = (destination: string): string =>
    formatIpv4(
      a.netns.rtnetlink.getRoute({ destination: ip(destination) }).gateway ?? ip("0.0.0.0"),
    );
  expect(via("10.8.1.1")).toBe("10.0.0.3");
  expect(via("10.8.0.1")).toBe("10.0.0.4");
});

test("flows are spread over next hops by their weights, each flow always the same way", () => {
  const { a } = oneHost();
  a.netns.rtnetlink.newRoute(
    {
      destination: ip("10.8.0.0"),
      prefixLength: 16,
      nextHops: [
        { gateway: ip("10.0.0.2"), weight: 9 },
        { gateway: ip("10.0.0.3"), weight: 1 },
      ],
    },
    "add",
  );
  let second = 0;
  for (let i = 0; i < 1000; i++) {
    const destination = (ip("10.8.0.0") + i) as ReturnType<typeof ip>;
    const one = a.netns.rtnetlink.getRoute({ destination });
    expect(a.netns.rtnetlink.getRoute({ destination }).gateway).toBe(one.gateway);
    if (one.gateway === ip("10.0.0.3")) second += 1;
  }
  expect(second).toBeGreaterThan(50);
  expect(second).toBeLessThan(150);
});

test("a rule by source address sends through another table", () => {
  const { a } = oneHost();
  a.address("eth0", "10.0.0.7/24");
  a.netns.rtnetlink.newRoute(
    {
      destination: ip("0.0.0.0"),
      prefixLength: 0,
      table: 100,
      nextHops: [{ gateway: ip("10.0.0.3") }],
    },
    "add",
  );
  a.netns.rtnetlink.newRule({
    priority: -1,
    not: false,
    source: { address: ip("10.0.0.7"), length: 32 },
    action: { kind: "lookup", table: 100 },
  });
  expect(a.netns.rtnetlink.rules()[1]?.priority).toBe(32765);
  const from = a.netns.rtnetlink.getRoute({ destination: ip("8.8.8.8"), source: ip("10.0.0.7") });
  expect(from.table).toBe(100);
  expect(() => a.netns.rtnetlink.getRoute({ destination: ip("8.8.8.8") })).toThrow("ENETUNREACH");
});

test.each([
  [0, true],
  [1, false],
  [2, true],
])("with rp_filter %i an asymmetric source is accepted: %s", (mode, accepted) => {
  const { wire, a, r } = twoNetworks();
  a.card("eth1", "10.0.3.10/24");
  r.card("eth2", "10.0.3.1/24");
  wire.cable([a, "eth1"], [r, "eth2"]);
  r.netns.sysctl.write("ipv4/conf/all/rp_filter", String(mode));
  expect(a.pings("10.0.2.10", { src: "10.0.3.10" })).toBe(accepted);
});

test("our own address as a source from outside is a martian", () => {
  const { a, r } = twoNetworks();
  a.netns.rtnetlink.newLink({ name: "d0", kind: "dummy", up: true });
  a.address("d0", "10.0.2.1/32");
  expect(a.pings("10.0.2.10", { src: "10.0.2.1" })).toBe(false);
  expect(r.netns.snmp.ip.ForwDatagrams).toBe(0);
});

test("routes that say the same share their information until the device's state differs", () => {
  const { a } = oneHost();
  const add = (prefix: string): void =>
    a.netns.rtnetlink.newRoute(
      {
        destination: ip(prefix),
        prefixLength: 24,
        nextHops: [{ gateway: ip("10.0.0.2"), device: "eth0" }],
      },
      "add",
    );
  const infoOf = (prefix: string): unknown =>
    a.netns.fib.table(TABLE_MAIN).aliasesOf(ip(prefix), 24)?.[0]?.info;
  add("10.1.0.0");
  add("10.2.0.0");
  expect(infoOf("10.2.0.0")).toBe(infoOf("10.1.0.0"));
  const before = infoOf("10.1.0.0");
  a.netns.rtnetlink.setLink("eth0", { up: false });
  a.netns.rtnetlink.setLink("eth0", { up: true });
  add("10.3.0.0");
  expect(infoOf("10.3.0.0")).not.toBe(before);
  const found = a.netns.fib.lookupAside((flow) => {
    flow.dst = ip("10.3.0.9");
  });
  expect(found).toMatchObject({ prefixLength: 24, info: { dead: false } });
});
