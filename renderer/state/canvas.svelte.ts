import type { Edit, EditResult, ItemRef, LabView, Point } from "../../engine/session.ts";
import {
  type CableEdge,
  type FlowNode,
  flowEdges,
  flowId,
  flowNodes,
  idSet,
  itemOf,
  placesOf,
} from "../canvas/flow.ts";
import { type Gesture, IDLE, type Step } from "../tools/gesture.ts";
import type { Kind, Size } from "../kinds/kind.ts";
import type { Lab } from "./lab.svelte.ts";
import type { Selection } from "./selection.svelte.ts";

/** Canvas units between the lines that items snap to. */
export const GRID = 16;

/** What the canvas component lends to the actions while it is on the screen. */
export interface ViewportControls {
  readonly fit: () => void;
  readonly fitItems: (ids: readonly string[]) => void;
  /** Moves the view only when the node is out of sight. */
  readonly reveal: (node: string) => void;
  readonly zoomBy: (factor: number) => void;
  readonly zoomTo: (zoom: number) => void;
  /** The middle of what is seen, canvas units. */
  readonly centre: () => Point;
  readonly centreOn: (point: Point) => void;
  readonly toCanvas: (client: Point) => Point;
  readonly focus: () => void;
  /** Takes away the frame around what a marquee has selected: it would cover the items. */
  readonly endMarquee: () => void;
}

/** The drawing as shown: the lab's items plus selection, gesture and what is being renamed. */
export class Canvas {
  nodes = $state.raw<FlowNode[]>([]);
  edges = $state.raw<CableEdge[]>([]);
  gesture = $state.raw<Gesture>(IDLE);
  /** The item whose name or text is being edited in place. */
  renaming = $state.raw<ItemRef | undefined>();
  viewport = $state.raw<ViewportControls | undefined>();
  /** Ids that were put down and are not confirmed yet. */
  #settling: readonly string[] = [];

  constructor(
    private readonly lab: Lab,
    private readonly selection: Selection,
  ) {}

  /** Takes over what the session says. */
  sync(view: LabView): void {
    this.nodes = flowNodes(view, this.nodes, this.#held());
    this.edges = flowEdges(view, this.edges);
    this.noteSelection();
  }

  select(items: readonly ItemRef[]): void {
    const wanted = items.map(flowId);
    const mark = <T extends FlowNode | CableEdge>(item: T): T =>
      (item.selected ?? false) === wanted.includes(item.id)
        ? item
        : { ...item, selected: wanted.includes(item.id) };
    this.nodes = this.nodes.map(mark);
    this.edges = this.edges.map(mark);
    this.noteSelection();
  }

  selectAll(): void {
    this.select([...this.nodes, ...this.edges].map(({ id }) => itemOf(id)));
  }

  /** Tells the rest of the window what is selected now. */
  noteSelection(): void {
    const items = [...this.nodes, ...this.edges]
      .filter((item) => item.selected)
      .map(({ id }) => itemOf(id));
    const key = (list: readonly ItemRef[]) => list.map(flowId).join("\n");
    if (key(items) !== key(this.selection.items)) this.selection.items = items;
  }

  /** Puts items at these places at once, before the session has confirmed them. */
  place(positions: ReadonlyMap<string, Point>): void {
    this.nodes = this.nodes.map((node) => {
      const position = positions.get(node.id);
      return position === undefined ? node : { ...node, position };
    });
  }

  /** Shows a size that is being dragged. */
  resize(id: string, size: Size): void {
    this.nodes = this.nodes.map((node) => (node.id === id ? { ...node, ...size } : node));
  }

  /** Takes a gesture's step. */
  async step(step: Step): Promise<void> {
    this.gesture = step.gesture;
    if (step.restore) this.sync(this.lab.view);
    if (step.edit !== undefined) await this.apply(step.edit);
  }

  /** Makes an edit and selects what it created. */
  async apply(edit: Edit): Promise<EditResult | undefined> {
    const moving = edit.kind === "move" ? edit.positions.map(({ item }) => flowId(item)) : [];
    this.#settling = [...this.#settling, ...moving];
    const result = await this.lab.edit(edit);
    this.#settling = this.#settling.slice(moving.length);
    this.sync(this.lab.view);
    if (result !== undefined && result.created.length > 0) this.select(result.created);
    return result;
  }

  /** Adds one with its middle at this point, aside from what already lies there. */
  async add(kind: Kind, middle: Point): Promise<EditResult | undefined> {
    const snapped = (value: number) => Math.round(value / GRID) * GRID;
    const at = {
      x: snapped(middle.x - kind.size.width / 2),
      y: snapped(middle.y - kind.size.height / 2),
    };
    const result = await this.apply(kind.add(freePlace(at, this.nodes)));
    const note = result?.created.find((item) => item.kind === "note");
    if (note !== undefined) this.renaming = note;
    return result;
  }

  async nudge(dx: number, dy: number): Promise<void> {
    const positions = this.nodes
      .filter(({ selected }) => selected)
      .map(({ id, position }) => ({
        item: itemOf(id),
        at: { x: position.x + dx, y: position.y + dy },
      }));
    if (positions.length === 0) return;
    this.place(placesOf(positions));
    await this.apply({ kind: "move", positions });
  }

  /** What the user has in hand, or has just put down and the session has not confirmed. */
  #held(): ReadonlySet<string> {
    const { gesture } = this;
    const inHand =
      gesture.state === "dragging" ? gesture.starts.map(({ item }) => flowId(item)) : [];
    return idSet([...inHand, ...this.#settling]);
  }
}

/** Moves down and right until nothing starts at the same place. */
function freePlace(at: Point, nodes: readonly FlowNode[]): Point {
  const taken = (p: Point) =>
    nodes.some(
      ({ position }) =>
        Math.abs(position.x - p.x) < GRID * 2 && Math.abs(position.y - p.y) < GRID * 2,
    );
  let place = at;
  while (taken(place)) place = { x: place.x + GRID * 2, y: place.y + GRID * 5 };
  return place;
}
