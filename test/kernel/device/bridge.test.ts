import { expect, test } from "vitest";
import { formatMac, type Mac } from "../../../engine/net/address.ts";
import { Wire, type Host } from "../ip/wire.ts";

/** Hosts a, b, c … on the ports p1, p2, p3 … of one switch. */
function segment(names: readonly string[]): { wire: Wire; sw: Host; hosts: Host[] } {
  const wire = new Wire();
  const sw = wire.switch("sw", names.length);
  const hosts = names.map((name, i) => {
    const host = wire.host(name);
    host.card("eth0", `10.0.0.${i + 1}/24`);
    wire.cable([host, "eth0"], [sw, `p${i + 1}`]);
    return host;
  });
  return { wire, sw, hosts };
}

/** Learned entries, as `port: mac`. */
function learned(sw: Host): string[] {
  return sw.netns.rtnetlink
    .fdb()
    .filter(({ state, self }) => state === "learned" && !self)
    .map(({ mac, ifindex }) => `${sw.netns.deviceByIndex(ifindex)?.name}: ${formatMac(mac)}`);
}

function overheard(host: Host): { count: number } {
  const seen = { count: 0 };
  host.netns.addTap(({ direction }) => {
    if (direction === "otherhost") seen.count += 1;
  });
  return seen;
}

function macOf(host: Host): Mac {
  return host.netns.deviceByName("eth0")?.address as Mac;
}

test("frames go only where their destination was learned", () => {
  const { sw, hosts } = segment(["a", "b", "c"]);
  const [a, b, c] = hosts as [Host, Host, Host];
  const seen = overheard(c);
  expect(a.pings("10.0.0.2")).toBe(true);
  expect(learned(sw)).toEqual([`p1: ${formatMac(macOf(a))}`, `p2: ${formatMac(macOf(b))}`]);
  expect(seen.count).toBe(0);
});

test("an entry that was forgotten makes the bridge flood once", () => {
  const { sw, hosts } = segment(["a", "b", "c"]);
  const [a, b, c] = hosts as [Host, Host, Host];
  expect(a.pings("10.0.0.2")).toBe(true);
  sw.netns.rtnetlink.delFdb({ mac: macOf(b), device: "p2", target: "master", state: "dynamic" });
  const seen = overheard(c);
  expect(a.pings("10.0.0.2")).toBe(true);
  expect(a.pings("10.0.0.2")).toBe(true);
  expect(seen.count).toBe(1);
});

test("entries age, and no timer runs meanwhile", () => {
  const { wire, sw, hosts } = segment(["a", "b"]);
  const [a] = hosts as [Host, Host];
  a.pings("10.0.0.2");
  wire.run(298_000);
  expect(learned(sw)).toHaveLength(2);
  expect(wire.sim.nextEventNs()).toBeUndefined();
  // The hosts' own reachability probes, some seconds later, were the last frames.
  wire.run(15_000);
  expect(learned(sw)).toEqual([]);
});

test("a host that moves to another port is found there", () => {
  const { wire, sw, hosts } = segment(["a", "b", "c"]);
  const [a, b, c] = hosts as [Host, Host, Host];
  a.pings("10.0.0.2");
  b.netns.rtnetlink.setLink("eth0", { up: false });
  c.netns.rtnetlink.setLink("eth0", { address: macOf(b) });
  c.address("eth0", "10.0.0.2/24");
  expect(a.pings("10.0.0.2")).toBe(true);
  expect(learned(sw)).toContain(`p3: ${formatMac(macOf(b))}`);
  wire.run(1);
});

test("isolated ports do not hear each other", () => {
  const { sw, hosts } = segment(["a", "b", "c"]);
  const [a] = hosts as [Host];
  for (const port of ["p1", "p2"]) sw.netns.rtnetlink.setLink(port, { port: { isolated: true } });
  expect(a.pings("10.0.0.2")).toBe(false);
  expect(a.pings("10.0.0.3")).toBe(true);
});

