/** The lab's view as the nodes and edges that Svelte Flow draws. */
import { type Edge, type Node, Position } from "@xyflow/svelte";
import type {
  CableView,
  GroupView,
  ItemRef,
  LabView,
  NodeView,
  NoteView,
  Point,
} from "../../engine/session.ts";
import { machineSize } from "../kinds/machine-size.ts";
import { lanesOf } from "./lanes.ts";

export type MachineNode = Node<{ machine: NodeView }, "machine">;
export type NoteNode = Node<{ note: NoteView }, "note">;
export type GroupNode = Node<{ group: GroupView }, "group">;
export type FlowNode = MachineNode | NoteNode | GroupNode;
export type CableEdge = Edge<{ cable: CableView; lane: number }, "cable">;

/** Nodes, notes and groups share one space of ids in the drawing. */
export function flowId(item: ItemRef): string {
  return `${item.kind}:${item.id}`;
}

export function itemOf(id: string): ItemRef {
  const colon = id.indexOf(":");
  return { kind: id.slice(0, colon) as ItemRef["kind"], id: id.slice(colon + 1) };
}

/**
 * The view's nodes. What did not change is the very object of `before`, so that it is not drawn
 * again; items in `held` keep their place because the user has them in hand.
 */
export function flowNodes(
  view: LabView,
  before: readonly FlowNode[],
  held: ReadonlySet<string>,
): FlowNode[] {
  const known = new Map(before.map((node) => [node.id, node]));
  const place = (fresh: FlowNode): FlowNode => keep(known.get(fresh.id), fresh, held);
  return [
    ...view.groups.map((group) => place(groupNode(group))),
    ...view.notes.map((note) => place(noteNode(note))),
    ...view.nodes.map((machine) => place(machineNode(machine))),
  ];
}

export function flowEdges(view: LabView, before: readonly CableEdge[]): CableEdge[] {
  const known = new Map(before.map((edge) => [edge.id, edge]));
  const lanes = lanesOf(view.cables);
  return view.cables.map((cable) => {
    const lane = lanes.get(cable.id) ?? 0;
    const old = known.get(flowId({ kind: "cable", id: cable.id }));
    if (old?.data?.cable === cable && old.data.lane === lane) return old;
    return { ...cableEdge(cable, lane), selected: old?.selected ?? false };
  });
}

function keep(old: FlowNode | undefined, fresh: FlowNode, held: ReadonlySet<string>): FlowNode {
  if (old === undefined) return fresh;
  const position = held.has(fresh.id) ? old.position : fresh.position;
  const moved = position.x !== old.position.x || position.y !== old.position.y;
  if (!moved && subject(old) === subject(fresh)) return old;
  return { ...fresh, position, selected: old.selected ?? false, dragging: old.dragging ?? false };
}

function subject(node: FlowNode): NodeView | NoteView | GroupView {
  switch (node.type) {
    case "machine":
      return node.data.machine;
    case "note":
      return node.data.note;
    case "group":
      return node.data.group;
  }
}

function machineNode(machine: NodeView): MachineNode {
  const size = machineSize(machine);
  return {
    id: flowId({ kind: "node", id: machine.name }),
    type: "machine",
    position: machine.at,
    ...size,
    handles: [
      {
        type: "source",
        position: Position.Top,
        x: size.width / 2,
        y: size.height / 2,
        width: 0,
        height: 0,
      },
    ],
    data: { machine },
    zIndex: 2,
    ariaLabel: describeMachine(machine),
  };
}

function describeMachine(machine: NodeView): string {
  const addresses = addressesOf(machine);
  const power = machine.poweredOn ? "" : ", switched off";
  const summary = addresses.length > 0 ? `, ${addresses.join(", ")}` : "";
  const { length } = machine.containers;
  const containers = length === 0 ? "" : `, ${length} ${length === 1 ? "container" : "containers"}`;
  return `${machine.kind} ${machine.name}${summary}${containers}${power}`;
}

/** The addresses people think of; loopback is every machine's own. */
export function addressesOf(machine: NodeView): readonly string[] {
  return machine.interfaces.flatMap(({ name, addresses }) => (name === "lo" ? [] : addresses));
}

function noteNode(note: NoteView): NoteNode {
  return {
    id: flowId({ kind: "note", id: note.id }),
    type: "note",
    position: note.at,
    width: note.size.width,
    height: note.size.height,
    handles: [],
    data: { note },
    zIndex: 1,
    ariaLabel: `Note: ${note.text}`,
  };
}

function groupNode(group: GroupView): GroupNode {
  return {
    id: flowId({ kind: "group", id: group.id }),
    type: "group",
    position: group.at,
    width: group.size.width,
    height: group.size.height,
    handles: [],
    data: { group },
    zIndex: -1,
    ariaLabel: `Group ${group.label}`,
  };
}

function cableEdge(cable: CableView, lane: number): CableEdge {
  const [a, b] = cable.ends;
  const state = cable.cut ? "cut" : cable.lit ? "up" : "down";
  return {
    id: flowId({ kind: "cable", id: cable.id }),
    type: "cable",
    source: flowId({ kind: "node", id: a.node }),
    target: flowId({ kind: "node", id: b.node }),
    data: { cable, lane },
    interactionWidth: 18,
    ariaLabel: `Cable ${a.node} ${a.interface} to ${b.node} ${b.interface}, ${state}`,
  };
}

/** The place of each node that the drawing shows elsewhere than the view does. */
export function movesOf(
  nodes: readonly FlowNode[],
  ids: ReadonlySet<string>,
): { readonly item: ItemRef; readonly at: Point }[] {
  return nodes
    .filter(({ id }) => ids.has(id))
    .filter((node) => {
      const { at } = subject(node);
      return at.x !== node.position.x || at.y !== node.position.y;
    })
    .map((node) => ({ item: itemOf(node.id), at: { x: node.position.x, y: node.position.y } }));
}

export function idSet(ids: readonly string[]): ReadonlySet<string> {
  return new Set(ids);
}

/** Where each item goes, by its id in the drawing. */
export function placesOf(
  moves: readonly { readonly item: ItemRef; readonly at: Point }[],
): ReadonlyMap<string, Point> {
  return new Map(moves.map(({ item, at }) => [flowId(item), at]));
}
