import type { App } from "./app.svelte.ts";

/** The areas of the window in the order in which F6 visits them. */
const AREAS = ["topbar", "palette", "canvas", "inspector", "dock"] as const;

export function focusNextArea(app: App, by: 1 | -1): void {
  const shown = AREAS.flatMap((name) => {
    const element = document.querySelector<HTMLElement>(`[data-area=${name}]`);
    return element === null ? [] : [{ name, element }];
  });
  const at = shown.findIndex(({ element }) => element.contains(document.activeElement));
  const next = shown[(at + by + shown.length) % shown.length];
  if (next === undefined) return;
  if (next.name === "dock" && app.terminals.front !== undefined) app.terminals.focusFront();
  else if (next.name === "canvas") app.canvas.viewport?.focus();
  else firstFocusable(next.element)?.focus();
}

/** From a terminal to the canvas; from anywhere else to the terminal in front. */
export function focusCanvasOrTerminal(app: App): void {
  const inDock = document.activeElement?.closest("[data-area=dock]") !== null;
  if (inDock || app.terminals.front === undefined) app.canvas.viewport?.focus();
  else app.terminals.focusFront();
}

function firstFocusable(area: HTMLElement): HTMLElement | null {
  return area.querySelector<HTMLElement>(
    "button:not(:disabled), input, select, textarea, [tabindex='0']",
  );
}