test("a frame leaves by the port it came from only in hairpin mode", () => {
  const { sw, hosts, wire } = segment(["a", "b"]);
  const [a] = hosts as [Host];
  const back: number[] = [];
  a.netns.addTap(({ direction, packet }) => {
    if (direction !== "outgoing" && packet.ether?.src === macOf(a)) back.push(1);
  });
  a.echo("10.0.0.9");
  wire.run(10);
  expect(back).toHaveLength(0);
  sw.netns.rtnetlink.setLink("p1", { port: { hairpin: true } });
  a.echo("10.0.0.8");
  wire.run(10);
  expect(back).toHaveLength(1);
});

test("the bridge is a host of its own, with the lowest address of its ports unless set", () => {
  const { sw, hosts } = segment(["a", "b"]);
  const [a] = hosts as [Host];
  const lowest = sw.netns.deviceByName("p1")?.address;
  expect(sw.netns.deviceByName("br0")?.address).toBe(lowest);
  sw.address("br0", "10.0.0.254/24");
  expect(a.pings("10.0.0.254")).toBe(true);
  expect(sw.pings("10.0.0.2")).toBe(true);
  sw.netns.rtnetlink.setLink("br0", { address: 0x0200000000b0 as Mac });
  sw.netns.rtnetlink.setLink("p1", { master: null });
  expect(sw.netns.deviceByName("br0")?.address).toBe(0x0200000000b0);
});

test("its MTU follows the smallest port, its carrier any port", () => {
  const { sw, hosts } = segment(["a"]);
  const [a] = hosts as [Host];
  sw.netns.rtnetlink.setLink("p1", { mtu: 1400 });
  expect(sw.netns.deviceByName("br0")?.mtu).toBe(1400);
  a.netns.rtnetlink.setLink("eth0", { up: false });
  expect(sw.netns.rtnetlink.link("br0")?.operState).toBe("DOWN");
  a.netns.rtnetlink.setLink("eth0", { up: true });
  expect(sw.netns.rtnetlink.link("br0")?.operState).toBe("UP");
});

test("a loop of switches keeps circling one broadcast, in bounded memory, until it is opened", () => {
  const wire = new Wire();
  const [one, two, three] = [wire.switch("one", 3), wire.switch("two", 2), wire.switch("three", 2)];
  const a = wire.host("a");
  a.card("eth0", "10.0.0.1/24");
  wire.cable([a, "eth0"], [one, "p3"]);
  wire.cable([one, "p1"], [two, "p1"]);
  wire.cable([two, "p2"], [three, "p1"]);
  const closing = wire.cable([three, "p2"], [one, "p2"]);
  a.echo("10.0.0.9");
  const slice = wire.sim.advanceTo(wire.sim.nowNs + 1e9, 20_000);
  expect(slice.reached).toBe(false);
  expect(wire.sim.nowNs).toBeGreaterThan(0);
  expect(wire.sim.pendingEvents).toBeLessThan(10_000);
  closing.configure({ cut: true });
  wire.run(10_000);
  expect(wire.sim.nextEventNs()).toBeUndefined();
});

test("a loop of veth pairs within one machine neither recurses nor grows", () => {
  const wire = new Wire();
  const a = wire.host("a");
  a.netns.rtnetlink.newLink({ name: "br0", kind: "bridge", up: true });
  for (const name of ["x", "y"]) {
    a.netns.rtnetlink.newLink({ name: `${name}0`, kind: "veth", peer: { name: `${name}1` } });
    for (const end of [0, 1]) {
      a.netns.rtnetlink.setLink(`${name}${end}`, { master: "br0", up: true });
    }
  }
  a.address("br0", "10.0.0.1/24");
  a.echo("10.0.0.9");
  const slice = wire.sim.advanceTo(1e9, 1000);
  expect(slice.reached).toBe(false);
  expect(wire.sim.nowNs).toBeGreaterThan(1_000_000);
  expect(wire.sim.pendingEvents).toBeLessThan(10);
  a.netns.rtnetlink.setLink("x0", { up: false });
  a.netns.rtnetlink.setLink("y0", { up: false });
  wire.run(20_000);
  expect(wire.sim.nextEventNs()).toBeUndefined();
});
