import { runImage } from "../containers/commands.ts";
import { KINDS } from "../kinds/index.ts";
import type { App } from "../state/app.svelte.ts";
import { itemOf } from "./flow.ts";

/** What a dragged palette entry carries. */
const KIND_TYPE = "application/x-podwire-kind";
const IMAGE_TYPE = "application/x-podwire-image";

export function carryKind(event: DragEvent, kind: string): void {
  carry(event, KIND_TYPE, kind);
}

/** An image is dropped on a machine, which runs it. */
export function carryImage(event: DragEvent, reference: string): void {
  carry(event, IMAGE_TYPE, reference);
}

function carry(event: DragEvent, type: string, value: string): void {
  event.dataTransfer?.setData(type, value);
  if (event.dataTransfer) event.dataTransfer.effectAllowed = "copy";
}

export function allowDrop(app: App, event: DragEvent): void {
  const types = event.dataTransfer?.types ?? [];
  const allowed = types.includes(IMAGE_TYPE)
    ? machineUnder(app, event)?.runsContainers === true
    : types.includes(KIND_TYPE);
  if (!allowed || !event.dataTransfer) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
}

export function drop(app: App, event: DragEvent): void {
  const reference = event.dataTransfer?.getData(IMAGE_TYPE);
  if (reference) dropImage(app, event, reference);
  else dropKind(app, event);
}

function dropImage(app: App, event: DragEvent, reference: string): void {
  const machine = machineUnder(app, event);
  if (machine === undefined) return;
  event.preventDefault();
  app.canvas.select([{ kind: "node", id: machine.name }]);
  void runImage(app, machine, reference);
}

function dropKind(app: App, event: DragEvent): void {
  const id = event.dataTransfer?.getData(KIND_TYPE);
  const kind = KINDS.find((other) => other.id === id);
  const at = app.canvas.viewport?.toCanvas({ x: event.clientX, y: event.clientY });
  if (kind === undefined || at === undefined) return;
  event.preventDefault();
  void app.canvas.add(kind, at);
  app.canvas.viewport?.focus();
}

function machineUnder(app: App, event: DragEvent) {
  const id = (event.target as Element).closest?.(".svelte-flow__node")?.getAttribute("data-id");
  const item = id ? itemOf(id) : undefined;
  return item?.kind === "node" ? app.lab.nodes.get(item.id) : undefined;
}
