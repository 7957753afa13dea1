import ELK, { type ElkNode } from "elkjs/lib/elk-api.js";
import elkWorkerUrl from "elkjs/lib/elk-worker.min.js?url";
import type { CableView, GroupView, NodeView, NoteView, Point } from "../../engine/session.ts";
import { type Block, foldLooseEnds } from "./fold.ts";
import { machineSize } from "../kinds/machine-size.ts";

/** From here on layers of single cards take too long and make too wide a drawing. */
const FOLD_LIMIT = 120;

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

export interface Layout {
  readonly nodes: ReadonlyMap<string, Point>;
  readonly groups: ReadonlyMap<string, Box>;
}

/** A place for each node and each group's frame around its own, found in a worker. */
export async function layout(
  nodes: readonly NodeView[],
  cables: readonly CableView[],
  groups: readonly GroupView[],
): Promise<Layout> {
  const plan = planLayout(nodes, cables, groups);
  const elk = new ELK({ workerFactory: () => new Worker(elkWorkerUrl) });
  try {
    return readLayout(await elk.layout(plan.graph), plan.blocks);
  } finally {
    elk.terminateWorker();
  }
}

export interface LayoutPlan {
  /** What elk is asked: groups hold their members, hosts hang below what they are plugged into. */
  readonly graph: ElkNode;
  /** What each of its nodes stands for. */
  readonly blocks: ReadonlyMap<string, Block>;
}

const OPTIONS = {
  "elk.spacing.nodeNode": "56",
  "elk.layered.spacing.nodeNodeBetweenLayers": "104",
  "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF",
  "elk.layered.nodePlacement.bk.fixedAlignment": "BALANCED",
  "elk.direction": "DOWN",
};

export function planLayout(
  nodes: readonly NodeView[],
  cables: readonly CableView[],
  groups: readonly GroupView[],
): LayoutPlan {
  const kinds = new Map(nodes.map(({ name, kind }) => [name, kind]));
  const groupOf = new Map<string, string>();
  for (const { id, members } of groups) {
    for (const member of members) {
      if (kinds.has(member) && !groupOf.has(member)) groupOf.set(member, id);
    }
  }
  const links = cables
    .map(({ ends: [a, b] }) => [a.node, b.node] as const)
    .filter((ends) => ends.every((node) => kinds.has(node)));
  const blocks = foldLooseEnds(
    nodes.map((node) => ({ name: node.name, size: machineSize(node) })),
    links,
    (leaf, hub) => nodes.length > FOLD_LIMIT && groupOf.get(leaf) === groupOf.get(hub),
  );
  const cardsIn = (group: string | undefined): ElkNode[] =>
    [...blocks]
      .filter(([name]) => groupOf.get(name) === group)
      .map(([name, { size }]) => ({ id: `node:${name}`, ...size }));
  const frames = groups
    .map(({ id }) => ({ id, children: cardsIn(id) }))
    .filter(({ children }) => children.length > 0)
    .map(({ id, children }) => ({
      id: `group:${id}`,
      children,
      layoutOptions: { ...OPTIONS, "elk.padding": "[top=48,left=32,bottom=32,right=32]" },
    }));
  const graph = {
    id: "lab",
    layoutOptions: {
      ...OPTIONS,
      "elk.algorithm": "layered",
      "elk.hierarchyHandling": "INCLUDE_CHILDREN",
      "elk.spacing.componentComponent": "96",
      "elk.padding": "[top=0,left=0,bottom=0,right=0]",
    },
    children: [...frames, ...cardsIn(undefined)],
    edges: cables
      .filter(({ ends }) => ends.every(({ node }) => blocks.has(node)))
      .map(({ id, ends: [a, b] }) => {
        const turned = kinds.get(a.node) === "host" && kinds.get(b.node) !== "host";
        const [from, to] = turned ? [b, a] : [a, b];
        return { id, sources: [`node:${from.node}`], targets: [`node:${to.node}`] };
      }),
  };
  return { graph, blocks };
}

/** Places inside a group are told relative to it, and those of a block to the block. */
export function readLayout(graph: ElkNode, blocks: ReadonlyMap<string, Block>): Layout {
  const nodes = new Map<string, Point>();
  const groups = new Map<string, Box>();
  const visit = (children: readonly ElkNode[], origin: Point) => {
    for (const { id, x = 0, y = 0, width = 0, height = 0, children: inner } of children) {
      const at = { x: origin.x + x, y: origin.y + y };
      const name = id.slice(id.indexOf(":") + 1);
      if (id.startsWith("group:")) groups.set(name, { ...at, width, height });
      for (const [card, place] of (id.startsWith("node:") && blocks.get(name)?.places) || []) {
        nodes.set(card, { x: at.x + place.x, y: at.y + place.y });
      }
      visit(inner ?? [], at);
    }
  };
  visit(graph.children ?? [], { x: 0, y: 0 });
  return { nodes, groups };
}

/** Canvas units between the drawing and the notes beside it, and between those. */
const NOTE_GAP = 48;

/** Notes that would cover the drawing, in a column on its right. */
export function notesAside(notes: readonly NoteView[], drawing: Box): ReadonlyMap<string, Point> {
  const places = new Map<string, Point>();
  let y = drawing.y;
  for (const { id, at, size } of notes) {
    const covers =
      at.x < drawing.x + drawing.width &&
      at.x + size.width > drawing.x &&
      at.y < drawing.y + drawing.height &&
      at.y + size.height > drawing.y;
    if (!covers) continue;
    places.set(id, { x: drawing.x + drawing.width + NOTE_GAP, y });
    y += size.height + NOTE_GAP;
  }
  return places;
}
