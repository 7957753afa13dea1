import { expect, test } from "vitest";
import { decodeBpdu, encodeBpdu } from "../../../engine/kernel/device/bridge/bpdu.ts";
import type { Mac } from "../../../engine/net/address.ts";
import { SECOND } from "../../../engine/sim/clock.ts";
import { Wire, type Host } from "../ip/wire.ts";

/** Three switches in a ring, with a host at the first; all of them speak the protocol. */
function ring(): { wire: Wire; switches: Host[]; a: Host; b: Host } {
  const wire = new Wire();
  const switches = ["one", "two", "three"].map((name) => wire.switch(name, 3));
  const [one, two, three] = switches as [Host, Host, Host];
  switches.forEach(({ netns }, index) => {
    netns.rtnetlink.setLink("br0", {
      address: (0x020000000001 + index) as Mac,
      bridge: { stp: true, forwardDelayNs: 2 * SECOND },
    });
  });
  const [a, b] = [wire.host("a"), wire.host("b")];
  a.card("eth0", "10.0.0.1/24");
  b.card("eth0", "10.0.0.2/24");
  wire.cable([one, "p1"], [two, "p1"]);
  wire.cable([two, "p2"], [three, "p1"]);
  wire.cable([three, "p2"], [one, "p2"]);
  wire.cable([a, "eth0"], [one, "p3"]);
  wire.cable([b, "eth0"], [three, "p3"]);
  return { wire, switches, a, b };
}

const state = ({ netns }: Host, port: string): string | undefined =>
  netns.rtnetlink.link(port)?.port?.state;

test("a ring of bridges becomes a tree: the port farthest from the root blocks", () => {
  const { wire, switches, a, b } = ring();
  wire.run(5_000);
  const [one, two, three] = switches as [Host, Host, Host];
  expect(["p1", "p2"].map((port) => state(one, port))).toEqual(["forwarding", "forwarding"]);
  expect(["p1", "p2"].map((port) => state(two, port))).toEqual(["forwarding", "forwarding"]);
  expect(["p1", "p2"].map((port) => state(three, port))).toEqual(["blocking", "forwarding"]);
  expect(a.pings("10.0.0.2")).toBe(true);
  expect(b.pings("10.0.0.1")).toBe(true);
});

test("nothing passes until a port has listened and learned", () => {
  const { wire, a } = ring();
  expect(a.pings("10.0.0.2")).toBe(false);
  wire.run(5_000);
  expect(a.pings("10.0.0.2")).toBe(true);
});

test("when the way to the root is cut, the blocked port takes over", () => {
  const { wire, switches, a } = ring();
  wire.run(5_000);
  const [one, , three] = switches as [Host, Host, Host];
  one.netns.rtnetlink.setLink("p2", { up: false });
  wire.run(5_000);
  expect(state(three, "p1")).toBe("forwarding");
  expect(a.pings("10.0.0.2")).toBe(true);
});

test("the better priority makes another bridge the root", () => {
  const { wire, switches } = ring();
  wire.run(5_000);
  switches[1]?.netns.rtnetlink.setLink("br0", { bridge: { priority: 0x1000 } });
  wire.run(5_000);
  for (const { netns } of switches) {
    const data = netns.rtnetlink.link("br0")?.data;
    expect(data?.kind === "bridge" && data.tree.root).toEqual({
      priority: 0x1000,
      address: 0x020000000002,
    });
  }
});

test("a guarded port that hears of another bridge is shut", () => {
  const { wire, switches } = ring();
  const [one] = switches as [Host, Host, Host];
  one.netns.rtnetlink.setLink("p1", { port: { guard: true } });
  wire.run(5_000);
  switches[1]?.netns.rtnetlink.setLink("br0", { bridge: { priority: 0 } });
  wire.run(5_000);
  expect(state(one, "p1")).toBe("disabled");
});

test("a BPDU is what IEEE 802.1D says, byte for byte", () => {
  const bpdu = {
    kind: "config",
    topologyChange: true,
    topologyChangeAck: false,
    root: { priority: 0x8000, address: 0x020000000001 as Mac },
    rootPathCost: 2,
    bridge: { priority: 0x8000, address: 0x020000000002 as Mac },
    port: 0x8001,
    messageAgeNs: SECOND,
    maxAgeNs: 20 * SECOND,
    helloNs: 2 * SECOND,
    forwardDelayNs: 15 * SECOND,
  } as const;
  const bytes = encodeBpdu(bpdu);
  expect(Buffer.from(bytes).toString("hex")).toBe(
    "424203" +
      "0000" +
      "00" +
      "00" +
      "01" +
      "8000020000000001" +
      "00000002" +
      "8000020000000002" +
      "8001" +
      "0100" +
      "1400" +
      "0200" +
      "0f00",
  );
  expect(decodeBpdu(bytes)).toEqual(bpdu);
});
