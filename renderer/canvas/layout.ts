import ELK from "elkjs/lib/elk-api.js";
import elkWorkerUrl from "elkjs/lib/elk-worker.min.js?url";
import type { CableView, NodeView, Point } from "../../engine/session.ts";
import { MACHINE_SIZE } from "../kinds/kind.ts";

/** From here on layers take too long and make too wide a drawing. */
const LAYERED_LIMIT = 120;

/** A place for each node, found in a worker of its own. */
export async function layout(
  nodes: readonly NodeView[],
  cables: readonly CableView[],
): Promise<ReadonlyMap<string, Point>> {
  const elk = new ELK({ workerFactory: () => new Worker(elkWorkerUrl) });
  try {
    const result = await elk.layout(layoutGraph(nodes, cables));
    return new Map((result.children ?? []).map(({ id, x = 0, y = 0 }) => [id, { x, y }] as const));
  } finally {
    elk.terminateWorker();
  }
}

/** What elk is asked. Switches and routers come first, so that they end up in the middle. */
export function layoutGraph(nodes: readonly NodeView[], cables: readonly CableView[]) {
  const names = new Set(nodes.map(({ name }) => name));
  const rank = (name: string) =>
    nodes.findIndex((node) => node.name === name && node.kind === "host");
  return {
    id: "lab",
    layoutOptions: {
      "elk.algorithm": nodes.length > LAYERED_LIMIT ? "stress" : "layered",
      "elk.direction": "DOWN",
      "elk.spacing.nodeNode": "56",
      "elk.layered.spacing.nodeNodeBetweenLayers": "104",
      "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF",
      "elk.layered.nodePlacement.bk.fixedAlignment": "BALANCED",
      "elk.separateConnectedComponents": "true",
      "elk.spacing.componentComponent": "96",
      "elk.stress.desiredEdgeLength": "240",
      "elk.padding": "[top=0,left=0,bottom=0,right=0]",
    },
    children: nodes.map(({ name }) => ({ id: name, ...MACHINE_SIZE })),
    edges: cables
      .filter(({ ends }) => ends.every(({ node }) => names.has(node)))
      .map(({ id, ends }) => {
        const [a, b] =
          ends[0].node !== ends[1].node && rank(ends[0].node) > rank(ends[1].node)
            ? [ends[1], ends[0]]
            : ends;
        return { id, sources: [a.node], targets: [b.node] };
      }),
  };
}
