import { expect, test } from "vitest";
import { cableBadge } from "../../renderer/canvas/badge.ts";
import { flowEdges, flowId, flowNodes, itemOf, movesOf } from "../../renderer/canvas/flow.ts";
import { boundsOf, cablePath } from "../../renderer/canvas/geometry.ts";
import { lanesOf } from "../../renderer/canvas/lanes.ts";
import { foldLooseEnds } from "../../renderer/canvas/fold.ts";
import { notesAside, planLayout, readLayout } from "../../renderer/canvas/layout.ts";
import { largeLab, office, ring } from "../../renderer/dev/example-labs.ts";

const cardAt = (x: number) => ({ middle: { x, y: 0 }, size: { width: 100, height: 40 } });

test("a drawing that did not change keeps every object", () => {
  const nodes = flowNodes(office, [], new Set());
  const edges = flowEdges(office, []);
  expect(flowNodes(office, nodes, new Set()).every((node, i) => node === nodes[i])).toBe(true);
  expect(flowEdges(office, edges).every((edge, i) => edge === edges[i])).toBe(true);
});

test("what the user has in hand stays where the hand is", () => {
  const nodes = flowNodes(office, [], new Set()).map((node) =>
    node.id === "node:alice" ? { ...node, position: { x: 999, y: 9 } } : node,
  );
  const at = (held: ReadonlySet<string>) =>
    flowNodes(office, nodes, held).find(({ id }) => id === "node:alice")?.position;
  expect(at(new Set(["node:alice"]))).toEqual({ x: 999, y: 9 });
  expect(at(new Set())).toEqual({ x: 0, y: 336 });
  expect(movesOf(nodes, new Set(["node:alice", "node:bob"]))).toEqual([
    { item: { kind: "node", id: "alice" }, at: { x: 999, y: 9 } },
  ]);
});

test("ids in the drawing lead back to items", () => {
  const item = { kind: "node", id: "a:b" } as const;
  expect(itemOf(flowId(item))).toEqual(item);
});

test("cables between the same nodes lie side by side, others in the middle", () => {
  const lanes = lanesOf(ring.cables);
  expect([lanes.get("c1"), lanes.get("c4")]).toEqual([-0.5, 0.5]);
  expect(lanes.get("c2")).toBe(0);
});

test("a lane does not depend on which end comes first", () => {
  const [first, , , fourth] = ring.cables;
  const turned = { ...fourth!, ends: [fourth!.ends[1], fourth!.ends[0]] as const };
  const lanes = lanesOf([first!, turned]);
  expect([lanes.get("c1"), lanes.get("c4")]).toEqual([-0.5, -0.5]);
});

test("a cable leaves the cards at their edges", () => {
  const { start, end } = cablePath(cardAt(0), cardAt(300), 0);
  expect(start.x).toBeCloseTo(55);
  expect(end.x).toBeCloseTo(245);
  expect([start.y, end.y]).toEqual([0, 0]);
});

test("names of interfaces are left out where they would run into each other", () => {
  expect(cablePath(cardAt(0), cardAt(300), 0).roomy).toBe(true);
  expect(cablePath(cardAt(0), cardAt(150), 0).roomy).toBe(false);
});

test("cards that lie on each other still have a cable of finite length", () => {
  const { path } = cablePath(cardAt(0), cardAt(0), 0);
  expect(path).not.toContain("NaN");
});

test("the badge says what a cable does to packets", () => {
  const plain = { latencyMs: 0, bandwidthMbit: 0, lossPercent: 0, cut: false };
  expect(cableBadge(plain)).toBe("");
  expect(cableBadge({ ...plain, latencyMs: 2.5, bandwidthMbit: 1000, lossPercent: 1 })).toBe(
    "2.5 ms · 1 Gbit/s · 1 % loss",
  );
  expect(cableBadge({ ...plain, bandwidthMbit: 0.5 })).toBe("500 kbit/s");
});

test("bounds go around every item", () => {
  const items = [
    { position: { x: 0, y: 10 }, width: 5, height: 5 },
    { position: { x: 20, y: 0 }, width: 10, height: 10 },
  ];
  expect(boundsOf(items)).toEqual({ x: 0, y: 0, width: 30, height: 15 });
});

test("the layout holds members in their groups and hangs hosts below switches", () => {
  const { graph } = planLayout(office.nodes, office.cables, office.groups);
  const group = graph.children?.find(({ id }) => id === "group:g1");
  expect(group?.children?.map(({ id }) => id)).toEqual(["node:sw-left", "node:alice", "node:bob"]);
  expect(graph.edges).toContainEqual({
    id: "c3",
    sources: ["node:sw-left"],
    targets: ["node:alice"],
  });
});

test("places inside a group are told relative to it", () => {
  const size = { width: 160, height: 56 };
  const blocks = foldLooseEnds([{ name: "a", size }], [], () => false);
  const child = { id: "node:a", x: 32, y: 48, ...size };
  const group = { id: "group:g", x: 100, y: 50, width: 300, height: 200, children: [child] };
  const found = readLayout({ id: "lab", children: [group] }, blocks);
  expect(found.nodes.get("a")).toEqual({ x: 132, y: 98 });
  expect(found.groups.get("g")).toEqual({ x: 100, y: 50, width: 300, height: 200 });
});

test("a large lab is folded: what hangs on one switch lies below it, and nothing on anything", () => {
  const { nodes, cables } = largeLab(480);
  const { graph, blocks } = planLayout(nodes, cables, []);
  expect(graph.children?.map(({ id }) => id)).toEqual(["node:core"]);
  const { places, size } = blocks.get("core")!;
  expect(places.size).toBe(nodes.length);
  expect(places.get("h30")!.y).toBeGreaterThan(places.get("sw1")!.y);
  expect(size.width / size.height).toBeGreaterThan(0.5);
  expect(size.width / size.height).toBeLessThan(4);
  const all = [...places.values()];
  const overlaps = all.filter((a, i) =>
    all.some((b, j) => i < j && Math.abs(a.x - b.x) < 160 && Math.abs(a.y - b.y) < 56),
  );
  expect(overlaps).toEqual([]);
});

test("folding leaves a ring as it is and takes what hangs on it", () => {
  const size = { width: 100, height: 50 };
  const cards = ["a", "b", "c", "leaf"].map((name) => ({ name, size }));
  const links = [
    ["a", "b"],
    ["b", "c"],
    ["c", "a"],
    ["leaf", "a"],
  ] as const;
  const blocks = foldLooseEnds(cards, links, () => true);
  expect([...blocks].map(([name, { places }]) => [name, ...places.keys()])).toEqual([
    ["a", "a", "leaf"],
    ["b", "b"],
    ["c", "c"],
  ]);
});

test("of two cards that have only each other, one holds the other", () => {
  const size = { width: 100, height: 50 };
  const cards = ["b", "a"].map((name) => ({ name, size }));
  const blocks = foldLooseEnds(cards, [["b", "a"]], () => true);
  expect([...blocks.keys()]).toEqual(["a"]);
});

test("notes that would cover the drawing go beside it, one below the other", () => {
  const note = (id: string, x: number) => ({
    id,
    text: "",
    colour: "yellow",
    at: { x, y: 0 },
    size: { width: 100, height: 50 },
  });
  const drawing = { x: 0, y: 0, width: 400, height: 300 };
  const places = notesAside([note("over", 10), note("clear", -200), note("too", 350)], drawing);
  expect([...places]).toEqual([
    ["over", { x: 448, y: 0 }],
    ["too", { x: 448, y: 98 }],
  ]);
});
