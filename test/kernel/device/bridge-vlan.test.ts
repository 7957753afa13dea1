import { expect, test } from "vitest";
import { Wire, type Host } from "../ip/wire.ts";

/** Hosts a, b and c at the ports p1, p2 and p3 of a switch that filters VLANs. */
function filtering(): { sw: Host; a: Host; b: Host; c: Host } {
  const wire = new Wire();
  const sw = wire.switch("sw", 3);
  sw.netns.rtnetlink.setLink("br0", { bridge: { vlanFiltering: true } });
  const [a, b, c] = ["a", "b", "c"].map((name, index) => {
    const host = wire.host(name);
    host.card("eth0", `10.0.0.${index + 1}/24`);
    wire.cable([host, "eth0"], [sw, `p${index + 1}`]);
    return host;
  }) as [Host, Host, Host];
  return { sw, a, b, c };
}

/** The port's untagged VLAN, and no other. */
function access(sw: Host, device: string, vlan: number): void {
  const { rtnetlink } = sw.netns;
  rtnetlink.delVlan({ device, target: "master", first: 1, last: 4094 });
  const range = { first: vlan, last: vlan };
  rtnetlink.newVlan({ device, target: "master", ...range, pvid: true, untagged: true });
}

test("ports of one VLAN reach each other and no others", () => {
  const { sw, a } = filtering();
  access(sw, "p1", 10);
  access(sw, "p2", 10);
  expect(a.pings("10.0.0.2")).toBe(true);
  expect(a.pings("10.0.0.3")).toBe(false);
});

test("a port without a VLAN for untagged frames takes none", () => {
  const { sw, a, b } = filtering();
  sw.netns.rtnetlink.newVlan({ device: "p1", target: "master", first: 1, last: 1 });
  expect(a.pings("10.0.0.2")).toBe(false);
  expect(b.pings("10.0.0.3")).toBe(true);
});

test("a tagged port leads to a VLAN device", () => {
  const { sw, a, c } = filtering();
  access(sw, "p1", 10);
  sw.netns.rtnetlink.newVlan({ device: "p3", target: "master", first: 10, last: 10 });
  c.netns.rtnetlink.newLink({ name: "v10", kind: "vlan", link: "eth0", vlanId: 10, up: true });
  a.address("eth0", "10.9.0.1/24");
  c.address("v10", "10.9.0.9/24");
  expect(a.pings("10.9.0.9")).toBe(true);
});

test("an address is learned in the VLAN of its frame", () => {
  const { sw, a } = filtering();
  access(sw, "p1", 10);
  access(sw, "p2", 10);
  a.pings("10.0.0.2");
  const learned = sw.netns.rtnetlink.fdb().filter((entry) => entry.state === "learned");
  expect(learned.map((entry) => entry.vlan)).toEqual([10, 10]);
});
