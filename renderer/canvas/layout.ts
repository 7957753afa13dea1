import ELK, { type ElkNode } from "elkjs/lib/elk-api.js";
import elkWorkerUrl from "elkjs/lib/elk-worker.min.js?url";
import type { CableView, GroupView, NodeView, NoteView, Point } from "../../engine/session.ts";
import { machineSize } from "../kinds/machine-size.ts";

/** From here on layers take too long and make too wide a drawing. */
const LAYERED_LIMIT = 120;

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

export interface Layout {
  readonly nodes: ReadonlyMap<string, Box>;
  readonly groups: ReadonlyMap<string, Box>;
}

/** A place for each node and each group's frame around its own, found in a worker. */
export async function layout(
  nodes: readonly NodeView[],
  cables: readonly CableView[],
  groups: readonly GroupView[],
): Promise<Layout> {
  const elk = new ELK({ workerFactory: () => new Worker(elkWorkerUrl) });
  try {
    return readLayout(await elk.layout(layoutGraph(nodes, cables, groups)));
  } finally {
    elk.terminateWorker();
  }
}

const OPTIONS = {
  "elk.spacing.nodeNode": "56",
  "elk.layered.spacing.nodeNodeBetweenLayers": "104",
  "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF",
  "elk.layered.nodePlacement.bk.fixedAlignment": "BALANCED",
  "elk.direction": "DOWN",
};

/** What elk is asked. Groups hold their members; hosts hang below what they are plugged into. */
export function layoutGraph(
  nodes: readonly NodeView[],
  cables: readonly CableView[],
  groups: readonly GroupView[],
): ElkNode {
  const kinds = new Map(nodes.map(({ name, kind }) => [name, kind]));
  const sizes = new Map(nodes.map((node) => [node.name, machineSize(node)]));
  const groupOf = new Map<string, string>();
  for (const { id, members } of groups) {
    for (const member of members) {
      if (kinds.has(member) && !groupOf.has(member)) groupOf.set(member, id);
    }
  }
  const card = (name: string): ElkNode => ({ id: `node:${name}`, ...sizes.get(name) });
  const namesIn = (group: string | undefined) =>
    [...kinds.keys()].filter((name) => groupOf.get(name) === group);
  const frames = groups
    .map(({ id }) => ({ id, names: namesIn(id) }))
    .filter(({ names }) => names.length > 0)
    .map(({ id, names }) => ({
      id: `group:${id}`,
      children: names.map(card),
      layoutOptions: { ...OPTIONS, "elk.padding": "[top=48,left=32,bottom=32,right=32]" },
    }));
  return {
    id: "lab",
    layoutOptions: {
      ...OPTIONS,
      "elk.algorithm": nodes.length > LAYERED_LIMIT ? "stress" : "layered",
      "elk.hierarchyHandling": "INCLUDE_CHILDREN",
      "elk.spacing.componentComponent": "96",
      "elk.stress.desiredEdgeLength": "240",
      "elk.padding": "[top=0,left=0,bottom=0,right=0]",
    },
    children: [...frames, ...namesIn(undefined).map(card)],
    edges: cables
      .filter(({ ends }) => ends.every(({ node }) => kinds.has(node)))
      .map(({ id, ends: [a, b] }) => {
        const turned = kinds.get(a.node) === "host" && kinds.get(b.node) !== "host";
        const [from, to] = turned ? [b, a] : [a, b];
        return { id, sources: [`node:${from.node}`], targets: [`node:${to.node}`] };
      }),
  };
}

/** Places inside a group are told relative to it. */
export function readLayout(graph: ElkNode): Layout {
  const nodes = new Map<string, Box>();
  const groups = new Map<string, Box>();
  const visit = (children: readonly ElkNode[], origin: Point) => {
    for (const { id, x = 0, y = 0, width = 0, height = 0, children: inner } of children) {
      const at = { x: origin.x + x, y: origin.y + y };
      const name = id.slice(id.indexOf(":") + 1);
      if (id.startsWith("group:")) groups.set(name, { ...at, width, height });
      else nodes.set(name, { ...at, width, height });
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
