import { expect, test } from "vitest";
import { Wire, type Host } from "../ip/wire.ts";

function state(host: Host, name: string): string {
  const link = host.netns.rtnetlink.link(name);
  if (!link) return "gone";
  const { up, running, lowerUp } = link.flags;
  const flags = [up && "UP", running && "RUNNING", lowerUp && "LOWER_UP"].filter(Boolean);
  return `${link.operState} ${flags.join(",")} ${link.qdisc}`;
}

test("a veth pair: its ends' states in every combination of up and down", () => {
  const a = new Wire().host("a");
  a.netns.rtnetlink.newLink({ name: "v0", kind: "veth", peer: { name: "v1" } });
  expect([state(a, "v0"), state(a, "v1")]).toEqual(["DOWN  noop", "DOWN  noop"]);
  a.netns.rtnetlink.setLink("v0", { up: true });
  expect([state(a, "v0"), state(a, "v1")]).toEqual(["LOWERLAYERDOWN UP noqueue", "DOWN  noop"]);
  a.netns.rtnetlink.setLink("v1", { up: true });
  const both = "UP UP,RUNNING,LOWER_UP noqueue";
  expect([state(a, "v0"), state(a, "v1")]).toEqual([both, both]);
  a.netns.rtnetlink.setLink("v1", { up: false });
  expect([state(a, "v0"), state(a, "v1")]).toEqual(["LOWERLAYERDOWN UP noqueue", "DOWN  noqueue"]);
});

test("the peer of a veth has the lower index, and goes when the other goes", () => {
  const a = new Wire().host("a");
  a.netns.rtnetlink.newLink({ name: "v0", kind: "veth", peer: { name: "v1" } });
  expect(a.netns.rtnetlink.link("v1")?.ifindex).toBe(2);
  expect(a.netns.rtnetlink.link("v0")?.ifindex).toBe(3);
  a.netns.rtnetlink.delLink("v0");
  expect(state(a, "v1")).toBe("gone");
});

test("a card has a carrier while its cable is whole and the other end is up", () => {
  const wire = new Wire();
  const [a, b] = [wire.host("a"), wire.host("b")];
  a.card("eth0", "10.0.0.1/24");
  b.card("eth0", "10.0.0.2/24");
  expect(state(a, "eth0")).toBe("DOWN UP noqueue");
  const cable = wire.cable([a, "eth0"], [b, "eth0"]);
  expect(state(a, "eth0")).toBe("UP UP,RUNNING,LOWER_UP noqueue");
  cable.configure({ cut: true });
  expect(state(a, "eth0")).toBe("DOWN UP noqueue");
  cable.configure({ cut: false });
  b.netns.rtnetlink.setLink("eth0", { up: false });
  expect(state(a, "eth0")).toBe("DOWN UP noqueue");
  b.netns.rtnetlink.setLink("eth0", { up: true });
  expect(a.pings("10.0.0.2")).toBe(true);
  cable.unplug(1);
  expect(state(a, "eth0")).toBe("DOWN UP noqueue");
});

test("loopback and dummy report no carrier, so their state is unknown", () => {
  const a = new Wire().host("a");
  a.netns.rtnetlink.newLink({ name: "d0", kind: "dummy", up: true });
  expect(state(a, "lo")).toBe("UNKNOWN UP,RUNNING,LOWER_UP noqueue");
  expect(state(a, "d0")).toBe("UNKNOWN UP,RUNNING,LOWER_UP noqueue");
});

test("a device keeps its index when it moves, and loses its addresses", () => {
  const wire = new Wire();
  const [a, b] = [wire.host("a"), wire.host("b")];
  a.netns.rtnetlink.newLink({ name: "v0", kind: "veth", peer: { name: "v1" } });
  a.address("v0", "10.0.0.1/24");
  a.netns.rtnetlink.setLink("v0", { up: true });
  a.netns.rtnetlink.setLink("v0", { netns: "b" });
  expect(state(a, "v0")).toBe("gone");
  expect(state(b, "v0")).toBe("DOWN  noop");
  expect(b.netns.rtnetlink.link("v0")?.ifindex).toBe(3);
  expect(b.netns.rtnetlink.link("v0")?.linkNetnsId).toBe(0);
  expect(b.netns.rtnetlink.addresses().map(({ label }) => label)).toEqual(["lo"]);
  expect(a.netns.rtnetlink.routes(254)).toEqual([]);
});

test("a namespace that ends takes virtual devices with it and sends cards home", () => {
  const wire = new Wire();
  const [home, guest] = [wire.host("home"), wire.host("guest")];
  Object.assign(guest.netns.host, { initialNetns: () => home.netns });
  home.card("eth0", "10.0.0.1/24");
  home.netns.rtnetlink.newLink({ name: "v0", kind: "veth", peer: { name: "v1" } });
  home.netns.rtnetlink.setLink("v1", { netns: "guest" });
  home.netns.rtnetlink.setLink("eth0", { netns: "guest" });
  guest.netns.destroy();
  expect(home.netns.rtnetlink.links().map(({ name }) => name)).toEqual(["lo", "eth0"]);
});

test("the loopback counts what it carries", () => {
  const a = new Wire().host("a");
  expect(a.pings("127.0.0.1")).toBe(true);
  const statistics = a.netns.rtnetlink.link("lo")?.statistics;
  expect(statistics).toMatchObject({ rxPackets: 2, txPackets: 2, rxBytes: 168, txBytes: 168 });
});
