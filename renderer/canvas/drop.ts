import { KINDS } from "../kinds/index.ts";
import type { App } from "../state/app.svelte.ts";

/** What a dragged palette entry carries. */
const KIND_TYPE = "application/x-podwire-kind";

export function carryKind(event: DragEvent, kind: string): void {
  event.dataTransfer?.setData(KIND_TYPE, kind);
  if (event.dataTransfer) event.dataTransfer.effectAllowed = "copy";
}

export function allowDrop(event: DragEvent): void {
  if (!event.dataTransfer?.types.includes(KIND_TYPE)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
}

export function dropKind(app: App, event: DragEvent): void {
  const id = event.dataTransfer?.getData(KIND_TYPE);
  const kind = KINDS.find((other) => other.id === id);
  const at = app.canvas.viewport?.toCanvas({ x: event.clientX, y: event.clientY });
  if (kind === undefined || at === undefined) return;
  event.preventDefault();
  void app.canvas.add(kind, at);
  app.canvas.viewport?.focus();
}
