import { expect, test } from "vitest";
import type { InterfaceView, NodeView } from "../../engine/session.ts";
import type { Cabling, Dragging, Step } from "../../renderer/tools/gesture.ts";
import { abandonCable, aim, nextInterface, plugIn } from "../../renderer/tools/select/cabling.ts";
import { abandonDrag, drop } from "../../renderer/tools/select/dragging.ts";
import { plugFor, takeCable, takeUp } from "../../renderer/tools/select/idle.ts";

const port = (name: string, cable?: string): InterfaceView => ({
  name,
  operState: "DOWN",
  addresses: [],
  ...(cable === undefined ? {} : { cable }),
});

const machine = (name: string, ...interfaces: InterfaceView[]): NodeView => ({
  name,
  kind: "host",
  image: "debian-12",
  at: { x: 0, y: 0 },
  interfaces,
  containers: [],
  runsContainers: false,
  poweredOn: true,
});

const pc = machine("pc", port("lo"), port("eth0", "c1"), port("eth1"), port("br0"));
const hub = machine("hub", port("eth0"), port("eth1"));
const somewhere = { x: 5, y: 5 };

function cabling(step: Step): Cabling {
  if (step.gesture.state !== "cabling") throw new Error(`not cabling: ${step.gesture.state}`);
  return step.gesture;
}

test("a cable starts at the next free port; bridges and loopback have none", () => {
  expect(plugFor(pc).choices).toEqual(["eth1", undefined]);
  expect(plugFor(machine("bare")).choices).toEqual([undefined]);
});

test("a cable dropped on a machine joins the ports that were shown", () => {
  const inHand = cabling(takeCable(pc, somewhere, "drag"));
  const over = cabling(aim(inHand, somewhere, hub));
  expect(plugIn(over)).toEqual({
    gesture: { state: "idle" },
    edit: {
      kind: "connect",
      from: { node: "pc", interface: "eth1" },
      to: { node: "hub", interface: "eth0" },
    },
  });
});

test("a cable dropped on nothing, or on where it comes from, is put away", () => {
  const inHand = cabling(takeCable(pc, somewhere, "drag"));
  expect(plugIn(inHand).edit).toBeUndefined();
  expect(plugIn(cabling(aim(inHand, somewhere, pc))).edit).toBeUndefined();
  expect(abandonCable()).toEqual({ gesture: { state: "idle" } });
});

test("leaving a machine forgets it as the target", () => {
  const over = cabling(aim(cabling(takeCable(pc, somewhere, "click")), somewhere, hub));
  expect(cabling(aim(over, somewhere, undefined)).over).toBeUndefined();
});

test("Tab turns through the target's ports, and a new one leaves the choice to the lab", () => {
  let step = aim(cabling(takeCable(pc, somewhere, "click")), somewhere, hub);
  step = nextInterface(cabling(step));
  expect(plugIn(cabling(step)).edit).toMatchObject({ to: { node: "hub", interface: "eth1" } });
  step = nextInterface(cabling(step));
  expect(plugIn(cabling(step)).edit).toMatchObject({ to: { node: "hub" } });
  expect(cabling(nextInterface(cabling(step))).over?.choice).toBe(0);
});

test("the chosen port stays while the pointer moves over the same machine", () => {
  const turned = nextInterface(
    cabling(aim(cabling(takeCable(pc, somewhere, "click")), somewhere, hub)),
  );
  expect(cabling(aim(cabling(turned), { x: 9, y: 9 }, hub)).over?.choice).toBe(1);
});

test("a drop writes only what has moved", () => {
  const a = { kind: "node", id: "a" } as const;
  const b = { kind: "node", id: "b" } as const;
  const held = takeUp([
    { item: a, at: { x: 0, y: 0 } },
    { item: b, at: { x: 10, y: 0 } },
  ]).gesture as Dragging;
  const ends = [
    { item: a, at: { x: 16, y: 0 } },
    { item: b, at: { x: 10, y: 0 } },
  ];
  expect(drop(held, ends).edit).toEqual({ kind: "move", positions: [ends[0]] });
  expect(drop(held, held.starts).edit).toBeUndefined();
  expect(abandonDrag().restore).toBe(true);
});
