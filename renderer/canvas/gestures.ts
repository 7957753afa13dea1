/** Turns the canvas's pointer and key events into steps of the tools' states. */
import type { ItemRef, Point } from "../../engine/session.ts";
import type { App } from "../state/app.svelte.ts";
import { abandonCable, aim, nextInterface, plugIn } from "../tools/select/cabling.ts";
import { abandonDrag, drop } from "../tools/select/dragging.ts";
import { takeCable, takeUp } from "../tools/select/idle.ts";
import { type FlowNode, flowId, itemOf, movesOf } from "./flow.ts";

interface DragEvent {
  readonly targetNode: FlowNode | null;
  readonly nodes: readonly FlowNode[];
}

export class Gestures {
  /** Members of dragged groups follow; where each was when the drag began. */
  #followers = new Map<string, { readonly start: Point; readonly leader: string }>();

  /** The click that ends a press which plugged a cable in begins nothing new. */
  #swallowClick = false;

  constructor(private readonly app: App) {}

  readonly onPointerDown = (event: PointerEvent): void => {
    const { canvas } = this.app;
    const target = event.target as Element;
    if (!target.matches("input, textarea")) canvas.viewport?.focus();
    this.#swallowClick = false;
    if (canvas.gesture.state !== "cabling" || canvas.gesture.how !== "click") return;
    event.preventDefault();
    event.stopPropagation();
    this.#aim(event);
    this.#swallowClick = true;
    if (event.button === 0) this.#plugIn();
    else void canvas.step(abandonCable());
  };

  readonly onPointerMove = (event: PointerEvent): void => {
    if (this.app.canvas.gesture.state === "cabling") this.#aim(event);
  };

  readonly onPointerUp = (event: PointerEvent): void => {
    const { gesture } = this.app.canvas;
    if (gesture.state !== "cabling" || gesture.how !== "drag") return;
    this.#aim(event);
    this.#plugIn();
  };

  readonly onKeyDown = (event: KeyboardEvent): void => {
    const { canvas } = this.app;
    const { gesture } = canvas;
    if (gesture.state === "idle") {
      const inCanvas = (event.target as Element).closest?.("[data-scope=canvas]");
      if (event.key === "Escape" && inCanvas && canvas.renaming === undefined) canvas.select([]);
      return;
    }
    if (event.key === "Escape") {
      void canvas.step(gesture.state === "cabling" ? abandonCable() : abandonDrag());
    } else if (event.key === "Tab" && gesture.state === "cabling") {
      void canvas.step(nextInterface(gesture));
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  readonly onNodeClick = ({ node, event }: { node: FlowNode; event: MouseEvent | TouchEvent }) => {
    const { canvas, lab } = this.app;
    if (this.#swallowClick || !event.shiftKey || node.type !== "machine") return;
    if (canvas.gesture.state !== "idle") return;
    const machine = lab.nodes.get(node.data.machine.name);
    const pointer = canvas.viewport?.toCanvas(clientPoint(event));
    if (machine !== undefined && pointer !== undefined) {
      void canvas.step(takeCable(machine, pointer, "click"));
    }
  };

  readonly onDoubleClick = (event: MouseEvent): void => {
    const target = event.target as Element;
    const item = itemAt(target);
    if (item === undefined || target.closest("input, textarea, button") !== null) return;
    if (item.kind === "node") {
      void this.app.terminals.openOrFocus(item.id);
    } else if (item.kind !== "cable") {
      this.app.canvas.renaming = item;
    }
  };

  /** Reaching an item with the Tab key selects it, so that the canvas's keys act on it. */
  readonly onFocusIn = (event: FocusEvent): void => {
    const target = event.target as Element;
    if (!target.matches(".svelte-flow__node:focus-visible, .svelte-flow__edge:focus-visible")) {
      return;
    }
    const item = itemAt(target);
    if (item !== undefined) this.app.canvas.select([item]);
  };

  readonly onSelectionEnd = (): void => {
    const { canvas } = this.app;
    canvas.viewport?.endMarquee();
    canvas.viewport?.focus();
  };

  readonly onDragStart = ({ nodes }: DragEvent): void => {
    const starts = nodes.map(({ id, position }) => ({ item: itemOf(id), at: { ...position } }));
    this.#followers = this.#membersOf(nodes);
    const followers = [...this.#followers].map(([id, { start }]) => ({
      item: itemOf(id),
      at: start,
    }));
    void this.app.canvas.step(takeUp([...starts, ...followers]));
  };

  readonly onDrag = ({ nodes }: DragEvent): void => {
    const { gesture } = this.app.canvas;
    if (gesture.state !== "dragging" || this.#followers.size === 0) return;
    const starts = new Map(gesture.starts.map(({ item, at }) => [flowId(item), at]));
    const now = new Map(nodes.map(({ id, position }) => [id, position]));
    const places = new Map<string, Point>();
    for (const [id, { start, leader }] of this.#followers) {
      const from = starts.get(leader);
      const to = now.get(leader);
      if (from === undefined || to === undefined) continue;
      places.set(id, { x: start.x + to.x - from.x, y: start.y + to.y - from.y });
    }
    this.app.canvas.place(places);
  };

  readonly onDragStop = ({ nodes }: DragEvent): void => {
    const { canvas, lab } = this.app;
    this.onDrag({ targetNode: null, nodes });
    const moved = new Set([...nodes.map(({ id }) => id), ...this.#followers.keys()]);
    this.#followers.clear();
    // Escape has ended the drag already; the library's last positions are undone.
    if (canvas.gesture.state !== "dragging") canvas.sync(lab.view);
    else void canvas.step(drop(canvas.gesture, movesOf(canvas.nodes, moved)));
  };

  #aim(event: PointerEvent): void {
    const { canvas, lab } = this.app;
    const { gesture } = canvas;
    const pointer = canvas.viewport?.toCanvas({ x: event.clientX, y: event.clientY });
    if (gesture.state !== "cabling" || pointer === undefined) return;
    const under = document.elementFromPoint(event.clientX, event.clientY);
    const item = under === null ? undefined : itemAt(under);
    const machine = item?.kind === "node" ? lab.nodes.get(item.id) : undefined;
    void canvas.step(aim(gesture, pointer, machine));
  }

  #plugIn(): void {
    const { canvas } = this.app;
    if (canvas.gesture.state === "cabling") void canvas.step(plugIn(canvas.gesture));
  }

  #membersOf(nodes: readonly FlowNode[]) {
    const held = new Set(nodes.map(({ id }) => id));
    const all = new Map(this.app.canvas.nodes.map((node) => [node.id, node]));
    const followers = new Map<string, { start: Point; leader: string }>();
    for (const node of nodes) {
      if (node.type !== "group") continue;
      for (const member of node.data.group.members) {
        const id = flowId({ kind: "node", id: member });
        const position = all.get(id)?.position;
        if (position !== undefined && !held.has(id)) {
          followers.set(id, { start: { ...position }, leader: node.id });
        }
      }
    }
    return followers;
  }
}

function itemAt(element: Element): ItemRef | undefined {
  const holder = element.closest(".svelte-flow__node, .svelte-flow__edge");
  const id = holder?.getAttribute("data-id");
  return id ? itemOf(id) : undefined;
}

function clientPoint(event: MouseEvent | TouchEvent): Point {
  const point = "clientX" in event ? event : event.changedTouches[0];
  return { x: point?.clientX ?? 0, y: point?.clientY ?? 0 };
}
