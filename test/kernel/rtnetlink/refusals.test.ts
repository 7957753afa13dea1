/** Errors and their texts; recorded on Linux 6.18 with iproute2 (shared/oracle). */
import { expect, test } from "vitest";
import type { Mac } from "../../../engine/net/address.ts";
import { KernelError } from "../../../engine/kernel/errno.ts";
import type { Rtnetlink } from "../../../engine/kernel/rtnetlink/messages.ts";
import { ip, Wire } from "../ip/wire.ts";

function host(): Rtnetlink {
  const wire = new Wire();
  const a = wire.host("a");
  const far = wire.host("far");
  a.card("eth0", "10.0.0.1/24");
  far.card("eth0");
  wire.cable([a, "eth0"], [far, "eth0"]);
  return a.netns.rtnetlink;
}

function refusal(run: (rtnetlink: Rtnetlink) => void): string {
  try {
    run(host());
  } catch (error) {
    if (error instanceof KernelError) return `${error.errno} ${error.extack ?? ""}`.trim();
    throw error;
  }
  return "accepted";
}

const TO = { destination: ip("10.9.0.0"), prefixLength: 16 };

test.each<[string, string, (rtnetlink: Rtnetlink) => void]>([
  [
    "an unreachable gateway",
    "ENETUNREACH Nexthop has invalid gateway",
    (r) => r.newRoute({ ...TO, nextHops: [{ gateway: ip("192.168.55.1") }] }, "add"),
  ],
  [
    "a prefix with host bits",
    "EINVAL Invalid prefix for given prefix length",
    (r) =>
      r.newRoute(
        { destination: ip("10.9.0.1"), prefixLength: 16, nextHops: [{ gateway: ip("10.0.0.2") }] },
        "add",
      ),
  ],
  ["a route to nowhere", "ENODEV", (r) => r.newRoute(TO, "add")],
  [
    "a source that is not ours",
    "EINVAL Invalid prefsrc address",
    (r) =>
      r.newRoute(
        { ...TO, nextHops: [{ device: "eth0" }], preferredSource: ip("10.0.1.77") },
        "add",
      ),
  ],
  [
    "a blackhole with a gateway",
    "EINVAL Gateway, device and multipath can not be specified for this route type",
    (r) => r.newRoute({ ...TO, type: "blackhole", nextHops: [{ gateway: ip("10.0.0.2") }] }, "add"),
  ],
  [
    "a change of no route",
    "ENOENT",
    (r) => r.newRoute({ ...TO, nextHops: [{ device: "eth0" }] }, "change"),
  ],
  ["a deletion of no route", "ESRCH", (r) => r.delRoute(TO)],
  [
    "the same route twice",
    "EEXIST",
    (r) => {
      for (let i = 0; i < 2; i++) r.newRoute({ ...TO, nextHops: [{ device: "eth0" }] }, "add");
    },
  ],
  ["a table that is not there", "ENOENT ipv4: FIB table does not exist", (r) => r.routes(77)],
  [
    "an address twice",
    "EEXIST ipv4: Address already assigned",
    (r) => r.newAddress({ device: "eth0", address: ip("10.0.0.1"), prefixLength: 24 }),
  ],
  [
    "the deletion of no address",
    "EADDRNOTAVAIL ipv4: Address not found",
    (r) => r.delAddress({ device: "eth0", address: ip("10.0.0.99"), prefixLength: 24 }),
  ],
  [
    "an MTU too small",
    "EINVAL mtu less than device minimum",
    (r) => r.setLink("eth0", { mtu: 60 }),
  ],
  [
    "an MTU too large",
    "EINVAL mtu greater than device maximum",
    (r) => r.setLink("eth0", { mtu: 70000 }),
  ],
  ["a name that is taken", "EEXIST", (r) => r.setLink("eth0", { name: "lo" })],
  [
    "a group's hardware address",
    "EADDRNOTAVAIL",
    (r) => r.setLink("eth0", { address: 0x01005e000001 as Mac }),
  ],
  ["the end of the loopback", "EOPNOTSUPP", (r) => r.delLink("lo")],
  [
    "an unknown kind",
    "EOPNOTSUPP Unknown device type",
    (r) => r.newLink({ name: "d", kind: "zzz" }),
  ],
  [
    "a bridge in a bridge",
    "ELOOP Can not enslave a bridge to a bridge",
    (r) => {
      r.newLink({ name: "br1", kind: "bridge" });
      r.setLink("br1", { master: "br1" });
    },
  ],
  [
    "the loopback in a bridge",
    "EINVAL",
    (r) => {
      r.newLink({ name: "br1", kind: "bridge" });
      r.setLink("lo", { master: "br1" });
    },
  ],
  [
    "a VLAN without a number",
    "EINVAL 8021q: VLAN properties not specified",
    (r) => r.newLink({ name: "x", kind: "vlan", link: "eth0" }),
  ],
  [
    "a VLAN twice",
    "EEXIST 8021q: VLAN device already exists",
    (r) => {
      r.newLink({ name: "x", kind: "vlan", link: "eth0", vlanId: 10 });
      r.newLink({ name: "y", kind: "vlan", link: "eth0", vlanId: 10 });
    },
  ],
  [
    "a VXLAN without a number",
    "EINVAL Required attributes not provided to perform the operation",
    (r) => r.newLink({ name: "x", kind: "vxlan" }),
  ],
  [
    "a change of no neighbour",
    "ENOENT",
    (r) => r.newNeighbour({ device: "eth0", address: ip("10.0.0.44"), mac: 1 as Mac }, "change"),
  ],
  ["the deletion of no rule", "ENOENT", (r) => r.delRule({ priority: 9999 })],
])("%s: %s", (_what, expected, run) => {
  expect(refusal(run)).toBe(expected);
});

test("a refused link leaves nothing behind", () => {
  const rtnetlink = host();
  expect(() => rtnetlink.newLink({ name: "v3", kind: "veth", peer: { name: "lo" } })).toThrow(
    "EEXIST",
  );
  expect(() => rtnetlink.newLink({ name: "d0", kind: "dummy", master: "nobody" })).toThrow(
    "EINVAL",
  );
  expect(rtnetlink.links().map(({ name }) => name)).toEqual(["lo", "eth0"]);
});

test("watchers hear of every change until they stop", () => {
  const rtnetlink = host();
  const kinds: string[] = [];
  const stop = rtnetlink.subscribe((event) =>
    kinds.push(`${event.deleted ? "-" : "+"}${event.kind}`),
  );
  rtnetlink.newAddress({ device: "eth0", address: ip("10.5.0.1"), prefixLength: 32 });
  rtnetlink.newRoute({ ...TO, nextHops: [{ device: "eth0" }] }, "add");
  rtnetlink.delRoute(TO);
  expect(kinds).toEqual(["+address", "+route", "+route", "-route"]);
  stop();
  rtnetlink.setLink("eth0", { up: false });
  expect(kinds).toHaveLength(4);
});
